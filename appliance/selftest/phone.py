"""A scriptable SIP phone on pjsua2, for the self-test and the tests: `python -m appliance.selftest.phone JSON`.

The argument is a `PhoneSettings`; orders come as JSON lines on stdin, what happens goes out as JSON lines on stdout,
each with `at` (CLOCK_MONOTONIC, seconds). It has a mouth (a tone, or silence) and an ear that keeps every 20 ms frame
with the moment it came, so a question like "what did you hear since 12.3, and when did 440 Hz begin?" has an exact
answer.

Orders: {"do": ...}
  dial(to, headers={}, tone=0, user="")       -> dialled(call); `user`: one of the accounts
  answer(call) · hangup(call, code=0) · hold(call) · unhold(call)
  keys(call, digits, by="rfc4733"|"info") · tone(call, hz) -> spoke(call, hz): the first frame with the new tone
  mode(answer, after=0)                       how the next calls are met, see PhoneSettings.answer
  hear(call, hz=[...], since=0, wav="")       -> heard(call, frames, silent, gap_ms, level, first_at, tones: {hz: ...}),
                                              for each tone its level, first_at, last_at and in how many frames
  text(to, body, kind="text/plain")           send a text (MESSAGE); -> text_ended(code, reason)
  quit
Events: ready · registered(code) · invited(call, remote, alert_info, invite) · state(call, state, code, reason) ·
        media(call, held) · digit(call, digit) · text(remote, kind, body) · refused(order, why)
"""

# ruff: noqa: ANN401 - pjsua2 ships no types to annotate with

import ctypes
import json
import math
import os
import queue
import signal
import socket
import sys
import threading
import time
import wave
from typing import Any, Final

import msgspec
import pjsua2 as pj

from appliance.selftest.mouth_and_ear import FRAME, RATE, Ear, Mouth
from appliance.selftest.sip_phone import PhoneSettings

_LAWS: Final = {"PCMU/8000/1": 255, "PCMA/8000/1": 254}


def say(event: str, **what: Any) -> None:
    """One line on stdout."""
    sys.stdout.write(json.dumps({"event": event, "at": time.monotonic(), **what}) + "\n")
    sys.stdout.flush()


class _Handset(pj.AudioMediaPort):  # type: ignore[misc]
    """Mouth and ear of one call on the bridge; called on a media thread.

    Never destroyed while the bridge runs, for a frame may be on its way to it: handsets are lent to calls and put back.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.hang_up()
        self._spoken = pj.ByteVector(bytes(2 * FRAME))
        self._at = ctypes.c_size_t.from_address(int(self._spoken.this)).value  # std::vector begins with its data
        shape = pj.MediaFormatAudio()
        shape.init(pj.PJMEDIA_FORMAT_PCM, RATE, 1, 20_000, 16)
        self.createPort(f"handset-{number}", shape)

    def lend(self, call: int, mouth: Mouth, ear: Ear) -> None:
        """Be that call's mouth and ear."""
        self.call, self.mouth, self.ear = call, mouth, ear

    def hang_up(self) -> None:
        """Be nobody's."""
        self.call, self.mouth, self.ear = 0, Mouth(), Ear()

    def onFrameRequested(self, frame: Any) -> None:  # noqa: N802 - pjsua2's name
        """The next 20 ms to say."""
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        if not self.mouth.announced:
            self.mouth.announced = True
            say("spoke", call=self.call, hz=self.mouth.hz)
        ctypes.memmove(self._at, self.mouth.frame(), 2 * FRAME)
        frame.buf = self._spoken
        frame.size = 2 * FRAME

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
        """20 ms heard."""
        heard = frame.buf
        if frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO and frame.size:
            begin = ctypes.c_size_t.from_address(int(heard.this)).value
            self.ear.take(ctypes.string_at(begin, frame.size))
        else:
            self.ear.take(bytes(2 * FRAME))


