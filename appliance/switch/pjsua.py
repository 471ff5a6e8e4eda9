"""The only door to pjsua2: every name of it that the switch uses is here; `tuning.py` is handed it to set it up.

Rules (docs/architecture.md, measured):
1. `UserAgent` is made, used and stopped on one thread. Nothing of pjsua2 leaves this module: calls are our own numbers,
   audio is the number of a port on the bridge.
2. Callbacks only append facts; they are handled after `poll` returned, never inside pjsip.
3. A call stays referenced until it ended and `bury` was called between two polls: dropping one early hangs up whoever
   got its id next (pjproject 3856).
4. Players are never destroyed while the bridge runs: their end-of-file callback may still be on its way (pjproject
   5045). They are taken from a shelf, rewound, and put back.
"""

import itertools
import logging
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pjsua2 as pj

from appliance.errors import SwitchError
from appliance.switch import tuning
from appliance.switch.facts import (
    CallArrived,
    CallMoved,
    Fact,
    KeyPressed,
    MediaChanged,
    Phase,
    TextArrived,
    TextEnded,
    TransferWanted,
)
from appliance.switch.line_tells import evidence, gone_s
from appliance.switch.settings import SwitchSettings

logger = logging.getLogger(__name__)

_TOO_MANY: Final = 70010  # PJ_ETOOMANY
_IN_USE: Final = 120098  # PJ_ERRNO_START_SYS + EADDRINUSE
_PHASES: Final = {
    pj.PJSIP_INV_STATE_CALLING: Phase.CALLING,
    pj.PJSIP_INV_STATE_INCOMING: Phase.CALLING,
    pj.PJSIP_INV_STATE_EARLY: Phase.EARLY,
    pj.PJSIP_INV_STATE_CONNECTING: Phase.ACCEPTED,
    pj.PJSIP_INV_STATE_CONFIRMED: Phase.ACCEPTED,
    pj.PJSIP_INV_STATE_DISCONNECTED: Phase.ENDED,
}


class TooManyCallsError(SwitchError):
    """The library has no slot for another call."""


