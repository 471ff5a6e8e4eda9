"""Calls that the switch asks a line to place: who asked, what is dialled, what they are told of it (fxo §2.4).

`CallsOut` is the part of a line's state machine that only such calls need; what it does to the line it does by
`Actions`. One call at a time; while the line ends its last call and rests, the next one waits.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from appliance.lines.facts import LegAsked, Trunk
from appliance.lines.leg import Leg, Phase
from appliance.lines.masking import masked
from appliance.lines.placing import BY_MODEM, Listener, NotDialled, Placing, Stage
from appliance.lines.settings import Dial
from appliance.lines.states import PLACING, Cue, State
from appliance.lines.talk import Heard, Talk
from appliance.media.progress import Answer, Checked, DialTone, Refused
from hw.errors import ModemError
from hw.modem.countries import Country
from hw.modem.driver import Modem
from hw.modem.events import Result

logger = logging.getLogger(__name__)

IN_USE: Final = 503
"""The line cannot carry the call now: whoever routes it may try another one."""
CODES: Final[dict[DialTone | Refused | Checked | NotDialled, int]] = {
    DialTone.ABSENT: IN_USE,
    DialTone.ENGAGED: IN_USE,
    DialTone.GLARE: IN_USE,
    Refused.BUSY: 486,
    Refused.CONGESTED: 480,
    Refused.NO_SUCH_NUMBER: 404,
    Refused.NO_ANSWER: 480,
    Refused.RELEASED: 480,
    Checked.DONE: 200,
    **dict.fromkeys(NotDialled, IN_USE),
}
NO_NUMBER: Final = 484
REDIAL_WINDOW: Final = 180.0
REDIAL_FORGOTTEN: Final = 3600.0
"""So long without a try: later calls count as new (article 11)."""
TOO_OFTEN: Final = 429


class Outgoing:
    """One such call. `leg` is the dialog of whoever asked; it is up once the far end answered. `dial`: who dials."""

    def __init__(self, line: str, asked: LegAsked, digits: str, trunk: Trunk, dial: Dial = Dial.AUDIO) -> None:
        self.asked, self.digits, self._dial = asked, digits, dial
        self.has_rung = self._is_told = False
        self._line, self._trunk = line, trunk
        self.leg = Leg(line, trunk)
        self.leg.attempt, self.leg.phase = asked.attempt, Phase.CALLING

    def listener(self, country: Country) -> Listener:
        """What hears the line from the moment it is taken."""
        rung, urgent, is_dialled = self.has_rung, self.asked.is_emergency, self._dial is not Dial.AUDIO
        return Placing(country, self.digits, has_rung=rung, is_emergency=urgent, is_dialled=is_dialled)

    def take(self, modem: Modem, now: float) -> None:
        """Take the line: with sound at once, or with the modem dialling first."""
        if self._dial is Dial.AUDIO:
            modem.seize(now)
        else:
            self.is_heard()  # silence at first: pulses take longer than the switch waits for a word
            modem.dial(self.digits, now, pulses=self._dial is Dial.PULSE)

    def is_heard(self) -> None:
        """Whoever asked hears the line from now on, before any answer; told once."""
        if not self._is_told:
            self._is_told = True
            self._trunk.progress(self._line, self.asked.attempt)

    def answered(self, evidence: Answer) -> None:
        """The far end answered."""
        self.leg.phase = Phase.UP
        self._trunk.accept(self._line, self.asked.attempt, evidence.name.lower())

    def refuse(self, code: int, why: str) -> None:
        """It failed; nothing happens once the call was answered or is over."""
        if self.leg.phase is Phase.CALLING:
            self.leg.phase = Phase.NONE
            self._trunk.refuse(self._line, self.asked.attempt, code, why)


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of an examination; see `LineFound` of the seam."""

    what: str
    is_well: bool
    value: float = 0.0
    detail: str = ""


@dataclass(slots=True)
class _Tries:
    first_at: float
    last_at: float
    since_first: int = 0
    in_all: int = 0


@dataclass(slots=True)
class Redials:
    """How often a machine may dial the same number without an answer (Japan: Terminal Equipment Rules, article 11)."""

    country: Country
    _tries: dict[str, _Tries] = field(default_factory=dict)

    def refusal(self, digits: str, now: float) -> str:
        """Why it may not dial this number now, "" when it may; asking counts as a try."""
        self._tries = {one: t for one, t in self._tries.items() if now - t.last_at < REDIAL_FORGOTTEN}
        tries = self._tries.setdefault(digits, _Tries(now, now))
        if now - tries.first_at >= REDIAL_WINDOW:
            tries.first_at, tries.since_first = now, 0
        if tries.since_first >= self.country.redials or tries.in_all >= self.country.redials_in_all:
            return (
                f"{tries.in_all} automatic calls to one number without an answer, {tries.since_first} of them in three "
                f"minutes; {self.country.redials} in three minutes and {self.country.redials_in_all} in all are allowed"
            )
        tries.since_first += 1
        tries.in_all += 1
        tries.last_at = now
        return ""

    def answered(self, digits: str) -> None:
        """The number answered: counting begins anew."""
        self._tries.pop(digits, None)


