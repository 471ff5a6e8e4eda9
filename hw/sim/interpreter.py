"""What the AT commands of a card do: parameters remembered, questions answered, the modem's hook and stream moved.

Rules: one line, one final result; the first ERROR ends the line; `+VTR` ends it with CONNECT (specs: fxo §2.2-2.6).
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from hw.sim.at import Asked, AtCommand, commands_of
from hw.sim.errors import SimulatorError
from hw.sim.personality import Personality
from hw.sim.sound import Chain, Sound, Tone, digits
from hw.sim.stream import Direction
from hw.sim.ulaw import VoiceFormat


class Result(Enum):
    """Final results, with their numeric form (V0)."""

    OK = "0"
    CONNECT = "1"
    NO_CARRIER = "3"
    ERROR = "4"
    NO_DIAL_TONE = "6"
    BUSY = "7"
    NO_ANSWER = "8"


@dataclass(frozen=True, slots=True)
class LongRun:
    """A command that takes its time and dies of any byte typed. `hang_up`: it ends on-hook.

    With `digits` it dials: `waits_for_tone` before that, `listens` so many seconds to the ringing behind it (0: not).
    """

    seconds: float
    result: Result
    digits: str = ""
    hang_up: bool = False
    waits_for_tone: bool = False
    listens: float = 0.0


@dataclass(slots=True)
class Outcome:
    """What one command line leads to."""

    texts: list[str] = field(default_factory=list)
    result: Result = Result.OK
    stream: Direction | None = None
    long_run: LongRun | None = None
    said: str = ""  # instead of OK

    @property
    def is_last_word(self) -> bool:
        """Nothing after this on the line is looked at."""
        return self.result is not Result.OK or self.long_run is not None


class Modem(Protocol):
    """What the interpreter may do to the card it serves."""

    ring_count: int
    is_hook_claimed: bool

    @property
    def is_off_hook(self) -> bool:
        """The line is looped."""

    def go_off_hook(self, now: float, cause: str) -> None:
        """Loops the line."""

    def go_on_hook(self, now: float, cause: str) -> None:
        """Opens the line."""

    def flash(self, seconds: float, now: float) -> None:
        """Opens the loop for a moment in a call."""

    def volts(self) -> float:
        """Between tip and ring."""

    def play(self, sound: Sound) -> None:
        """Puts a sound of the modem's own on the line."""

    def caller_id_lines(self) -> list[str]:
        """The last caller's identification, or nothing."""


_LETTERS = {
    "E": "1", "V": "1", "Q": "0", "X": "4", "M": "1", "L": "2", "N": "1", "W": "0", "B": "0",
    "&C": "1", "&D": "2", "&K": "3", "&S": "0", "&G": "0", "&R": "0", "&P": "0", "&W": "0", "&Y": "0",
}  # fmt: skip
_IGNORED = frozenset({"T", "P"})
_OFF_HOOK_LABELS = frozenset({"1", "3", "5", "7"})
_SECONDS_PER_DIGIT, _SECONDS_PER_PULSED_DIGIT = 0.19, 1.3
_X_DIAL_TONE = frozenset({"2", "4"})
_TONES = re.compile(r"\[[^\]]*\]|\{[^}]*\}|[0-9A-D*#]")


