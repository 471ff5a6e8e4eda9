"""The telephone exchange at the other end of the pair: rings, announces, connects, sounds its tones, drops the loop.

Sans-IO: `now` is always given, samples are pulled by the card's clock. The line tells the card what its wires do
(`LineSignal`), and the card tells the line about its hook. States: specs/fxo §3.3.
"""

from collections.abc import Callable
from enum import Enum

from hw.sim.agenda import Agenda, Plan
from hw.sim.countries import CallerIdTime, Country
from hw.sim.dialled import Fate, KeyReceiver, Numbering, Subscriber
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import EventLog, What
from hw.sim.party import CallerState, HangUp, RemoteParty
from hw.sim.sound import Chain, Silence, Sound, Tone
from hw.sim.ulaw import SILENCE, decode, encode
from hw.sim.voices import announcement

RING_TRIP = 0.12
DIAL_TONE_DELAY = 0.3
INTERDIGIT = 3.0
SIT_HERTZ = (950.0, 1400.0, 1800.0)
CLEARING_DROP_MS = 500
LATE_TONE = 4.0  # some exchanges are silent for so long before they say anything
ANNOUNCED = 3  # times a clearing announcement is said before reorder tone
IDLE_VOLTS = 48.0
BUSY_VOLTS = 7.5
SHARED_VOLTS = 5.5
SHARED_GAIN = 0.5  # two telephones on one pair: each hears 6 dB less
NO_LINE_VOLTS = 1.4


class LineState(Enum):
    """What the exchange is doing with this subscriber."""

    IDLE = "idle"
    RINGING = "ringing"
    SEIZED = "seized"
    DIAL_TONE = "dial_tone"
    DIALLING = "dialling"
    ROUTED = "routed"
    CONNECTED = "connected"
    CLEARED = "cleared"


class LineSignal(Enum):
    """What a card can notice on its wires."""

    RING = "ring"
    CALLER_ID = "caller_id"
    LOOP_OPENED = "loop_opened"
    LOOP_CLOSED = "loop_closed"
    REVERSED = "reversed"
    PARALLEL_UP = "parallel_up"
    PARALLEL_DOWN = "parallel_down"


