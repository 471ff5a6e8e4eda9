"""The only door to pjsua2 of the lines process: every name of it that we use is here; `pjsua2_setup` is handed it.

Rules (measured; see docs/architecture.md):
1. `UserAgent` is made, used and stopped on one thread; nothing of pjsua2 leaves this module.
2. Callbacks only append facts; a call stays referenced until it ended and `bury` was called between two polls.
3. `_LinePort` works on pjmedia's own thread, on which every conversation waits: it copies 320 bytes and nothing else.
"""

# ruff: noqa: ANN401 - pjsua2 ships no types: they end here
import ctypes
import functools
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from appliance import pjsua2_setup
from appliance.errors import SwitchError
from appliance.lines import request
from appliance.lines.facts import (
    ATTENDED,
    EVIDENCE,
    GONE,
    Invitation,
    LegAnswered,
    LegAsked,
    LegAttended,
    LegEnded,
    LegPressed,
    next_attempt,
)
from appliance.lines.settings import LinesSettings
from appliance.lines.talk import Pipes
from appliance.settings_file import host_and_port

logger = logging.getLogger(__name__)

RATE: Final = pjsua2_setup.CLOCK_RATE
FRAME: Final = 160
FRAME_BYTES: Final = 2 * FRAME
_IN_USE: Final = 120098  # PJ_ERRNO_START_SYS + EADDRINUSE
_LOST: Final = frozenset({408, 481})

Fact = tuple[str, LegAnswered | LegEnded | LegAsked | LegAttended | LegPressed]


class _LinePort(pj.AudioMediaPort):  # type: ignore[misc]
    """A line's mouth and ear on the bridge."""

    def __init__(self, name: str, pipes: Pipes, is_direct: bool) -> None:
        super().__init__()
        self._pipes, self._is_direct = pipes, is_direct
        self._out = pj.ByteVector(FRAME_BYTES)
        self._begin = _begin_of(self._out) if is_direct else 0
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, RATE, 1, 20000, 16)
        self.createPort(name, form)

    def onFrameRequested(self, frame: Any) -> None:  # noqa: N802 - pjsua2's name
        """The bridge wants 20 ms from the line."""
        pcm = self._pipes.from_line.pull(FRAME)
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        if self._is_direct:
            ctypes.memmove(self._begin, pcm, FRAME_BYTES)
            frame.buf = self._out
        else:
            frame.buf = pj.ByteVector(pcm)
        frame.size = FRAME_BYTES

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
        """The bridge has 20 ms for the line."""
        if frame.type != pj.PJMEDIA_FRAME_TYPE_AUDIO or not frame.size:
            return
        heard = frame.buf
        pcm = ctypes.string_at(_begin_of(heard), frame.size) if self._is_direct else bytes(heard)
        self._pipes.to_line.push(pcm)