@dataclass(frozen=True, slots=True)
class Actions:
    """What a call that goes out does to its line: move it, take it, end the call, make of it one that came in."""

    move: Callable[[Cue], None]
    seize: Callable[[float], None]
    over: Callable[[str, float], None]
    came_in: Callable[[float], None]


class CallsOut:
    """The calls of one line that go out; `now` is monotonic seconds, `state` the line's at that moment."""

    def __init__(self, line: str, country: Country, trunk: Trunk, act: Actions, dial: Dial = Dial.AUDIO) -> None:
        self.line, self.country, self.trunk, self._act, self._dial = line, country, trunk, act, dial
        self._redials = Redials(country)
        self.call: Outgoing | None = None
        self.evidence = ""
        """By what the last call counted as answered."""
        self.why_not = ""
        """Why this line's modem carries no conversation at all (half duplex), as a sentence."""
        self.examined: Callable[[tuple[Found, ...]], None] = lambda found: None
        """Called with what an examination of the line found."""

    def ask(self, asked: LegAsked, state: State, now: float) -> None:
        """The switch wants a number dialled."""
        if state not in (State.IDLE, State.GUARD, State.RELEASING) or self.call is not None:
            self.trunk.refuse(self.line, asked.attempt, IN_USE, f"the line is {state.value}")
            return
        if self.why_not:
            self.trunk.refuse(self.line, asked.attempt, IN_USE, self.why_not)
            return
        try:
            digits = self._dial.able(self.country.dialled(asked.number))
        except ModemError as wrong:
            self.trunk.refuse(self.line, asked.attempt, NO_NUMBER, str(wrong))
            return
        if asked.is_automatic and (why := self._redials.refusal(digits, now)):
            self.trunk.refuse(self.line, asked.attempt, TOO_OFTEN, why)
            return
        self.call = Outgoing(self.line, asked, digits, self.trunk, self._dial)
        self.place(state, now)

    @property
    def is_examined(self) -> bool:
        """The line is taken to be examined, not to call anybody."""
        return self.call is not None and not self.call.digits

    def check(self, check: Outgoing, state: State, now: float) -> bool:
        """Take the line to examine it; False when it is not free to be."""
        if state is not State.IDLE or self.call is not None:
            return False
        self.call = check
        self.place(state, now)
        return True

    def place(self, state: State, now: float) -> None:
        """Take the line for the call that waits for it, if it is free now."""
        if state is State.IDLE and self.call is not None:
            logger.info("Line %s calls %s", self.line, masked(self.call.digits))
            self._act.move(Cue.PLACED)
            self._act.seize(now)

    def is_of(self, attempt: int) -> bool:
        """Whether this dialog asked for the call."""
        return self.call is not None and self.call.asked.attempt == attempt

    def asked_no_more(self, state: State, now: float) -> None:
        """Whoever asked for the call hung up, or died."""
        if self.call is not None:
            self.call.leg.phase = Phase.NONE
        if state in PLACING or state is State.TALKING:
            self._act.over("whoever called hung up", now)
        self.call = None

    def rang(self, state: State) -> None:
        """Ringing was seen: as the line is taken a caller may be there; before that the caller is the one."""
        if self.call is not None and state is State.SEIZING:
            self.call.has_rung = True
        elif state in (State.IDLE, State.GUARD):
            self.end("somebody calls on this line")

    def seized(self, talk: Talk) -> None:
        """The line is taken and samples flow: listen for dial tone; whoever asked hears it too."""
        if self.call is not None:
            talk.placing = self.call.listener(self.country)
            talk.attach()
            self.call.is_heard()

    def follow(self, heard: Heard, talk: Talk, state: State, now: float) -> None:
        """A batch of sound was heard: what came of the call so far."""
        if self.call is None or talk.placing is None:
            return
        if talk.placing.stage is Stage.PROGRESS and state is State.DIALING:
            self._act.move(Cue.DIALLED)
        match heard.course:
            case None:
                pass
            case Answer() as evidence:
                self._answered(self.call, talk, evidence)
            case DialTone.GLARE:
                logger.warning("Line %s: a caller came in as the line was taken to call out", self.line)
                self.end(DialTone.GLARE.value)
                talk.placing, talk.is_attached = None, False
                self._act.came_in(now)
            case why:
                self.call.refuse(CODES[why], why.value)
                self._act.over(why.value, now)

    def not_dialled(self, result: Result) -> str:
        """The modem's dialler failed; why, in words."""
        course = BY_MODEM.get(result, NotDialled.NO_WORD)
        if self.call is not None:
            self.call.refuse(CODES[course], course.value)
        return str(course.value)

    def end(self, why: str) -> None:
        """The call is over on the line's side; whoever still waits for it is told."""
        if self.call is not None:
            self.call.refuse(IN_USE, why)
        self.call = None

    def _answered(self, call: Outgoing, talk: Talk, evidence: Answer) -> None:
        self.evidence = evidence.value
        logger.info("Line %s: answered, for %s", self.line, self.evidence)
        self._redials.answered(call.digits)
        talk.answered(by_reversal=evidence is Answer.REVERSAL)
        call.answered(evidence)
        self._act.move(Cue.FAR_ANSWERED)
