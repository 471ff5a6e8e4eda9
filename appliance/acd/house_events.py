"""What happens to the whole house: a person holds the hours, a contact input gives a notice (§3.7, U-10, U-11).

As in `events.py`: past tense, no time inside, fields are only ever added, with defaults. Whoever posts one of these has
checked that the person may do it (`*60` asks for a PIN, the page for a log-in, the key is a key).
"""

from dataclasses import dataclass

from appliance.acd.house import Held


@dataclass(frozen=True, slots=True)
class HoursHeld:
    """A person holds the hours of `queue`, "" for the whole office (key switch, `*60`, page): it beats every schedule.

    SCHEDULE lets go. What a single queue is held at goes before what the office is held at, and ends when the office is
    held at something else. OPEN lets callers in whatever the schedule says. CLOSING lets nobody in, keeps and tells
    those who wait, and becomes CLOSED by itself once nobody waits (U-10). CLOSED lets nobody in; who waits is treated
    as at any closing (S-37), or sent on at once where it is `forced` (the key held for 5 s).

    `until` is the wall time (seconds since 1970) at which the desk lets go; 0.0: when it is taken back, which only a
    key that stays in its position may say. `actor` is the person, or "key", or "expiry" when the time was over.
    """

    held: Held
    actor: str
    until: float = 0.0
    queue: str = ""
    forced: bool = False


@dataclass(frozen=True, slots=True)
class NoticeRaised:
    """A contact input closed, or a person gives a notice: fire, earthquake, door (U-11). Told twice it changes nothing.

    Who waits hears `prompt`. Where it `evacuates`, agents go off duty with the reason `evacuation` (避難), after the
    call when they talk, and new callers hear the prompt and go the way of Reason.EVACUATION, where they may leave a
    number.
    """

    notice: str
    actor: str
    prompt: str = "evacuation"
    evacuates: bool = True


@dataclass(frozen=True, slots=True)
class NoticeCleared:
    """The notice is over. Nobody is put on duty by it (D-03)."""

    notice: str
    actor: str


@dataclass(frozen=True, slots=True)
class EmergencyPlaced:
    """The phone called an emergency number by this line or trunk; told when the call has left, never before."""

    way: str
    phone: str
    number: str


@dataclass(frozen=True, slots=True)
class ClosingExpected:
    """The schedule closes this queue at `at` (office time), 0: no closing is in sight (§3.8, 1)."""

    queue: str
    at: float


HouseEvent = HoursHeld | NoticeRaised | NoticeCleared | ClosingExpected
