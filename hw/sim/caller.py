"""A person who dialled a virtual card's line: waits, speaks, presses keys, hangs up. Any thread may call any of it."""

from typing import TYPE_CHECKING

from hw.sim.core import CardCore
from hw.sim.errors import SimulatorError
from hw.sim.party import CallerState, HangUp, Heard, RemoteParty
from hw.sim.sound import Sound, digits
from hw.sim.ulaw import Linear

if TYPE_CHECKING:
    from hw.sim.card import VirtualCard


class Caller:
    """A person who dialled the card's line; every method may be called from any thread."""

    def __init__(self, card: "VirtualCard", party: RemoteParty) -> None:
        """Made by `VirtualCard.ring`."""
        self._card, self._party = card, party

    @property
    def number(self) -> str | None:
        """The number announced."""
        return self._party.number

    @property
    def state(self) -> CallerState:
        """Where the caller stands."""
        return self._party.state

    def wait_for(self, state: CallerState, timeout: float) -> bool:
        """Whether the caller is (or within `timeout` seconds gets) there; False at once if it no longer can."""
        self._card.wait_until(lambda: self._party.state is state or self._party.state.is_final, timeout)
        return self._party.state is state

    def say(self, sound: Sound) -> float:
        """Speaks `sound` from now on; the monotonic time at which its first sample is on the line."""
        moment = 0.0

        def act(core: CardCore, now: float) -> None:
            nonlocal moment
            self._require_connected("say something")
            lead = core.clock.lead_at(now)
            moment = core.clock.time_of(core.clock.samples + lead)
            self._party.say(sound, lead)

        self._card.with_core(act)
        return moment

    def send_digits(self, keys: str, on: float = 0.1, off: float = 0.1) -> float:
        """Presses keys, in band; the monotonic time of the first sample. The voice rests meanwhile."""
        moment, sound = 0.0, digits(keys, on, off)

        def act(core: CardCore, now: float) -> None:
            nonlocal moment
            self._require_connected("press keys")
            lead = core.clock.lead_at(now)
            moment = core.clock.time_of(core.clock.samples + lead)
            self._party.press(sound, lead)

        self._card.with_core(act)
        return moment

    def hang_up(self, mode: HangUp = HangUp.BUSY_TONE, drop_ms: int = 500) -> None:
        """Hangs up: gives up if it still rings, else the line behaves by `mode`. SimulatorError if the call is over."""

        def act(core: CardCore, now: float) -> None:
            if self._party.state.is_final:
                raise SimulatorError(f"asked the caller to hang up, but it is over: {self._party.state.value}")
            if self._party.state is CallerState.RINGING:
                core.line.give_up(now)
            else:
                core.line.hang_up(mode, now, drop_ms)

        self._card.with_core(act)

    def give_up(self) -> None:
        """Hangs up while it rings; SimulatorError at any other time."""

        def act(core: CardCore, now: float) -> None:
            if self._party.state is not CallerState.RINGING:
                raise SimulatorError(
                    f"asked the caller to give up, but it is {self._party.state.value}; ringing is right"
                )
            core.line.give_up(now)

        self._card.with_core(act)

    def heard(self) -> Heard:
        """Everything heard since the connection, without a gap, with the monotonic time of its first sample."""
        return self._card.read_core(lambda core: self._party.heard(core.clock.rate))

    def wait_heard(self, seconds: float, timeout: float) -> bool:
        """Whether the caller has been (or within `timeout` seconds gets) connected and listening for so long."""
        return self._card.wait_until(lambda: self._party.seconds_heard >= seconds, timeout)

    def heard_since(self, moment: float) -> Linear:
        """The linear samples heard from monotonic `moment` on."""
        heard = self.heard()
        return heard.samples[max(0, round((moment - heard.first_at) * heard.rate)) :]

    def _require_connected(self, what: str) -> None:
        if self._party.state is not CallerState.CONNECTED:
            raise SimulatorError(f"asked the caller to {what}, but it is {self._party.state.value}; connected is right")
