"""What is said over the control socket of a simulator process: one JSON object a line, a request, then its reply.

The verbs are those of `VirtualCard` and `Caller`. Cards are numbered from 0, callers by the reply to `ring`.
"""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeVar

from hw.sim.errors import SimulatorError
from hw.sim.sound import Silence, Sound, Tone, from_wav


@dataclass(frozen=True, slots=True)
class SoundSpec:
    """A sound by name: `tone` (hertz, level in dBFS, seconds), `wav` (path, loop) or `silence` (seconds)."""

    kind: str = "silence"
    hertz: tuple[float, ...] = ()
    level: float = -15.0
    seconds: float | None = None
    path: str = ""
    loop: bool = False

    def sound(self) -> Sound:
        """The sound itself; SimulatorError for a kind that is none."""
        match self.kind:
            case "tone":
                return Tone(self.hertz, self.level, self.seconds)
            case "wav":
                return from_wav(Path(self.path), self.loop)
            case "silence":
                return Silence(self.seconds)
        raise SimulatorError(f"asked for a sound of kind {self.kind!r}; known are tone, wav and silence")


@dataclass(frozen=True, slots=True)
class Request:
    """One verb. Only what the verb needs is given; seconds, dBFS and milliseconds as in the Python API.

    A fault's name is a verb too (`hw.sim.faults`): `value` in its unit, `text` and `count` where it needs them.
    """

    verb: str
    card: int = 0
    caller: int = 0
    number: str | None = None
    name: str | None = None
    voice: SoundSpec | None = None
    caller_id: str | None = None
    rings: int | None = None
    keys: str = ""
    on: float = 0.1
    off: float = 0.1
    mode: str = "busy_tone"
    milliseconds: int = 500
    state: str = "connected"
    is_so: bool = True
    seconds: float = 0.0
    timeout: float = 5.0
    path: str = ""
    since: float = 0.0
    event: str = ""
    count: int = 1
    value: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class StatsReply:
    """`CardStats` in plain words, and `latest_tick`: the worst lateness of the card's clock in seconds."""

    is_off_hook: bool
    line: str
    rx_samples: int
    tx_samples: int
    underruns: int
    starved: int
    overruns: int
    seizures: int
    longest_off_hook: float
    latest_tick: float


@dataclass(frozen=True, slots=True)
class EventReply:
    """One line of a card's event log."""

    at: float
    sample: int
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it. `error` is a sentence, empty when all went well; `at` and `first_at` are monotonic seconds."""

    error: str = ""
    paths: tuple[str, ...] = ()
    caller: int = -1
    state: str = ""
    is_so: bool = False
    at: float = 0.0
    first_at: float = 0.0
    rate: float = 0.0
    samples: int = 0
    stats: StatsReply | None = None
    events: tuple[EventReply, ...] = ()


Wire = TypeVar("Wire", Request, Reply)


def to_line(message: Request | Reply) -> bytes:
    """A message as its line of JSON; what is at its default is left out."""
    written = {field.name: getattr(message, field.name) for field in fields(message)}
    said = {f.name: written[f.name] for f in fields(message) if written[f.name] != f.default}
    plain = asdict(message)
    return json.dumps({name: plain[name] for name in said}).encode() + b"\n"


def from_line(kind: type[Wire], line: bytes) -> Wire:
    """The message of a line; SimulatorError if it is no JSON object or has a field that does not exist."""
    try:
        found = json.loads(line)
    except ValueError as error:
        raise SimulatorError(f"asked {line[:80]!r}, which is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise SimulatorError(f"asked {line[:80]!r}; a JSON object with a verb would be right")
    nested = {"voice": SoundSpec, "stats": StatsReply}
    try:
        for name, inner in nested.items():
            if found.get(name) is not None:
                found[name] = inner(**found[name])
        if "events" in found:
            found["events"] = tuple(EventReply(**event) for event in found["events"])
        if "paths" in found:
            found["paths"] = tuple(found["paths"])
        return kind(**found)
    except TypeError as error:
        raise SimulatorError(f"asked {line[:80]!r}: {error}; fields are {[f.name for f in fields(kind)]}") from None