class Interpreter:
    """The command half of one card."""

    def __init__(self, personality: Personality, modem: Modem, chance: random.Random) -> None:
        """`chance` draws the latencies."""
        self.personality = personality
        self._modem, self._chance = modem, chance
        self._pinned: dict[str, str] = {}
        self.reset()
        self._acts: dict[str, Callable[[AtCommand, Outcome, float], bool]] = {
            "Z": self._z, "&F": self._f, "&V": self._show_all, "H": self._h, "I": self._i, "A": self._a, "D": self._d,
            "+VTR": self._stream, "+VTX": self._stream, "+VRX": self._stream, "-TRV": self._trv, "+VRID": self._vrid,
            "+VLS": self._vls, "+FCLASS": self._fclass, "+VTS": self._vts,
        }  # fmt: skip

    def reset(self) -> None:
        """Everything as after power-up."""
        self._values = {name: parameter.default for name, parameter in self.personality.parameters.items()}
        self._letters = dict(_LETTERS)
        self._heard_commands: set[str] = set()
        self._registers = dict(self.personality.s_registers)

    def pin(self, name: str, value: str) -> None:
        """A parameter that stays as it is whatever it is told, as firmware that lacks a country does."""
        self._pinned[name] = value

    def has_heard(self, command: str) -> bool:
        """That line has been sent since the reset."""
        return command in self._heard_commands

    def value(self, name: str) -> str:
        """What a parameter or letter stands at."""
        return self._values[name] if name in self._values else self._letters[name]

    def register(self, number: int) -> int:
        """The content of an S-register."""
        return self._modem.ring_count if number == 1 else self._registers[number]

    @property
    def is_voice(self) -> bool:
        """FCLASS=8."""
        return self._values["+FCLASS"] == "8"

    def leave_voice(self) -> None:
        """Back to FCLASS=0, line label 0."""
        self._values["+FCLASS"] = self._values["+VLS"] = "0"

    def voice_format(self) -> VoiceFormat | None:
        """The chosen `+VSM`, or None if the simulator does not speak it."""
        return self.personality.formats.get(self._values["+VSM"].partition(",")[0])

    def latency(self, body: str) -> float:
        """Seconds this line takes, drawn anew."""
        spans = [self.personality.latency.get(command.name) for command in commands_of(body) or []]
        slow = [span for span in spans if span is not None]
        return sum(self._chance.uniform(*span) for span in slow or [self.personality.usual_latency])

    def run(self, body: str, now: float) -> Outcome:
        """Does what the line says."""
        outcome = Outcome()
        self._heard_commands.add(body.upper())
        commands = commands_of(body)
        if commands is None or len(body) > self.personality.body_limit:
            outcome.result = Result.ERROR
            return outcome
        for command in commands:
            if not self._one(command, outcome, now):
                outcome.result = Result.ERROR
            if outcome.is_last_word:
                break
        return outcome

    def _one(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        if command.name in self.personality.absent:
            return False
        if command.name in self.personality.identity and command.asked in (Asked.ACT, Asked.READ):
            outcome.texts.append(self.personality.identity[command.name])
            return True
        act = self._acts.get(command.name)
        if act is not None and (command.asked in (Asked.ACT, Asked.SET)):
            return act(command, outcome, now)
        if command.name.startswith("S") and command.name[1:].isdigit():
            return self._s(command, outcome)
        if command.name in self._values:
            return self._parameter(command, outcome)
        return self._letter(command)

    def _parameter(self, command: AtCommand, outcome: Outcome) -> bool:
        parameter = self.personality.parameters[command.name]
        match command.asked:
            case Asked.READ:
                shown = self._pinned.get(command.name, self._values[command.name])
                outcome.texts.append(parameter.shown.format(shown))
            case Asked.TEST:
                outcome.texts += parameter.options.split("\r\n") if parameter.options else []
                return bool(parameter.options)
            case _:
                return self._remember(command)
        return True

    def _remember(self, command: AtCommand) -> bool:
        value = command.value.replace(" ", "")
        if not re.fullmatch(self.personality.parameters[command.name].accepts, value):
            return False
        self._values[command.name] = value
        return True

    def _letter(self, command: AtCommand) -> bool:
        if command.name not in self._letters:
            return command.name in _IGNORED
        self._letters[command.name] = command.value or "0"
        return True

    def _s(self, command: AtCommand, outcome: Outcome) -> bool:
        number = int(command.name[1:])
        if number not in self._registers:
            return False
        if command.asked is Asked.READ:
            outcome.texts.append(f"{self.register(number):03d}")
            return True
        content = int(command.value or "0")
        self._registers[number] = min(content, 255)
        return content <= 255

    def _z(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        self._modem.go_on_hook(now, "ATZ")
        self.reset()
        return True

    def _f(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        self.reset()
        return True

    def _show_all(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        outcome.texts.append(" ".join(f"{name}{value}" for name, value in self._letters.items()))
        outcome.texts.append(" ".join(f"S{number:02d}:{self.register(number):03d}" for number in self._registers))
        return True

    def _h(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        if command.value == "1":
            self._modem.go_off_hook(now, "ATH1")
            return True
        self._modem.go_on_hook(now, "ATH0")
        self._values["+VLS"] = "0"
        return command.value in ("", "0")

    def _i(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        answer = self.personality.identity.get(f"I{command.value or '0'}")
        outcome.texts += [answer] if answer else []
        return answer is not None

    def _a(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        self._modem.go_off_hook(now, "ATA")
        if not self.is_voice:  # there is no modem at the far end, whoever is
            outcome.long_run = LongRun(self.register(7), Result.NO_CARRIER, hang_up=True)
        return True

    def _d(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        if self._modem.ring_count:
            outcome.result = Result.NO_CARRIER
            return True
        keys = "".join(key for key in command.value if key in "0123456789*#ABCD")
        self._modem.go_off_hook(now, "ATD")
        stays = self.is_voice or command.value.endswith(";")
        each = _SECONDS_PER_PULSED_DIGIT if command.value.upper().startswith("P") else _SECONDS_PER_DIGIT
        waits_for_tone = self.value("X") in _X_DIAL_TONE
        before = 0 if waits_for_tone else self.register(6)
        seconds = before + each * len(keys) + (0 if stays else self.register(7))
        listens = float(self._values.get("+VRN", "0")) if self.is_voice else 0.0
        result = Result.OK if stays else Result.NO_CARRIER
        outcome.long_run = LongRun(seconds, result, keys, not stays, waits_for_tone, listens)
        return True

    def _stream(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        is_off_hook = self._modem.is_off_hook or self._modem.is_hook_claimed
        if not self.is_voice or not is_off_hook or self.voice_format() is None:
            return False
        outcome.result, outcome.stream = Result.CONNECT, Direction(command.name)
        return True

    def _trv(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        outcome.texts.append(f"{self._modem.volts():.1f}")
        return True

    def _vrid(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        outcome.texts += self._modem.caller_id_lines()
        return True

    def _vls(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        if not self.is_voice or not self._remember(command):
            return False
        if command.value in _OFF_HOOK_LABELS:
            self._modem.go_off_hook(now, "+VLS")
        else:
            self._modem.go_on_hook(now, "+VLS")
        outcome.said = self.personality.voice_ok
        return True

    def _fclass(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        was_voice = self.is_voice
        if not self._remember(command):
            return False
        if was_voice and not self.is_voice:
            self._modem.go_on_hook(now, "+FCLASS")
            self._values["+VLS"] = "0"
        return True

    def _vts(self, command: AtCommand, outcome: Outcome, now: float) -> bool:
        if not self.is_voice or not self._modem.is_off_hook:
            return False
        if flash := re.fullmatch(r"\{!,(\d+)\}", command.value):
            seconds = int(flash[1]) / 100
            self._modem.flash(seconds, now)
            outcome.long_run = LongRun(seconds, Result.OK)
            return True
        try:
            sounds = [self._tone(item) for item in _TONES.findall(command.value)]
        except (SimulatorError, ValueError):
            return False
        self._modem.play(Chain(*sounds))
        return bool(sounds)

    def _tone(self, item: str) -> Sound:
        """One item of `+VTS` (V.253): a key, `{key,10 ms}` or `[Hz,Hz,10 ms]`, a frequency left out being none."""
        usual = int(self._values["+VTD"]) / 100
        if not item.startswith("["):
            key, _, length = item.strip("{}").partition(",")
            return digits(key, on=int(length) / 100 if length else usual, off=0.05)
        first, second, length = (*item.strip("[]").split(","), "", "")[:3]
        hertz = [float(word) for word in (first, second) if word.strip() not in ("", "0")]
        return Tone(hertz, seconds=int(length) / 100 if length else usual)
