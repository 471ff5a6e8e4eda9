"""Orders beside a conversation: its recording, and supervisors who take part in it."""

from dataclasses import dataclass

from appliance.acd.talk import Mode


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """Silence of equal length instead of the conversation, or the conversation again (S-08)."""

    recording: str
    paused: bool


@dataclass(frozen=True, slots=True)
class TellAgent:
    """Say prompts to the agent of this offer alone, over the conversation."""

    offer: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TellTalking:
    """Say prompts to a caller who talks, over the conversation."""

    contact: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RingCoach:
    """Ring the supervisor's phone for an agent's conversation; answer `CoachAnswered` or `CoachLeft`."""

    coach: str
    supervisor: str
    phone: str
    agent: str
    ring_s: float
    is_help: bool


@dataclass(frozen=True, slots=True)
class LetCoachIn:
    """The supervisor takes part in the conversation of this offer, in this mode, from now on. `leg`: see `Coach`."""

    coach: str
    leg: str
    offer: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class AskCoach:
    """Say to the supervisor that the agent has left, and ask whether to take the call over (R-36)."""

    coach: str
    leg: str


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Connect the supervisor with the caller. `recording` is the id under which to record it, "" for none.

    `beep_s` as in `RecordConversation`.
    """

    coach: str
    leg: str
    contact: str
    recording: str
    beep_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DropCoach:
    """Hang the supervisor's leg up; with "refused" say first that this is not permitted."""

    coach: str
    leg: str
    why: str


TalkOrder = PauseRecording | TellAgent | TellTalking | RingCoach | LetCoachIn | AskCoach | TakeOver | DropCoach
