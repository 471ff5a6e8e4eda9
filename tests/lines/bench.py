"""A line, its driver and a scripted modem in memory and in virtual time; the trunk is a list of what was asked."""

from appliance.lines.facts import Invitation, LegAnswered, LegEnded, LegFact
from appliance.lines.line import Line
from appliance.lines.music import Music
from appliance.lines.settings import Line as LinePort
from appliance.lines.states import State
from appliance.lines.talk import Pipes
from hw.modem.countries import country
from hw.modem.driver import Modem
from hw.modem.events import ModemEvent
from tests.hw.modem.scripted import ScriptedModem


class ListedTrunk:
    """Remembers invitations and hang-ups."""

    def __init__(self) -> None:
        self.invitations: list[Invitation] = []
        self.hung_up: list[int] = []
        self.pressed = ""
        self.early: list[int] = []
        self.accepted: list[int] = []
        self.evidence = ""
        self.refused: list[tuple[int, int, str]] = []
        self.gone_s = 0.0

    def call(self, invitation: Invitation) -> None:
        self.invitations.append(invitation)

    def hang_up(self, line: str, attempt: int, gone_s: float = 0.0) -> None:
        self.hung_up.append(attempt)
        self.gone_s = gone_s

    def progress(self, line: str, attempt: int) -> None:
        self.early.append(attempt)

    def accept(self, line: str, attempt: int, evidence: str) -> None:
        self.accepted.append(attempt)
        self.evidence = evidence

    def refuse(self, line: str, attempt: int, code: int, why: str) -> None:
        self.refused.append((attempt, code, why))

    def press(self, line: str, attempt: int, digits: str) -> None:
        assert attempt == self.invitations[-1].attempt
        self.pressed += digits


class LineBench:
    """The device answers after `latency` seconds; while it streams it says 10 ms of `sound` every 10 ms."""

    def __init__(
        self, tmp_path, code: str = "JP", latency: float = 0.02, keep_caller: float = 60.0, **port: str
    ) -> None:
        self.now, self._latency = 100.0, latency
        self.device, self.trunk = ScriptedModem(), ListedTrunk()
        self.sound = b"\x7f"
        self.told: list[tuple[State, str, str]] = []
        self.line = Line(
            LinePort("line1", "none", code, **port),
            self.trunk,
            Pipes(),
            Music(tmp_path / "none.wav"),
            lambda *told: self.told.append(told),
            keep_caller,
        )
        self.modem = Modem(country(code))
        self.line.opened(self.modem, self.now)
        self._coming: list[tuple[float, bytes]] = []
        self._next_sound = self.now
        self.run(3.0)
        assert self.line.state is State.IDLE

    @property
    def invitation(self) -> Invitation:
        return self.trunk.invitations[-1]

    def says(self, said: bytes) -> None:
        self._coming.append((self.now + self._latency, said))

    def ring(self, *caller_id: str) -> None:
        self.says(b"".join(f"\r\n{line}\r\n".encode() for line in (*caller_id, "RING")))

    def answered(self) -> None:
        self.fact(LegAnswered(self.invitation.attempt))

    def ended(self, code: int = 200, is_lost: bool = False) -> None:
        self.fact(LegEnded(self.invitation.attempt, code, "over", is_lost))

    def fact(self, fact: LegFact) -> None:
        self.line.leg(fact, self.now)
        self._carry()

    def unplug(self) -> None:
        self.line.failed("unplugged")
        self.device = ScriptedModem()

    def plug(self) -> None:
        self.modem = Modem(country(self.line.port.country))
        self._coming.clear()
        self.line.opened(self.modem, self.now)

    def run(self, seconds: float) -> None:
        """Ten milliseconds at a time, as the card's clock does."""
        end = self.now + seconds
        while self.now < end:
            self.now += 0.01
            self._carry()
            if self.device.is_streaming:
                self.says(self.sound * 80)
            if self.line.state is not State.FAULT:
                self._deliver()
                self._tell(self.modem.tick(self.now))
            self.line.tick(self.now)

    def _deliver(self) -> None:
        while self._coming and self._coming[0][0] <= self.now:
            self._tell(self.modem.receive(self._coming.pop(0)[1], self.now))
            self._carry()

    def _carry(self) -> None:
        sent = self.modem.outgoing()
        if sent and self.line.state is not State.FAULT:
            said = self.device.write(sent)
            if said:
                self.says(said)

    def _tell(self, events: list[ModemEvent]) -> None:
        for event in events:
            self.line.hear(event, self.now)
