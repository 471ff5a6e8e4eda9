"""One analogue line as a SIP trunk: the state machine between a modem and its leg. No thread, no clock, no I/O.

Rules:
1. A call that came in is off-hook exactly while its leg is answered, or was answered by a switch that died and is
   called again; a call that goes out from the moment it is placed.
2. Whoever ends first ends the other: BYE and CANCEL put the line on-hook, a far hang-up sends BYE, a caller who gives
   up while it rings sends CANCEL.
3. Every change of state goes through the table in `states`.
"""

import logging
from collections.abc import Callable

from appliance.lines import facts
from appliance.lines.alarms import OVERLOADED, Alarms
from appliance.lines.checkup import examine
from appliance.lines.kept import KeptCall, call_to_keep
from appliance.lines.leg import Leg, Phase, is_due
from appliance.lines.masking import masked
from appliance.lines.music import Music
from appliance.lines.outgoing import Actions, CallsOut
from appliance.lines.settings import Line as LinePort
from appliance.lines.states import PLACING, STREAMING, TABLE, Cue, State
from appliance.lines.talk import Pipes, Talk
from appliance.lines.turns import begin_talk, due_turn, have_turned, take_turns
from appliance.media.cadence import Plan
from hw.modem import events as modem_says
from hw.modem.driver import Modem
from hw.modem.ringing import Ringing

logger = logging.getLogger(__name__)


