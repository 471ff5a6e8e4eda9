"""What can happen on the way from one agent to somebody else (S-16 to S-19), as events of the journal."""

from dataclasses import dataclass

from appliance.acd.chains import Kind


@dataclass(frozen=True, slots=True)
class CallerHeld:
    """The agent of this offer put the caller on hold at the phone, or took the caller back."""

    contact: str
    offer: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """The agent who talks by `offer` wants the caller passed on: now, or after asking the target first (S-18)."""

    contact: str
    offer: str
    kind: Kind
    to: str
    ask_first: bool = False


@dataclass(frozen=True, slots=True)
class TransferCompleted:
    """The agent leaves the caller to the target, who talks or still rings (R-13)."""

    contact: str
    offer: str


@dataclass(frozen=True, slots=True)
class TransferCancelled:
    """The agent takes the caller back from a consultation."""

    contact: str
    offer: str


@dataclass(frozen=True, slots=True)
class ConsultJoined:
    """The agent asked `to` by a call of the phone's own and now joins caller and target (REFER with Replaces).

    `leg` is the target's leg of that call, `own_leg` the agent's; `is_up` when the target has answered it.
    """

    contact: str
    offer: str
    kind: Kind
    to: str
    leg: str
    own_leg: str
    is_up: bool


TransferEvent = CallerHeld | TransferAsked | TransferCompleted | TransferCancelled | ConsultJoined