class _Call(pj.Call):  # type: ignore[misc]
    """One SIP dialog; its callbacks post facts under our number for it."""

    def __init__(self, agent: "UserAgent", number: int, pj_id: int) -> None:
        super().__init__(agent.account, pj_id)
        self.agent, self.number, self._heard_before = agent, number, 0

    def onCallState(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        """The dialog moved."""
        self.agent.guard(lambda: self._moved(prm))

    def onCallMediaState(self, _prm: Any) -> None:  # noqa: N802
        """Audio was negotiated."""
        self.agent.guard(self._media)

    def onStreamDestroyed(self, _prm: Any) -> None:  # noqa: N802
        """The last moment at which the stream can be asked."""
        self._heard_before = self.heard()

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        """A key, by RFC 4733 or INFO."""
        self.agent.facts.append(KeyPressed(self.number, str(prm.digit)))

    def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802
        """A phone's REFER: the desk says what becomes of it; the call that pjsua2 places now comes back to us."""
        self.agent.guard(lambda: self._transfer_wanted(prm))

    def onCallReplaceRequest(self, prm: Any) -> None:  # noqa: N802
        """An INVITE with Replaces would take over a conversation that the desk knows nothing of."""
        prm.statusCode = 486

    def onCallRedirected(self, _prm: Any) -> int:  # noqa: N802
        """A 3xx ends the attempt."""
        return int(pj.PJSIP_REDIRECT_STOP)

    def heard(self) -> int:
        """RTP packets received so far, or until the stream ended."""
        try:
            return int(self.getStreamStat(0).rtcp.rxStat.pkt)
        except pj.Error:
            return self._heard_before

    def _transfer_wanted(self, prm: Any) -> None:
        progress = self.agent.own_call()
        prm.newCall, prm.statusCode = progress, 202
        prm.opt.textCount = prm.opt.videoCount = 0
        self.agent.facts.append(TransferWanted(self.number, str(prm.dstUri), progress.number))

    def _moved(self, prm: Any) -> None:
        now = self.getInfo()
        phase, heard, gone, why = _PHASES.get(now.state), 0, 0.0, evidence(pj, prm.e)
        if phase is Phase.ENDED:
            self.agent.dead.append(self)
            self.agent.calls.pop(self.number, None)
            heard, gone = self.heard(), gone_s(pj, prm.e)
        if phase is not None:
            how = int(now.lastStatusCode), str(now.lastReason)
            self.agent.facts.append(CallMoved(self.number, phase, *how, heard, gone, why, str(now.remoteContact)))

    def _media(self) -> None:
        now = self.getInfo()  # keeps `media` alive: it is a view into this temporary
        for index, media in enumerate(now.media):
            usable = (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in usable:
                port = self.agent.remember(self.getAudioMedia(index))
                held = media.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD
                self.agent.facts.append(MediaChanged(self.number, port, held))
                return
        self.agent.facts.append(MediaChanged(self.number, None, held=False))


class _Account(pj.Account):  # type: ignore[misc]
    """The one account: takes every INVITE that reaches the port."""

    def __init__(self, agent: "UserAgent") -> None:
        super().__init__()
        self.agent = agent

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        """A call came in; 100 went out already."""
        self.agent.guard(lambda: self.agent.arrived(prm))

    def onInstantMessage(self, prm: Any) -> None:  # noqa: N802
        """A text came in; it waits for `answer_text`."""
        self.agent.guard(lambda: self.agent.text_arrived(prm))

    def onInstantMessageStatus(self, prm: Any) -> None:  # noqa: N802
        """A text of ours was answered, or nobody answered."""
        self.agent.guard(lambda: self.agent.text_ended(int(prm.userData), int(prm.code)))


class UserAgent:
    """SIP and audio as a few verbs on numbers. Raises SwitchError where the library refuses."""

    def __init__(self, settings: SwitchSettings) -> None:
        self.settings = settings
        self.facts: deque[Fact] = deque()
        self.calls: dict[int, _Call] = {}
        self.dead: list[Any] = []
        self.account: Any = None
        self._numbers = itertools.count(1)
        self._ports: dict[int, Any] = {}
        self._unanswered: dict[int, Any] = {}
        self._under_way: dict[int, tuple[int, Any, Any]] = {}
        self._endpoint: Any = None

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Bind the SIP port and start the bridge. Raises SwitchError, naming the port when it is taken."""
        self._endpoint = pj.Endpoint()
        try:
            tuning.hushed(self._endpoint.libCreate)
            self._endpoint.libInit(tuning.endpoint(pj, self.settings))
            self._bind()
            self._endpoint.libStart()
            self._endpoint.audDevManager().setNullDev()
            tuning.choose_codecs(self._endpoint)
            self.account = _Account(self)
            self.account.create(tuning.account(pj, self.settings), True)
        except pj.Error as refused:
            raise SwitchError(f"pjsua2 could not start: {_reason(refused)}") from None
        self.drain = self.remember(self._endpoint.audDevManager().getPlaybackDevMedia())

    def poll(self, timeout: float) -> None:
        """Let pjsip work for at most `timeout` seconds; a packet on the SIP port ends the wait (also a tiny one)."""
        self._endpoint.libHandleEvents(max(0, int(timeout * 1000)))

    def bury(self) -> None:
        """Forget calls and texts that ended. Only between polls."""
        self.dead.clear()

    def stop(self) -> None:
        """Tear down in the only order that pjlib accepts; the process is to `_exit` afterwards."""
        self.calls.clear()
        self.dead.clear()
        self._ports.clear()
        try:
            self.account.shutdown()
            self.account = None
            self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)  # every BYE is out; do not wait a second more
        except pj.Error as refused:
            logger.warning("pjsua2 did not stop cleanly: %s", _reason(refused))

    # --- calls --------------------------------------------------------------------------------------------------

    def arrived(self, prm: Any) -> None:
        """From the account: take the call into our books and post it."""
        number = next(self._numbers)
        self.calls[number] = _Call(self, number, prm.callId)
        self.facts.append(CallArrived(number, str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress)))

    def dial(self, to: str, local: str, headers: Mapping[str, str]) -> int:
        """Send an INVITE by way of the edge and return the call's number. Raises TooManyCallsError, SwitchError."""
        call = self.own_call()
        number = call.number
        prm = _op(0, headers)
        prm.txOption.localUri = local
        try:
            call.makeCall(to, prm)
        except pj.Error as refused:
            self.calls.pop(number, None)
            self.dead.append(call)
            if refused.status == _TOO_MANY:
                raise TooManyCallsError(
                    "all call slots of pjsua2 are taken; fewer calls at once would be right"
                ) from None
            raise SwitchError(f"the call could not be placed: {_reason(refused)}") from None
        return number

    def own_call(self) -> _Call:
        """A call of ours that is not placed yet, in our books."""
        number = next(self._numbers)
        call = self.calls[number] = _Call(self, number, pj.PJSUA_INVALID_ID)
        return call

    def call_id(self, number: int) -> str:
        """The Call-ID of a call, "" when it is gone."""
        call = self.calls.get(number)
        return str(call.getInfo().callIdString) if call is not None else ""

    def answer(self, number: int, code: int) -> None:
        """Answer an incoming call with `code` (18x, 200)."""
        self._try(number, lambda call: call.answer(_op(code, {})))

    def hang_up(self, number: int, code: int, headers: Mapping[str, str]) -> int:
        """Refuse, CANCEL or BYE, whatever the dialog needs; returns the RTP packets heard until then."""
        call = self.calls.get(number)
        if call is None:
            return 0
        heard = call.heard()
        self._try(number, lambda call: call.hangup(_op(code, headers)))
        return heard

    def tell(self, number: int, word: str) -> None:
        """Say a word to the other end of an answered call (MESSAGE in its dialog)."""
        said = pj.SendInstantMessageParam()
        said.contentType, said.content = "text/plain", word
        if (call := self.calls.get(number)) is not None:
            self.guard(lambda: call.sendInstantMessage(said))

    def press(self, number: int, digit: str) -> None:
        """Send a key (RFC 4733); a phone that offered none hears nothing of it."""
        if (call := self.calls.get(number)) is not None:
            self.guard(lambda: call.dialDtmf(digit))

    def heard(self, number: int) -> int:
        """RTP packets that came on a call so far; 0 when it is gone."""
        call = self.calls.get(number)
        return call.heard() if call is not None else 0

    # --- texts --------------------------------------------------------------------------------------------------

    def text_arrived(self, prm: Any) -> None:
        """From the account: keep the transaction open and post the text."""
        number = next(self._numbers)
        self._unanswered[number] = pj.DeferredResponse(prm)
        self.facts.append(TextArrived(number, str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress)))

    def answer_text(self, number: int, code: int, reason: str) -> None:
        """Answer a text that came in, once."""
        if (waits := self._unanswered.pop(number, None)) is None:
            return
        said = pj.SendResponseParam()
        said.deferredResponse, said.code, said.reason = waits, code, reason
        try:
            self.account.sendResponse(said)
        except pj.Error as refused:
            logger.warning("A text could not be answered: %s", _reason(refused))

    def send_text(self, to: str, local: str, body: str) -> int:
        """Send a text by way of the edge; a `TextEnded` with its number follows. Raises SwitchError."""
        number, buddy, where = next(self._numbers), pj.Buddy(), pj.BuddyConfig()
        where.uri, where.subscribe = to, False
        said, token = pj.SendInstantMessageParam(), pj.SipHeader()  # any object of the library: its address comes back
        said.contentType, said.content, said.userData = "text/plain", body, token
        said.txOption.localUri = local
        try:
            buddy.create(self.account, where)
            buddy.sendInstantMessage(said)
        except pj.Error as refused:
            raise SwitchError(f"the text could not be sent: {_reason(refused)}") from None
        self._under_way[int(token.this)] = (number, buddy, token)
        return number

    def text_ended(self, token: int, code: int) -> None:
        """From the account: the end of a text of ours."""
        if (known := self._under_way.pop(token, None)) is not None:
            self.dead.append(known)
            self.facts.append(TextEnded(known[0], code))

    # --- audio --------------------------------------------------------------------------------------------------

    def connect(self, source: int, sink: int) -> None:
        """Let `sink` hear `source`; both are bridge ports."""
        self._wire(source, sink, "startTransmit")

    def disconnect(self, source: int, sink: int) -> None:
        """End `connect`; a port that is gone is no fault."""
        self._wire(source, sink, "stopTransmit")

    def player(self, path: Path, *, loop: bool) -> int:
        """A player of a WAV file as a port; it stays until the end."""
        player = pj.AudioMediaPlayer()
        try:
            player.createPlayer(str(path), 0 if loop else pj.PJMEDIA_FILE_NO_LOOP)
        except pj.Error as refused:
            raise SwitchError(f"the audio file {path} cannot be played: {_reason(refused)}") from None
        return self.remember(player)

    def rewind(self, port: int) -> None:
        """Play the player at `port` from its beginning."""
        self._ports[port].setPos(0)

    def recorder(self, path: Path) -> int:
        """A recorder into a mono WAV file (16 bit, 8 kHz) as a port. Raises SwitchError."""
        recorder = pj.AudioMediaRecorder()
        try:
            recorder.createRecorder(str(path))
        except pj.Error as refused:
            raise SwitchError(f"the recording {path} cannot be written: {_reason(refused)}") from None
        return self.remember(recorder)

    def close_recorder(self, port: int) -> None:
        """Close the file of `recorder`; it is complete a moment later, when the bridge let go of it."""
        self._ports.pop(port, None)

    def remember(self, media: Any) -> int:
        """Keep a pjsua2 audio medium under its port number."""
        port = int(media.getPortId())
        self._ports[port] = media
        return port

    # --- inside -------------------------------------------------------------------------------------------------

    def guard(self, work: Callable[[], None]) -> None:
        """Run the body of a callback: what it raises must not travel through pjsip."""
        try:
            work()
        except Exception:
            logger.exception("a callback of pjsua2 failed")

    def _try(self, number: int, work: Callable[[Any], None]) -> None:
        if (call := self.calls.get(number)) is None:
            return
        try:
            work(call)
        except pj.Error as refused:
            raise SwitchError(f"the call could not be changed: {_reason(refused)}") from None

    def _wire(self, source: int, sink: int, verb: str) -> None:
        if source not in self._ports or sink not in self._ports:
            return
        try:
            getattr(self._ports[source], verb)(self._ports[sink])
        except pj.Error as refused:
            logger.debug("%s %s -> %s: %s", verb, source, sink, _reason(refused))

    def _bind(self) -> None:
        transport = pj.TransportConfig()
        transport.boundAddress, transport.port = self.settings.sip_host, self.settings.sip_port
        try:
            self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        except pj.Error as refused:
            if refused.status == _IN_USE:
                raise SwitchError(
                    f"the switch wants UDP port {self.settings.sip_port} on {self.settings.sip_host} for SIP, but "
                    "another program holds it; stop that program or choose another port"
                ) from None
            raise


def _reason(refused: Any) -> str:
    return f"{refused.reason} ({refused.status})"


def _op(code: int, headers: Mapping[str, str]) -> Any:
    prm = pj.CallOpParam(True)
    prm.statusCode = code
    prm.opt.textCount = prm.opt.videoCount = 0  # a text stream's thread holds up every hang-up by 0.3 s
    for name, value in headers.items():
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        prm.txOption.headers.append(header)
    return prm