class ExchangeLine:
    """One subscriber line of the virtual exchange."""

    def __init__(
        self, country: Country, agenda: Agenda, log: EventLog, signal: Callable[[LineSignal, float], None]
    ) -> None:
        """`signal(what, now)` is the card's ear; `agenda` and `log` are shared with it."""
        self.country = country
        self.state = LineState.IDLE
        self.party: RemoteParty | None = None
        self.is_loop_open = False
        self.is_cord_in = True
        self._agenda, self._log, self._signal = agenda, log, signal
        self._is_off_hook = self._is_parallel_up = False
        self._tone: Sound | None = None
        self._plans: list[Plan] = []
        self.numbering = Numbering()
        self.called: list[RemoteParty] = []
        """Whoever was reached by dialling, oldest first."""
        self.dial_tone_delay: float | None = DIAL_TONE_DELAY
        """None: this exchange gives none."""
        self.dial_tone: Sound | None = None
        """What is heard instead of the country's."""
        self._keys = KeyReceiver()
        self._digits = ""

    # What the world does

    def ring(
        self, party: RemoteParty, now: float, caller_id: CallerIdTime | None = None, rings: int | None = None
    ) -> None:
        """Offers a call; an engaged line turns the caller away. `rings` after which the caller gives up, or None."""
        if self.state is not LineState.IDLE or self._is_looped:
            party.state = CallerState.ENGAGED
            return
        self.state, self.party = LineState.RINGING, party
        self._log.add(now, What.CALL_OFFERED, party.number or "")
        when = caller_id or self.country.caller_id_time
        gap, burst = self.country.caller_id_gap, self._first_burst()
        first_ring = now + gap + 0.1 if when is CallerIdTime.BEFORE_FIRST_RING else now
        id_at = {
            CallerIdTime.BEFORE_FIRST_RING: first_ring - gap,
            CallerIdTime.BETWEEN_RINGS: first_ring + burst + gap,
            CallerIdTime.AFTER_THIRD_RING: first_ring + 2 * sum(self.country.ring) + burst + gap,
        }
        if when in id_at:
            self._plan(id_at[when], lambda due: self._signal(LineSignal.CALLER_ID, due))
        self._plan(first_ring, self._ring_burst)
        if rings is not None:
            self._plan(first_ring + rings * sum(self.country.ring), self.give_up)

    def give_up(self, now: float) -> None:
        """The caller hangs up while it rings; SimulatorError at any other time."""
        if self.state is not LineState.RINGING or self.party is None:
            raise SimulatorError(
                f"asked the caller to give up, but the line is {self.state.value}; only ringing ends so"
            )
        self._end_call(CallerState.GAVE_UP)
        self._log.add(now, What.CALL_GIVEN_UP)
        self.state = LineState.IDLE
        if self._is_looped:  # picked up just as the caller gave up
            self._seized(now)

    def hang_up(self, mode: HangUp, now: float, drop_ms: int = CLEARING_DROP_MS) -> None:
        """The connected caller hangs up; the line then behaves by `mode`. SimulatorError if nobody is connected."""
        if self.state is not LineState.CONNECTED:
            raise SimulatorError(
                f"asked the caller to hang up, but the line is {self.state.value}; connected would be right"
            )
        self._end_call(CallerState.HUNG_UP)
        self._log.add(now, What.CALLER_HUNG_UP, mode.value)
        self.state, self._tone = LineState.CLEARED, None
        match mode:
            case HangUp.LOOP_DROP:
                self.loop_drop(drop_ms, now)
                self._plan(now + drop_ms / 1000, self._give_dial_tone)
            case HangUp.BUSY_TONE:
                self._tone = self.country.busy.sound()
            case HangUp.LATE_BUSY_TONE:
                self._plan(now + LATE_TONE, lambda _: self._sound(self.country.busy.sound()))
            case HangUp.REORDER_TONE:
                self._tone = self.country.reorder.sound()
            case HangUp.DIAL_TONE:
                self._give_dial_tone(now)
            case HangUp.REVERSAL:
                self.reverse(now)
            case HangUp.ANNOUNCEMENT:
                self._tone = Chain(*(announcement() for _ in range(ANNOUNCED)), self.country.reorder.sound())
            case HangUp.SILENCE:
                pass

    def loop_drop(self, milliseconds: int, now: float) -> None:
        """Opens the loop for a moment; the call, if there is one, survives."""
        self._open_loop(now)
        self._agenda.at(now + milliseconds / 1000, self._close_loop)

    def set_cord(self, is_in: bool, now: float) -> None:
        """The telephone cord is put in or pulled; without it a card that loops the line loses its current."""
        self.is_cord_in = is_in
        self._signal(LineSignal.LOOP_CLOSED if is_in else LineSignal.LOOP_OPENED, now)

    def reverse(self, now: float) -> None:
        """Swaps the wires, as exchanges do at answer and release."""
        self._signal(LineSignal.REVERSED, now)

    def set_parallel(self, is_up: bool, now: float) -> None:
        """A second telephone on the same pair is lifted or put down; it holds the line alone as well."""
        if is_up is self._is_parallel_up:
            return
        was_looped = self._is_looped
        self._is_parallel_up = is_up
        self._signal(LineSignal.PARALLEL_UP if is_up else LineSignal.PARALLEL_DOWN, now)
        if is_up and not was_looped:
            self._loop(now)
        elif was_looped and not self._is_looped:
            self._open(now)

    # What the card does

    @property
    def _is_looped(self) -> bool:
        return self._is_off_hook or self._is_parallel_up

    def off_hook(self, now: float) -> None:
        """The card loops the line: ringing is tripped, an idle line gives dial tone."""
        was_looped = self._is_looped
        self._is_off_hook = True
        if not was_looped:
            self._loop(now)

    def on_hook(self, now: float) -> None:
        """The card opens the line: whatever there was is over, unless a parallel telephone holds it."""
        self._is_off_hook = False
        if not self._is_looped:
            self._open(now)

    def _loop(self, now: float) -> None:
        if self.state is LineState.RINGING:
            self._agenda.at(now + RING_TRIP, self._trip)
        elif self.state is LineState.IDLE:
            self._seized(now)

    def _seized(self, now: float) -> None:
        self.state, self._keys, self._digits = LineState.SEIZED, KeyReceiver(), ""
        if self.dial_tone_delay is not None:
            self._plan(now + self.dial_tone_delay, self._give_dial_tone)

    def _open(self, now: float) -> None:
        if self.state is LineState.RINGING:
            return  # let go before the ring was tripped: it rings on
        if self.state is LineState.CONNECTED:
            self._end_call(CallerState.RELEASED)
            self._log.add(now, What.CALL_RELEASED)
        self._forget_plans()
        self._tone = None
        self.state = LineState.IDLE

    def dial(self, digits: str, now: float) -> None:
        """Digits from the card's own dialler, tones or pulses."""
        if self.state in (LineState.SEIZED, LineState.DIAL_TONE):
            self._forget_plans()
            self._digits = "".join(key for key in digits if key in "0123456789*#ABCD")
            self._route(now)
        else:
            self._log.add(now, What.DIALLED, digits)

    @property
    def fate(self) -> Fate | None:
        """What happens to the call that was dialled, once it has begun to."""
        found = self.numbering.find(self._digits) if self.state in (LineState.ROUTED, LineState.CONNECTED) else None
        if self.state is LineState.CLEARED and self._tone is not None:
            return Fate.REORDER
        return found.fate if found is not None and (self._tone or self.state is LineState.CONNECTED) else None

    def volts(self) -> float:
        """Between tip and ring."""
        if not self.is_cord_in:
            return NO_LINE_VOLTS
        if self.is_loop_open:
            return 0.0
        if self._is_off_hook and self._is_parallel_up:
            return SHARED_VOLTS
        return BUSY_VOLTS if self._is_looped else IDLE_VOLTS

    def speak(self, count: int) -> bytes:
        """The next µ-law samples the far side puts on the line."""
        if self.is_loop_open or not self.is_cord_in:
            return SILENCE * count
        if self.party is not None and self.state is LineState.CONNECTED:
            said = self.party.speak(count)
            is_shared = self._is_off_hook and self._is_parallel_up
            return encode(decode(said).astype(float) * SHARED_GAIN) if is_shared else said
        return self._tone.read(count) if self._tone is not None else SILENCE * count

    def hear(self, ulaw: bytes, at: float) -> None:
        """What the card puts on the line, played from monotonic `at`."""
        if self.party is not None and self.state is LineState.CONNECTED:
            broken = self.is_loop_open or not self.is_cord_in
            self.party.hear(SILENCE * len(ulaw) if broken else ulaw, at)
        elif self.state in (LineState.DIAL_TONE, LineState.DIALLING):
            for key in self._keys.hear(ulaw):
                self._key(key, at)

    # Inside

    def _plan(self, due: float, action: Callable[[float], None]) -> None:
        self._plans.append(self._agenda.at(due, action))

    def _forget_plans(self) -> None:
        for plan in self._plans:
            plan.cancel()
        self._plans.clear()

    def _first_burst(self) -> float:
        return self.country.ring[0] if len(self.country.ring) == 2 else sum(self.country.ring[:-1])

    def _ring_burst(self, now: float) -> None:
        """One period of the cadence: a RING for each of its bursts, then the next period."""
        offset = 0.0
        for place, seconds in enumerate(self.country.ring):
            if place % 2 == 0:
                self._plan(now + offset, lambda due: self._signal(LineSignal.RING, due))
            offset += seconds
        self._plan(now + offset, self._ring_burst)

    def _trip(self, now: float) -> None:
        if self.state is LineState.RINGING and self._is_looped and self.party is not None:
            self._forget_plans()
            self.state, self.party.state = LineState.CONNECTED, CallerState.CONNECTED
            self._log.add(now, What.CALL_CONNECTED)

    def _sound(self, tone: Sound) -> None:
        self._tone = tone

    def _key(self, key: str, now: float) -> None:
        """A key was heard: the first one ends the dial tone, and a while after the last one the call is routed."""
        self._forget_plans()
        self.state, self._tone = LineState.DIALLING, None
        self._digits += key
        self._log.add(now, What.DIGIT_HEARD, key)
        if self.numbering.is_complete(self._digits):
            self._route(now)
        else:
            self._plan(now + INTERDIGIT, self._route)

    def _route(self, now: float) -> None:
        """The number is complete."""
        self._log.add(now, What.DIALLED, self._digits)
        found = self.numbering.find(self._digits)
        if found is None:
            self.state, self._tone = LineState.CLEARED, self.country.reorder.sound()
            return
        self.state = LineState.ROUTED
        self._plan(now + found.post_dial_delay, lambda due: self._befall(found, due))

    def _befall(self, called: Subscriber, now: float) -> None:
        match called.fate:
            case Fate.ANSWERS | Fate.NO_ANSWER:
                self._tone = self.country.ringback.sound()
                self._log.add(now, What.RINGBACK_GIVEN)
                if called.fate is Fate.ANSWERS:
                    self._plan(now + called.answer_after, lambda due: self._answer(called, due))
            case Fate.BUSY:
                self._tone = self.country.busy.sound()
            case Fate.REORDER:
                self._tone = self.country.reorder.sound()
            case Fate.SIT:
                three = (Tone((hertz,), -15.0, 0.33) for hertz in SIT_HERTZ)
                self._tone = Chain(*three, Silence(3.0), self.country.reorder.sound())
            case Fate.DEAD:
                self._tone = None

    def _answer(self, called: Subscriber, now: float) -> None:
        self.party = RemoteParty(self._digits, None, called.voice)
        self.called.append(self.party)
        self.state, self.party.state = LineState.CONNECTED, CallerState.CONNECTED
        self._tone = None
        self._log.add(now, What.CALL_CONNECTED)
        if called.reverses:
            self.reverse(now)

    def _give_dial_tone(self, now: float) -> None:
        self._tone = self.dial_tone or self.country.dial.sound()
        if self.state is LineState.SEIZED:
            self.state = LineState.DIAL_TONE
        self._log.add(now, What.DIAL_TONE_GIVEN)

    def _end_call(self, state: CallerState) -> None:
        self._forget_plans()
        if self.party is not None:
            self.party.state = state
        self.party = None

    def _open_loop(self, now: float) -> None:
        if not self.is_loop_open:
            self.is_loop_open = True
            self._log.add(now, What.LOOP_OPENED)
            self._signal(LineSignal.LOOP_OPENED, now)

    def _close_loop(self, now: float) -> None:
        self.is_loop_open = False
        self._log.add(now, What.LOOP_CLOSED)
        self._signal(LineSignal.LOOP_CLOSED, now)