class Line:
    """One line. `notify` is called with state, alarm and number at every change; `now` is monotonic seconds."""

    def __init__(
        self,
        port: LinePort,
        trunk: facts.Trunk,
        pipes: Pipes,
        music: Music,
        notify: Callable[[State, str, str], None],
        keep_caller: float = 60.0,
    ) -> None:
        self.port, self.state, self.alarm = port, State.DOWN, ""
        self._country = port.where
        self._trunk, self._pipes, self._music, self._notify = trunk, pipes, music, notify
        self._keep_caller = keep_caller
        self._modem: Modem | None = None
        self._ringing: Ringing | None = None
        self._leg: Leg | None = None
        self.talk: Talk | None = None  # the sound of the call there is, while samples flow
        actions = Actions(self._move, self._seize_to_call, self._over, self._came_in)
        self.out = CallsOut(port.id, self._country, trunk, actions, port.dial)
        self._let_go_at: float | None = None
        self._guard_until, self._has_switch = 0.0, True
        self._alarms, self.ended_by = Alarms(port.id), ""
        self.learnt: tuple[Plan, ...] = ()  # tones of this line's exchange

    # --- what happens ---------------------------------------------------------------------------------------------

    def opened(self, modem: Modem, now: float) -> None:
        """The device is open; bring the modem up."""
        if self.state is State.FAULT:
            self._move(Cue.RETRY)
        self._modem = modem
        self._move(Cue.OPENED)
        modem.start(now)

    def resumed(self, modem: Modem, kept: KeptCall, now: float) -> None:
        """A process before us died with this caller off-hook: music, and called in again under the same key."""
        self._modem, self._ringing = modem, Ringing(self._country, now, kept.caller)
        self._wait_in_music(now, kept.key)
        modem.resume(kept.identity, now)
        self._begin_talk()
        self._move(Cue.RESUMED)
        logger.warning("Line %s: the caller of before our restart is still there and is called in again", self.port.id)

    @property
    def kept(self) -> KeptCall | None:
        """The call that is to outlive this process; calls that go out are the switch's, and end with us."""
        is_duplex = self.state is State.TALKING and not self.out.why_not  # turns cannot be taken up in the middle
        if not is_duplex or self._ringing is None or self._leg is None or self._modem is None:
            return None
        return call_to_keep(self._leg.key, self._ringing.caller, self._modem.identity)

    def failed(self, why: str) -> None:
        """The device cannot be used or is gone; whatever call there was ends."""
        if why != self.alarm or self.state is not State.FAULT:
            logger.error("Line %s is out of service: %s", self.port.id, why)
        self._end_call()
        self._modem, self.out.why_not = None, ""  # the next device may be another one
        self.alarm = self.ended_by = why
        self._move(Cue.FAILED)

    def hear(self, event: modem_says.ModemEvent, now: float) -> None:
        """An event of the modem."""
        match event:
            case modem_says.Audio(samples):
                self._audio(samples, now)
            case modem_says.Ring():
                self._rang(now)
            case modem_says.CallerIdLine():
                self._caller_id(event, now)
            case modem_says.Signal(sign):
                self._sign(sign)
            case modem_says.Digit(digit):
                self._press(self.talk.key(digit) if self.talk is not None else "")
            case _:
                self._done(event, now)

    def _done(self, outcome: modem_says.Outcome, now: float) -> None:
        """What came of an order to the modem."""
        match outcome:
            case modem_says.Ready():
                self._ready(outcome)
            case modem_says.LineChecked(alarm, volts):
                self._alarms.volts = volts
                self._line_checked(alarm)
            case modem_says.Seized(why, is_stream_refused=True):
                self._announces(why, now)
            case modem_says.Seized():
                self._seized()
            case modem_says.SeizeFailed(why, is_stream_refused=True):
                self.out.why_not, self.alarm = why, self._alarms.half_duplex(why)
                self._let_go(why, now)
            case modem_says.DialFailed(result):
                self._let_go(self.out.not_dialled(result), now)
            case modem_says.SeizeFailed(why):
                self.failed(f"it would not go off-hook: {why}")
            case modem_says.Released():
                self._released(now)
            case modem_says.StreamStopped():
                self._over("the modem ended the stream", now)
            case modem_says.Failed(why):
                self.failed(why)

    def leg(self, fact: facts.LegFact, now: float) -> None:
        """A fact of the SIP thread, or about the switch's life."""
        match fact:
            case facts.SwitchGone():
                self._has_switch = False
                self._switch_gone(now)
            case facts.SwitchBack():
                self._has_switch = True
            case facts.CheckAsked():
                examine(self.out, self.alarm, self._alarms.volts, self.state, now)
            case facts.LegAsked():
                self.out.ask(fact, self.state, now)
            case facts.LegAttended() | facts.LegPressed():
                if self._leg is not None and self._leg.told(fact, self.talk) and self._modem is not None:
                    self._modem.flash(now, self._country.flash)
            case facts.LegEnded(attempt) if self.out.is_of(attempt):
                self.out.asked_no_more(self.state, now)
            case facts.LegAnswered(attempt):
                if self._leg is not None and self._leg.attempt == attempt and self._leg.phase is Phase.CALLING:
                    self._leg_answered(now)
            case facts.LegEnded(attempt):
                if self._leg is not None and self._leg.attempt == attempt and self._leg.phase is not Phase.NONE:
                    self._leg_ended(fact, now)

    def tick(self, now: float) -> None:
        """Time passed."""
        if is_due(self._offer_at(), now) and self._ringing is not None and self._leg is not None:
            self._leg.call(self._ringing.caller, is_half_duplex=bool(self.out.why_not))
            what = "rings: a call from" if self.state is State.RINGING else "calls the switch again for"
            logger.info("Line %s %s %s", self.port.id, what, masked(self._ringing.caller.number))
        if self.state is State.RINGING and self._ringing and is_due(self._ringing.abandoned_at(), now):
            self._gave_up("gave up while it rang", now + self._country.guard)
        if is_due(self._let_go_at, now):
            self._over(f"no switch came back within {self._keep_caller:.0f} s", now)
        if self.state is State.GUARD and now >= self._guard_until:
            self._move(Cue.GUARD_OVER)
            self.out.place(self.state, now)
        take_turns(self.talk, self._modem, now)

    def next_deadline(self) -> float | None:
        """When `tick` is due."""
        due = [self._offer_at(), self._let_go_at, due_turn(self.talk)]
        if self.state is State.RINGING and self._ringing:
            due.append(self._ringing.abandoned_at())
        if self.state is State.GUARD:
            due.append(self._guard_until)
        return min((at for at in due if at is not None), default=None)

    def stop(self, now: float) -> bool:
        """End the call there is; True when the line is on-hook already."""
        if self.state in (State.ANSWERING, State.TALKING, *PLACING):
            self._over("the box stops", now)
        elif self.state is State.RINGING:
            self._end_call()
        return self.state is not State.RELEASING

    # --- ringing --------------------------------------------------------------------------------------------------

    def _rang(self, now: float) -> None:
        if (ringing := self._ringing_call(now)) is not None:
            ringing.ring(now)

    def _caller_id(self, line: modem_says.CallerIdLine, now: float) -> None:
        if self.state is State.RINGING and self._ringing and self._ringing.is_another(now):
            self._gave_up("gave up, and another one rings", now)
        if (ringing := self._ringing_call(now)) is not None:
            ringing.caller_id(line, now)
            self._tell()

    def _gave_up(self, how: str, until: float) -> None:
        """Whoever rang does so no more; the line rests `until` then."""
        logger.info("Line %s: the caller %s", self.port.id, how)
        self._guard_until = until
        self._end_call()
        self._move(Cue.ABANDONED)

    def _ringing_call(self, now: float) -> Ringing | None:
        """The call that rings, begun by this very sign if need be; None where ringing means nothing."""
        self.out.rang(self.state)
        if self.state in (State.IDLE, State.GUARD):
            self._ringing, self._leg = Ringing(self._country, now), Leg(self.port.id, self._trunk)
            self._move(Cue.RANG)
        return self._ringing if self.state is State.RINGING else None

    def _offer_at(self) -> float | None:
        """When the next INVITE is due; None while one runs, none is due, or there is no switch to call."""
        if self._leg is None or self._ringing is None or not self._has_switch:
            return None
        if self.state is State.TALKING:
            return self._leg.again_at()
        return self._leg.offer_at(self._ringing, self._guard_until) if self.state is State.RINGING else None

    # --- the leg --------------------------------------------------------------------------------------------------

    def _leg_answered(self, now: float) -> None:
        assert self._leg is not None
        self._leg.phase = Phase.UP
        if self.state is State.RINGING and self._modem is not None:
            self._move(Cue.LEG_ANSWERED)
            way = modem_says.Way.ANNOUNCE if self.out.why_not else modem_says.Way.DUPLEX
            self._modem.seize(now, way, or_announce=True)
        elif self.state is State.TALKING and self.talk is not None:
            self.talk.attach()
            self._let_go_at = None
            logger.info("Line %s: the caller is back in the switch", self.port.id)

    def _leg_ended(self, ended: facts.LegEnded, now: float) -> None:
        assert self._leg is not None
        if self.state is State.RINGING:
            logger.info("Line %s: the call was refused (%d %s)", self.port.id, ended.code, ended.reason)
            self._leg.refused(ended, now)
        elif ended.is_lost or self._leg.phase is Phase.CALLING:
            self._orphaned(now)
        else:
            self._leg.phase = Phase.NONE
            self._over("the other side hung up", now)

    def _switch_gone(self, now: float) -> None:
        if self.out.call is not None:
            self.out.asked_no_more(self.state, now)
            return
        if self._leg is None or self._leg.phase is Phase.NONE:
            return
        if self.state is State.RINGING:
            self._leg.lost(now)
        elif self.state in (State.ANSWERING, State.TALKING):
            self._orphaned(now)

    def _orphaned(self, now: float) -> None:
        """The switch died under an answered call: the caller hears our music and is called in again."""
        assert self._leg is not None
        if self._let_go_at is None:
            logger.warning("Line %s: the switch is gone; the caller hears music and is kept", self.port.id)
            self._let_go_at = now + self._keep_caller
        self._leg.lost(now)
        if self.talk is not None:
            self.talk.is_attached = False

    # --- calls that go out ----------------------------------------------------------------------------------------

    def _seize_to_call(self, now: float) -> None:
        if self._modem is not None and self.out.call is not None:
            self._leg = self.out.call.leg
            self.out.call.take(self._modem, now)

    def _came_in(self, now: float) -> None:
        """Somebody rang just as we took the line: a caller like any other, who is off-hook already."""
        self._ringing = Ringing(self._country, now)
        self._wait_in_music(now)
        self._move(Cue.GLARE)

    def _wait_in_music(self, now: float, key: str = "") -> None:
        """Whoever is off-hook with us hears music until the switch takes them in, as a new caller but for a `key`."""
        self._leg = Leg(self.port.id, self._trunk, key)
        self._leg.call_at, self._let_go_at = now, now + self._keep_caller

    # --- off-hook -------------------------------------------------------------------------------------------------

    def _seized(self) -> None:
        have_turned(self.talk, self._modem)
        if self.state not in (State.ANSWERING, State.SEIZING) or self._modem is None or self._leg is None:
            return  # the caller or the switch was quicker; the release is on its way
        self.out.seized(self._begin_talk())
        self._move(Cue.STREAMING)

    def _begin_talk(self) -> Talk:
        """Samples flow: from now on we hear and speak."""
        assert self._modem is not None
        assert self._leg is not None
        self.talk = begin_talk(self.port, self._pipes, self._music, self.out, self._leg, self.learnt)
        self._modem.play(self.talk.begin())
        return self.talk

    def _audio(self, samples: bytes, now: float) -> None:
        if self.state not in STREAMING or self.talk is None or self._modem is None:
            return
        heard = self.talk.hear(samples)
        self._modem.play(heard.out)
        self._press(heard.digits)
        self.out.follow(heard, self.talk, self.state, now)
        if heard.gone and self._leg is not None:
            self._leg.gone_s = heard.gone_s
            self._over(f"the caller hung up ({heard.gone})", now)

    def _announces(self, why: str, now: float) -> None:
        """Found out with a caller: who answered lets go, the caller comes in again as one who can be told things."""
        self.out.why_not, self.alarm = why, self._alarms.half_duplex(why)
        if self.state is State.ANSWERING and self._leg is not None:
            self._leg.hang_up()
            self._wait_in_music(now)
        self._seized()

    def _let_go(self, why: str, now: float) -> None:
        """The modem could not carry the call, and has let go of the line already."""
        if self.state in (State.ANSWERING, State.SEIZING):
            self.out.end(why)
            self.ended_by = why
            self._end_call()
            self._move(Cue.OVER)
            self._released(now)

    def _press(self, digits: str) -> None:
        """The caller's keys, to the switch; which may be a card or a PIN: they are not logged."""
        if digits and self._leg is not None and self.state is State.TALKING:
            self._leg.press(digits)

    def _sign(self, sign: modem_says.Sign) -> None:
        if self.talk is None or self.state not in STREAMING:
            return
        self.talk.sign(sign)
        self._alarms.sign(sign, is_shared=self.port.parallel_phones)
        if sign is modem_says.Sign.UNDERRUN and self.talk.is_overloaded and not self._alarms.wire:
            self._line_checked(OVERLOADED)

    def _over(self, why: str, now: float) -> None:
        """The call is over: BYE, and on-hook."""
        if self.state not in (State.ANSWERING, State.TALKING, *PLACING) or self._modem is None:
            return
        logger.info("Line %s: %s; going on-hook", self.port.id, why)
        self.ended_by = why
        if self.talk is not None:
            logger.debug("Line %s: %s", self.port.id, self.talk.figures())
        self._end_call()
        self._move(Cue.OVER)
        self._modem.release(now)

    def _end_call(self) -> None:
        self.out.end("the line was lost")
        if self._leg is not None:
            self._leg.hang_up()
        self._leg = self._ringing = self.talk = self._let_go_at = None
        self._pipes.clear()  # the next leg may be up before the card has sound, and would hear this call's last

    # --- the modem ------------------------------------------------------------------------------------------------

    def _ready(self, ready: modem_says.Ready) -> None:
        self._alarms.ready(ready)
        self.alarm = self._alarms.sentence
        self.out.why_not = ready.alarm if ready.is_half_duplex else ""
        if self.state is not State.INIT:
            return  # it was found ill by the poll and is well again
        but = f"; but {self.alarm}" if self.alarm else ""
        logger.info("Line %s is in service: %s%s", self.port.id, ready.identity, but)
        self._move(Cue.READY)

    def _line_checked(self, alarm: str) -> None:
        if self._alarms.checked(alarm):
            self.alarm = self._alarms.sentence
            self._tell()

    def _released(self, now: float) -> None:
        if self.state is State.RELEASING:
            self._guard_until = now + self._country.guard
            self._move(Cue.ON_HOOK)

    def _move(self, cue: Cue) -> None:
        self.state = TABLE[self.state, cue]
        self._tell()

    def _tell(self) -> None:
        ringing = self._ringing.caller.number if self._ringing else ""
        self._notify(self.state, self.alarm, self.out.call.digits if self.out.call else ringing)