class _Call(pj.Call):  # type: ignore[misc]
    """One leg to the switch, or from it when `pj_id` is the call that it sent."""

    def __init__(self, agent: "UserAgent", line: str, attempt: int, pj_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(agent.account, pj_id)
        self.agent, self.line, self.attempt = agent, line, attempt
        self.heard, self.heard_at, self.is_asked, self.is_lost = 0, 0.0, False, False
        self.is_answered = False

    def onCallState(self, _prm: Any) -> None:  # noqa: N802
        """The dialog moved."""
        self.agent.guard(self._moved)

    def onCallMediaState(self, _prm: Any) -> None:  # noqa: N802
        """Audio was negotiated."""
        self.agent.guard(self._media)

    def onCallTsxState(self, prm: Any) -> None:  # noqa: N802
        """A request of ours was answered: 200 to the INVITE, or 481 because the switch forgot the call."""
        self.agent.guard(lambda: self._answered_request(prm))

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        """A key of our side (RFC 4733 or INFO): it is to sound on the line."""
        self.agent.facts.append((self.line, LegPressed(self.attempt, str(prm.digit))))

    def onInstantMessage(self, prm: Any) -> None:  # noqa: N802
        """The switch says whether a person is on its side of this call."""
        self.agent.facts.append((self.line, LegAttended(self.attempt, str(prm.msgBody) == ATTENDED)))

    def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802
        """An analogue line cannot be sent elsewhere by REFER."""
        prm.statusCode = 603

    def onCallReplaceRequest(self, prm: Any) -> None:  # noqa: N802
        """Nobody takes over an analogue line's leg."""
        prm.statusCode = 486

    def onCallRedirected(self, _prm: Any) -> int:  # noqa: N802
        """A 3xx ends the attempt."""
        return int(pj.PJSIP_REDIRECT_STOP)

    def _moved(self) -> None:
        now = self.getInfo()
        if now.state == pj.PJSIP_INV_STATE_CONFIRMED and not self.is_answered:
            self.is_answered = True
            self.agent.facts.append((self.line, LegAnswered(self.attempt)))
        elif now.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.agent.ended(self)
            code, reason = int(now.lastStatusCode), str(now.lastReason)
            is_lost = self.is_lost or (self.is_answered and code in _LOST)
            self.agent.facts.append((self.line, LegEnded(self.attempt, code, reason, is_lost)))

    def _media(self) -> None:
        now = self.getInfo()  # keeps `media` alive: it is a view into this temporary
        usable = (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
        for index, media in enumerate(now.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in usable:
                audio, port = self.getAudioMedia(index), self.agent.ports[self.line]
                port.startTransmit(audio)
                audio.startTransmit(port)
                return

    def _answered_request(self, prm: Any) -> None:
        tsx = prm.e.body.tsxState.tsx
        if tsx.method != "OPTIONS" or int(tsx.statusCode) < 200:
            return
        self.is_asked = False
        if int(tsx.statusCode) in _LOST and not self.is_lost:
            self.is_lost = True
            self.agent.facts.append((self.line, LegEnded(self.attempt, int(tsx.statusCode), "forgotten", True)))

    def listen(self, now: float, patience: float) -> None:
        """Ask the switch whether it knows the call, when no RTP came for `patience` seconds."""
        try:
            heard = int(self.getStreamStat(0).rtcp.rxStat.pkt)
        except pj.Error:
            return
        if heard != self.heard or not self.heard_at:
            self.heard, self.heard_at = heard, now
        elif now - self.heard_at >= patience and not self.is_asked:
            self.is_asked, self.heard_at = True, now
            question = pj.CallSendRequestParam()
            question.method = "OPTIONS"
            self.sendRequest(question)


class _Account(pj.Account):  # type: ignore[misc]
    """Takes the calls by which the switch asks for a number to be dialled."""

    def __init__(self, agent: "UserAgent") -> None:
        super().__init__()
        self.agent = agent

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        """An INVITE; 100 went out already."""
        self.agent.guard(lambda: self.agent.asked(prm))


class UserAgent:
    """SIP and audio of all lines. Raises SwitchError where the library refuses."""

    def __init__(self, settings: LinesSettings, pipes: dict[str, Pipes]) -> None:
        self.settings, self._pipes = settings, pipes
        self.facts: deque[Fact] = deque()
        self.calls: dict[tuple[str, int], _Call] = {}
        self.ports: dict[str, _LinePort] = {}
        self.account: Any = None
        self._dead: list[_Call] = []
        self._endpoint: Any = None

    def start(self) -> None:
        """Bind the SIP port and start the bridge. Raises SwitchError, naming the port when it is taken."""
        self._endpoint = pj.Endpoint()
        try:
            pjsua2_setup.hushed(self._endpoint.libCreate)
            self._endpoint.libInit(
                pjsua2_setup.endpoint(
                    pj, "Deskbell lines", most_calls=64, longest_delay_ms=200, log_level=self.settings.log_level
                )
            )
            self._bind()
            self._endpoint.libStart()
            self._endpoint.audDevManager().setNullDev()
            pjsua2_setup.choose_codecs(self._endpoint, {"PCMU/8000/1": 255})
            self.account = _Account(self)
            self.account.create(self._account_config(), True)
            is_direct = _is_direct_copy_right()
            self.ports = {name: _LinePort(name, pipes, is_direct) for name, pipes in self._pipes.items()}
        except pj.Error as refused:
            raise SwitchError(f"lines: pjsua2 could not start: {_reason(refused)}") from None

    def _account_config(self) -> Any:
        host, _ = host_and_port(self.settings.sip)
        return pjsua2_setup.account(pj, f"sip:lines@{host}", self.settings.rtp_address, self.settings.rtp_ports)

    def poll(self, milliseconds: int) -> None:
        """Let pjsip work for so long."""
        self._endpoint.libHandleEvents(milliseconds)

    def bury(self) -> None:
        """Forget calls that ended. Only between polls."""
        self._dead.clear()

    def call(self, invitation: Invitation) -> None:
        """Send an INVITE; a refusal of the library becomes the fact that the leg ended."""
        call = _Call(self, invitation.line, invitation.attempt)
        self.calls[invitation.line, invitation.attempt] = call
        host, _ = host_and_port(self.settings.sip)
        try:
            call.makeCall(f"sip:{invitation.line}@{self.settings.switch}", _invite(invitation, host))
        except pj.Error as refused:
            self.ended(call)
            logger.warning("Line %s: the call could not be placed: %s", invitation.line, _reason(refused))
            self.facts.append((invitation.line, LegEnded(invitation.attempt, 503, _reason(refused))))

    def asked(self, prm: Any) -> None:
        """From the account: the switch wants a call placed; what names none of our lines is refused."""
        found = request.read(str(prm.rdata.wholeMsg), next_attempt())
        if found is None or found[0] not in self.ports:
            stray = _Call(self, "", 0, prm.callId)
            self._dead.append(stray)
            stray.hangup(_answer(404))
            return
        line, fact = found
        self.calls[line, fact.attempt] = _Call(self, line, fact.attempt, prm.callId)
        self.facts.append((line, fact))

    def answer(self, line: str, attempt: int, code: int, evidence: str = "") -> None:
        """183 or 200 to the call that was asked for; one that is gone is no fault."""
        call, prm = self.calls.get((line, attempt)), _answer(code)
        _add_headers(prm, ((EVIDENCE, evidence),) if evidence else ())
        if call is not None:
            self.guard(lambda: call.answer(prm))

    def refuse(self, line: str, attempt: int, code: int, why: str) -> None:
        """The call that was asked for failed."""
        call = self.calls.get((line, attempt))
        if call is not None:
            logger.info("Line %s: the call is refused (%d): %s", line, code, why)
            self._disconnect(call)
            self.guard(lambda: call.hangup(_answer(code)))

    def hang_up(self, line: str, attempt: int, gone_s: float = 0.0) -> None:
        """CANCEL or BYE; a call that is gone is no fault."""
        call = self.calls.get((line, attempt))
        if call is None:
            return
        self._disconnect(call)
        prm = pj.CallOpParam(True)
        _add_headers(prm, ((GONE, f"{gone_s:.2f}"),) if gone_s else ())
        self.guard(lambda: call.hangup(prm))

    def press(self, line: str, attempt: int, digits: str) -> None:
        """Send keys as RTP events; a call that is gone, or a switch that offered none, hears nothing of them."""
        call = self.calls.get((line, attempt))
        if call is not None:
            self.guard(lambda: call.dialDtmf(digits))

    def listen(self, now: float, patience: float) -> None:
        """Look for answered calls whose sound stopped."""
        for call in list(self.calls.values()):
            if call.is_answered and not call.is_lost:
                self.guard(functools.partial(call.listen, now, patience))

    def ended(self, call: _Call) -> None:
        """From a call: it is over; it is destroyed after the poll."""
        if self.calls.pop((call.line, call.attempt), None) is not None:
            self._dead.append(call)

    def guard(self, work: Callable[[], None]) -> None:
        """Run the body of a callback: what it raises must not travel through pjsip."""
        try:
            work()
        except pj.Error as refused:
            logger.debug("pjsua2 refused: %s", _reason(refused))
        except Exception:
            logger.exception("a callback of pjsua2 failed")

    def stop(self) -> None:
        """Tear down in the only order that pjlib accepts; the process is to `_exit` afterwards."""
        self.calls.clear()
        self._dead.clear()
        self.ports.clear()
        try:
            self.account.shutdown()
            self.account = None
            self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)  # every BYE is out; do not wait a second more
        except pj.Error as refused:
            logger.warning("pjsua2 did not stop cleanly: %s", _reason(refused))

    def _disconnect(self, call: _Call) -> None:
        """Silence a leg at once: a call to a dead switch lives on in pjsip until its BYE timed out."""
        try:
            audio, port = call.getAudioMedia(-1), self.ports[call.line]
            port.stopTransmit(audio)
            audio.stopTransmit(port)
        except pj.Error as refused:
            logger.debug("nothing to disconnect: %s", _reason(refused))

    def _bind(self) -> None:
        host, port = host_and_port(self.settings.sip)
        transport = pj.TransportConfig()
        transport.boundAddress, transport.port = host, port
        try:
            self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        except pj.Error as refused:
            if refused.status == _IN_USE:
                raise SwitchError(
                    f"lines wants UDP port {port} on {host} for SIP, but another program holds it; stop that program "
                    "or choose another port"
                ) from None
            raise


def _reason(refused: Any) -> str:
    return f"{refused.reason} ({refused.status})"


def _begin_of(vector: Any) -> int:
    """The address of a ByteVector's bytes: the first word of libstdc++'s std::vector."""
    return ctypes.c_size_t.from_address(int(vector.this)).value


def _is_direct_copy_right() -> bool:
    """Whether this library's vectors really begin with the pointer to their bytes; copying through it is 12 times
    cheaper than through Python.
    """
    vector = pj.ByteVector(b"deskbell")
    is_right = ctypes.string_at(_begin_of(vector), 8) == b"deskbell"
    if not is_right:
        logger.warning("pjsua2's vectors are not as expected; audio frames are copied the slow way")
    return is_right


def _invite(invitation: Invitation, host: str) -> Any:
    prm = pj.CallOpParam(True)
    prm.opt.audioCount, prm.opt.videoCount = 1, 0
    prm.opt.textCount = 0  # a text stream's thread holds up every hang-up by 0.3 s
    user = "anonymous" if invitation.is_withheld else invitation.number.replace("#", "%23") or "anonymous"
    name = "Anonymous" if invitation.is_withheld else invitation.name
    shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '" ' if name else ""
    prm.txOption.localUri = f"{shown}<sip:{user}@{host}>"
    _add_headers(prm, invitation.headers)
    return prm


def _add_headers(prm: Any, headers: tuple[tuple[str, str], ...]) -> None:
    for name, value in headers:
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        prm.txOption.headers.append(header)


def _answer(code: int) -> Any:
    prm = pj.CallOpParam(True)
    prm.statusCode = code
    prm.opt.audioCount, prm.opt.videoCount, prm.opt.textCount = 1, 0, 0
    return prm
