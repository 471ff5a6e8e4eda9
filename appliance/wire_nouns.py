"""What the messages of the seam (`appliance/wire.py`) are about: legs, where they come from, how they end."""

import enum
from typing import Final

import msgspec

VERSION: Final = 1


class Message(msgspec.Struct, frozen=True, tag=True, array_like=False, forbid_unknown_fields=True):
    """The base of everything that crosses the seam; the class name is the tag."""


class Hello(Message, frozen=True):
    """First message of each side: who speaks (`switch`, `desk`, `lines`) and which version of this file."""

    role: str
    version: int = VERSION


class Origin(enum.Enum):
    """Where an incoming leg came from, as the edge or the lines process vouched for it."""

    PHONE = "phone"
    TRUNK = "trunk"
    LINE = "line"
    DIALLED = "dialled"


class LegState(enum.Enum):
    """The life of a leg as the switch sees it: nothing said, ringing, answered with media, gone."""

    NEW = "new"
    RINGING = "ringing"
    UP = "up"
    ENDED = "ended"


class EndCause(enum.Enum):
    """Why a leg ended; `code` beside it is the SIP status where there was one."""

    FAR = "far"  # the other party hung up or gave up
    US = "us"  # the desk or the bridge's other side asked for it
    REJECTED = "rejected"  # a final answer of 4xx-6xx after it rang (or an explicit 603)
    BUSY = "busy"  # 486/600
    NO_ANSWER = "no-answer"  # the ring time ran out
    UNREACHABLE = "unreachable"  # no 18x in the alert time, 408, 480, 503, 3xx, no registration
    CAPACITY = "capacity"  # refused: the switch is full
    FAULT = "fault"  # media or transport failed; the text says what
    GONE = "gone"  # a command named a leg the switch does not know (any more)


class Leg(Message, frozen=True):
    """One leg in a snapshot.

    `peer` is the leg it is bridged with, `host` the one whose guest it is; `contact` what the desk called it by;
    `since` when it began (monotonic).
    """

    leg: str
    origin: Origin
    origin_id: str
    number: str
    name: str
    called: str
    state: LegState
    since: float
    call_key: str = ""
    contact: str = ""
    peer: str = ""
    host: str = ""
    is_half_duplex: bool = False
