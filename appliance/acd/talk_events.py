"""What happens beside a conversation: recording is paused, supervisors take part, a call gets its note and its code.

As in `events.py`: past tense, no time inside, fields are only ever added, with defaults.
"""

from dataclasses import dataclass

from appliance.acd.talk import Mode


@dataclass(frozen=True, slots=True)
class RecordingPauseAsked:
    """The agent, or somebody for them, wants the recording of the present call paused, or going on; None: the other.

    `*55` and a click toggle, a key that is held down says True and then False (U-05).
    """

    agent: str
    actor: str
    paused: bool | None = None


@dataclass(frozen=True, slots=True)
class CoachAsked:
    """A supervisor wants to take part in an agent's conversation, or take it over (F-37).

    `leg` is the call by which the supervisor asked, who is on it already; "" when their phone is to be rung.
    """

    supervisor: str
    agent: str
    mode: Mode
    actor: str = ""
    leg: str = ""


@dataclass(frozen=True, slots=True)
class CoachAnswered:
    """The supervisor's phone was picked up."""

    coach: str


@dataclass(frozen=True, slots=True)
class CoachModeAsked:
    """A supervisor who is there wants another mode, or the call."""

    coach: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class CoachLeft:
    """The supervisor's leg ended: not answered, refused or hung up."""

    coach: str


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """The agent calls for help in silence, by a long press on a call (U-08)."""

    agent: str
    actor: str


@dataclass(frozen=True, slots=True)
class WrapUpExtensionAsked:
    """The agent wants more wrap-up (F-19)."""

    agent: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallNoted:
    """The note on a call, live or over, as it is now (S-21)."""

    contact: str
    text: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallCoded:
    """What a call was about, by a code of its queue (F-38).

    Without `contact` it is the agent's call, or their last one; `queue` is that of a call that is long over.
    """

    code: str
    actor: str
    contact: str = ""
    agent: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class NextCallWanted:
    """The agent takes the next waiting caller now (`*56`, F-45)."""

    agent: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallAssigned:
    """A supervisor gives a waiting caller to an agent, for a reason that is kept (F-45)."""

    contact: str
    agent: str
    supervisor: str
    reason: str


TalkEvent = (
    RecordingPauseAsked
    | CoachAsked
    | CoachAnswered
    | CoachModeAsked
    | CoachLeft
    | HelpAsked
    | WrapUpExtensionAsked
    | CallNoted
    | CallCoded
    | NextCallWanted
    | CallAssigned
)
