"""What may reach the world before it is certain to outlive a power cut: all that promises nobody anything (§3.1).

Everything is written before its effects leave, and the desk's own death loses nothing of that. What a person was told,
or may rely on, is on the disk as well before it is announced (I-19, D-07); the rest follows in company within 200 ms.

A power cut ends every call. What may be lost with it is what it would have ended anyway: a phone that rang, a caller
who had just come. These lists name what may wait; what they do not name, and what is added to the core, may not.
Orders that dial outside are not named (R-28: no attempt twice), nor are recordings: no name is ever given twice.
"""

from collections.abc import Iterable
from typing import Final

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import story

EVENTS_THAT_MAY_WAIT: Final = frozenset(
    {
        ev.CallerArrived,
        ev.CallerHungUp,
        ev.CallerReturned,
        ev.OfferAlerted,
        ev.OfferAccepted,
        ev.OfferRejected,
        ev.OfferBusy,
        ev.OfferDoubted,
        ev.OfferTimedOut,
        ev.OfferUnreachable,
        ev.OfferLegEnded,
        ev.Bridged,
        ev.LegStarted,
        ev.LegConnected,
        ev.LegEnded,
        ev.PhoneFound,
        ev.PhoneLost,
        ev.SentOn,
        ev.CouldNotSend,
        ev.MessageSaid,
        ev.CallerHeld,
        ev.FarEndAnswered,
        ev.CallFailed,
        ev.CoachAnswered,
        ev.CoachLeft,
        ev.RecordingBegan,
        ev.RecordingEnded,
        ev.Ticked,
    }
)
"""What calls, phones and the clock do. What a person at a button, a page or a key wants is not among them."""

FACTS_THAT_MAY_WAIT: Final = frozenset(
    {
        story.ContactArrived,
        story.ContactSentOn,
        story.ContactAnswered,
        story.ContactEnded,
        story.OfferOpened,
        story.OfferEnded,
        story.LateAnswer,
        story.WrapUpFinished,
        story.CallerHeld,
        story.CallerTakenBack,
        story.HeldLong,
        story.TransferEnded,
        story.NotKnown,
    }
)
"""How calls go. Duty, promises, consent and what people wrote are not among them."""

ORDERS_THAT_MAY_WAIT: Final = frozenset(
    {
        do.RingCaller,
        do.HoldCaller,
        do.OpenOffer,
        do.WithdrawOffer,
        do.Connect,
        do.ReleaseCaller,
        do.RingTarget,
        do.AdoptLeg,
        do.LetConsult,
        do.StopRecording,
        do.CancelDial,
        do.AskMenu,
        do.DropCoach,
    }
)
"""Who rings and who hears whom. What is said of a place, a callback or a mailbox is not among them, nor is a dial."""


def may_wait(events: Iterable[ev.Event], facts: Iterable[story.Fact], orders: Iterable[do.Command]) -> bool:
    """Whether nothing in this batch is promised to a person."""
    return (
        EVENTS_THAT_MAY_WAIT.issuperset(map(type, events))
        and FACTS_THAT_MAY_WAIT.issuperset(map(type, facts))
        and ORDERS_THAT_MAY_WAIT.issuperset(map(type, orders))
    )