class _Call(pj.Call):  # type: ignore[misc]
    """One call of the phone."""

    def __init__(self, phone: "Phone", number: int, pj_id: int, user: str) -> None:
        super().__init__(phone.accounts.get(user, phone.account), pj_id)
        self.phone, self.number = phone, number
        self.mouth, self.ear = Mouth(hz=phone.tone), Ear()
        self.handset: _Handset | None = None
        self.over = False

    def onCallState(self, _prm: Any) -> None:  # noqa: N802
        """The dialog moved."""
        now = self.getInfo()
        say("state", call=self.number, state=str(now.stateText).lower(), code=now.lastStatusCode, reason=now.lastReason)
        if now.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.over = True
            self.phone.finished.append(self)

    def onCallMediaState(self, _prm: Any) -> None:  # noqa: N802
        """Audio is there, again or for the first time."""
        now = self.getInfo()
        for index, media in enumerate(now.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status != pj.PJSUA_CALL_MEDIA_NONE:
                try:
                    audio = self.getAudioMedia(index)
                except pj.Error:
                    continue
                if self.handset is None:
                    self.handset = self.phone.take_handset()
                    self.handset.lend(self.number, self.mouth, self.ear)
                audio.startTransmit(self.handset)
                self.handset.startTransmit(audio)
                held = media.status in (pj.PJSUA_CALL_MEDIA_LOCAL_HOLD, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
                say("media", call=self.number, held=held)

    def onCallTransferStatus(self, prm: Any) -> None:  # noqa: N802
        """What became of our REFER."""
        say("referred", call=self.number, code=int(prm.statusCode), final=bool(prm.finalNotify))

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        """A key of the other side."""
        say("digit", call=self.number, digit=prm.digit)


class _Account(pj.Account):  # type: ignore[misc]
    """The phone's line."""

    def __init__(self, phone: "Phone") -> None:
        super().__init__()
        self.phone = phone

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        """It rings."""
        self.phone.invited(prm)

    def onInstantMessage(self, prm: Any) -> None:  # noqa: N802
        """A text came; pjsua2 has said 200."""
        say("text", remote=str(prm.fromUri), kind=str(prm.contentType), body=str(prm.msgBody))

    def onInstantMessageStatus(self, prm: Any) -> None:  # noqa: N802
        """What became of ours."""
        say("text_ended", code=int(prm.code), reason=str(prm.reason))

    def onRegState(self, prm: Any) -> None:  # noqa: N802
        """The registrar answered."""
        say("registered", code=int(prm.code))


class Phone:
    """The phone: one account, any number of calls, all on the thread that made it."""

    def __init__(self, settings: PhoneSettings) -> None:
        self.settings = settings
        self.answer, self.after, self.tone = settings.answer, settings.after, settings.tone
        self.calls: dict[int, _Call] = {}
        self.accounts: dict[str, _Account] = {}
        self.orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.finished: list[_Call] = []
        self._buddies: dict[str, Any] = {}
        self._handsets: list[_Handset] = []
        self._made = 0
        self._later: list[tuple[float, _Call, int]] = []
        self._next = 1
        host, _, port = settings.listen.rpartition(":")
        self._where = (host, int(port))
        self._bell = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.endpoint = pj.Endpoint()
        self.account = self._start()

    def run(self) -> None:
        """Obey until told to quit."""
        say("ready", user=self.settings.user)
        while True:
            due = min((at for at, _, _ in self._later), default=time.monotonic() + 0.02)
            self.endpoint.libHandleEvents(max(0, min(20, math.ceil(1000 * (due - time.monotonic())))))
            while not self.orders.empty():
                order = self.orders.get_nowait()
                if order.get("do") == "quit":
                    return
                self._obey(order)
            self._do_what_is_due()
            self._tidy()

    def take_handset(self) -> _Handset:
        """One from the shelf, or a new one."""
        if self._handsets:
            return self._handsets.pop()
        self._made += 1
        return _Handset(self._made)

    def ring_bell(self) -> None:
        """End the poll: from the thread that reads the orders."""
        self._bell.sendto(b"\r\n", self._where)

    def invited(self, prm: Any) -> None:
        """A call comes in: meet it in the way of the phone's mode."""
        call = self._new(prm.callId)
        message = str(prm.rdata.wholeMsg)
        remote = call.getInfo().remoteUri
        say("invited", call=call.number, remote=str(remote), alert_info=_header(message, "Alert-Info"), invite=message)
        if self.answer == "busy":
            call.hangup(_op(486))
        elif self.answer != "mute":
            call.answer(_op(180))
            if self.answer in ("auto", "decline"):
                self._later.append((time.monotonic() + self.after, call, 200 if self.answer == "auto" else 603))

    def _obey(self, order: dict[str, Any]) -> None:
        try:
            getattr(self, "_do_" + str(order.pop("do")))(**order)
        except (pj.Error, AttributeError, KeyError, TypeError) as wrong:
            say("refused", order=order, why=str(getattr(wrong, "reason", wrong)))

    def _do_dial(self, to: str, headers: dict[str, str] | None = None, tone: int | None = None, user: str = "") -> None:
        call = self._new(user=user)
        if tone is not None:
            call.mouth.hz = tone
        prm = _op(0)
        for name, value in (headers or {}).items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            prm.txOption.headers.append(header)
        say("dialled", call=call.number, to=to)
        call.makeCall(to, prm)

    def _do_text(self, to: str, body: str, kind: str = "text/plain") -> None:
        where, said = pj.BuddyConfig(), pj.SendInstantMessageParam()
        where.uri, said.contentType, said.content = to, kind, body
        if to not in self._buddies:
            self._buddies[to] = pj.Buddy()
            self._buddies[to].create(self.account, where)
        self._buddies[to].sendInstantMessage(said)

    def _do_answer(self, call: int) -> None:
        self.calls[call].answer(_op(200))

    def _do_hangup(self, call: int, code: int = 0) -> None:
        self.calls[call].hangup(_op(code))

    def _do_hold(self, call: int) -> None:
        self.calls[call].setHold(_op(0))

    def _do_unhold(self, call: int) -> None:
        prm = _op(0)
        prm.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.calls[call].reinvite(prm)

    def _do_refer(self, call: int, to: str = "", replaces: int = 0) -> None:
        """Pass the other side on: to a URI, or to the other side of the call that is replaced."""
        if replaces:
            self.calls[call].xferReplaces(self.calls[replaces], _op(0))
        else:
            self.calls[call].xfer(to, _op(0))

    def _do_keys(self, call: int, digits: str, by: str = "rfc4733") -> None:
        prm = pj.CallSendDtmfParam()
        prm.digits = digits
        prm.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if by == "info" else pj.PJSUA_DTMF_METHOD_RFC2833
        self.calls[call].sendDtmf(prm)

    def _do_tone(self, call: int, hz: int) -> None:
        mouth = self.calls[call].mouth
        mouth.hz, mouth.index, mouth.announced = hz, 0, False

    def _do_mode(self, answer: str, after: float = 0.0) -> None:
        self.answer, self.after = answer, after

    def _do_hear(self, call: int, hz: list[int] | None = None, since: float = 0.0, wav: str = "") -> None:
        ear = self.calls[call].ear
        if wav:
            with wave.open(wav, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(b"".join(ear.frames))
        say("heard", call=call, **ear.report(hz or [], since))

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        due = [entry for entry in self._later if entry[0] <= now]
        self._later = [entry for entry in self._later if entry[0] > now]
        for _, call, code in due:
            if not call.over:
                try:
                    call.answer(_op(code)) if code < 300 else call.hangup(_op(code))
                except pj.Error as wrong:
                    say("refused", order={"answer": code}, why=str(wrong.reason))

    def _tidy(self) -> None:
        """Put back the handsets of calls that ended; what they heard stays."""
        for call in self.finished:
            if call.handset is not None:
                call.handset.hang_up()
                self._handsets.append(call.handset)
                call.handset = None
        self.finished.clear()

    def _new(self, pj_id: int = pj.PJSUA_INVALID_ID, user: str = "") -> _Call:
        """A call with a number of its own; kept for its ear after it is over."""
        number, self._next = self._next, self._next + 1
        self.calls[number] = _Call(self, number, pj_id, user)
        return self.calls[number]

    def _start(self) -> Any:
        config = pj.EpConfig()
        config.uaConfig.maxCalls = self.settings.calls
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.logConfig.level = config.logConfig.consoleLevel = 0
        config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.medConfig.jbInit = config.medConfig.jbMinPre = 20
        config.medConfig.jbMaxPre, config.medConfig.jbMax = 60, 240
        self.endpoint.libCreate()
        self.endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.boundAddress, transport.port = self._where
        self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        for codec in self.endpoint.codecEnum2():
            self.endpoint.codecSetPriority(codec.codecId, _LAWS.get(codec.codecId, 0))
        for user, secret in ((self.settings.user, self.settings.secret), *self.settings.also):
            self.accounts[user] = _Account(self)
            self.accounts[user].create(self._line(user, secret), len(self.accounts) == 1)
        return self.accounts[self.settings.user]

    def _line(self, user: str, secret: str) -> Any:
        """An account: who the phone is and where it registers."""
        settings, line = self.settings, pj.AccountConfig()
        name = f'"{settings.name}" ' if settings.name else ""
        line.idUri = f"{name}<sip:{user}@{settings.realm}>"
        if settings.proxy:
            line.sipConfig.proxies.append(f"sip:{settings.proxy};lr")
        if secret:
            line.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, secret))
        if settings.register:
            line.regConfig.registrarUri = f"sip:{settings.realm}"
        line.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
        line.natConfig.contactRewriteUse = line.natConfig.viaRewriteUse = line.natConfig.sdpNatRewriteUse = 0
        line.mediaConfig.transportConfig.boundAddress = self._where[0]
        line.mediaConfig.transportConfig.port = settings.rtp_port
        line.mediaConfig.lockCodecEnabled = False
        return line


def _op(code: int) -> Any:
    prm = pj.CallOpParam(True)
    prm.statusCode = code
    prm.opt.textCount = prm.opt.videoCount = 0  # a text stream's thread holds up every hang-up by 0.3 s
    return prm


def _header(message: str, name: str) -> str:
    lines = (line.partition(":") for line in message.splitlines())
    return next((value.strip() for key, _, value in lines if key.lower() == name.lower()), "")


def _read_orders(phone: Phone) -> None:
    """On its own thread: stdin to the queue; its end means quit."""
    for line in sys.stdin:
        if line.strip():
            phone.orders.put(json.loads(line))
            phone.ring_bell()
    phone.orders.put({"do": "quit"})
    phone.ring_bell()


def main() -> None:
    """Be a phone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for whoever started us, and tells us to quit
    spoken = os.dup(1)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is needed
        os.dup2(nowhere.fileno(), 1)  # pjlib greets on stdout before it can be told not to
    phone = Phone(msgspec.json.decode(sys.argv[1], type=PhoneSettings))
    os.dup2(spoken, 1)
    threading.Thread(target=_read_orders, args=(phone,), daemon=True).start()
    phone.run()
    phone.endpoint.hangupAllCalls()
    phone.endpoint.libHandleEvents(50)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
