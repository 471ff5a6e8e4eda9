"""The story of the office in the log: each fact that a person would tell, as one INFO sentence."""

import logging
from collections.abc import Iterable

from appliance.acd import story
from appliance.acd.story import OfferOutcome
from appliance.desk.routing import masked

logger = logging.getLogger(__name__)


def tell(facts: Iterable[story.Fact]) -> None:
    """Log the facts of one committed batch."""
    for fact in facts:
        if sentence := sentence_of(fact):
            logger.info("%s", sentence)


def sentence_of(fact: story.Fact) -> str:
    """What an owner reads, "" for what is told elsewhere."""
    match fact:
        case story.ContactAnswered():
            return f"Contact {fact.contact} talks with {fact.agent} after waiting {fact.waited_s:.1f} s"
        case story.ContactEnded():
            times = f"waited {fact.waited_s:.1f} s, talked {fact.talked_s:.1f} s"
            return f"Contact {fact.contact} is over: {fact.outcome.value} ({fact.why}), {times}"
        case story.ContactSentOn():
            return f"Contact {fact.contact} is sent on to {fact.kind} {fact.to}".rstrip() + f" ({fact.reason})"
        case story.CallbackPromised():
            return f"Contact {fact.contact} is to be called back ({fact.origin})"
        case story.CallbackDialled():
            return f"Contact {fact.contact} is called back, attempt {fact.attempt}"
        case story.OfferEnded():
            return _offer_ended(fact)
        case story.DutyChanged():
            who = fact.actor or "the box"
            return f"{fact.agent} is {'on duty' if fact.is_available else f'off duty ({fact.reason})'}, by {who}"
        case story.LateAnswer():
            return f"Offer {fact.offer} was answered too late and hung up"
        case story.Healed() | story.NotKnown():
            return _of_the_engine(fact)
        case _ if isinstance(fact, story.TalkFact | story.HouseFact):
            return _of_a_talk(fact) if isinstance(fact, story.TalkFact) else _of_the_house(fact)
        case _ if isinstance(fact, story.PassingFact | story.OutgoingFact):
            return _passed_on(fact) if isinstance(fact, story.PassingFact) else _placed(fact)
        case _:
            return ""


def _placed(fact: story.OutgoingFact) -> str:
    if isinstance(fact, story.CallTaken):
        return f"Contact {fact.contact} counts as answered on this evidence: {fact.evidence.replace('_', ' ')}"
    if isinstance(fact, story.WayChanged):
        return f"Contact {fact.contact}: the call goes by {fact.way} now, the way before did not carry it"
    whose = f"as queue {fact.queue}" if fact.queue else "personally"
    if isinstance(fact, story.CallPlaced):
        return f"Contact {fact.contact}: {fact.agent} calls {masked(fact.number)} {whose} by {fact.way or 'no way out'}"
    by = fact.actor or "the box, for the identity before is permitted no more"
    return f"{fact.agent} calls out {whose} from now on, by {by}"


def _of_the_engine(fact: story.Healed | story.NotKnown) -> str:
    if isinstance(fact, story.Healed):
        return f"The queue engine found and healed a fault of its own: {fact.violation}"
    return f"Something was told about {fact.what} {fact.name}, which there is not; it changed nothing"


def _of_a_talk(fact: story.TalkFact) -> str:
    """The audit of recordings and coaches: who, with whom, since when is the log's own time (§3.14)."""
    match fact:
        case story.RecordingPaused():
            return f"The recording of contact {fact.contact} is paused by {fact.actor}"
        case story.RecordingResumed():
            who = f", by {fact.actor}" if fact.actor else ""
            return f"The recording of contact {fact.contact} was paused {fact.lasted_s:.1f} s ({fact.why}{who})"
        case story.ConsentGiven():
            return f"Contact {fact.contact} agreed to be recorded"
        case story.CoachCame():
            return f"{fact.supervisor} takes part in {fact.agent}'s contact {fact.contact}: {fact.mode}"
        case story.CoachGone():
            return f"{fact.supervisor} takes part in {fact.agent}'s contact {fact.contact} no more ({fact.why})"
        case story.CoachRefused():
            return f"{fact.supervisor} may not {fact.mode} to {fact.agent}: {fact.why}"
        case story.CallNoted():
            return ""  # each pause of typing makes one; the note is with the call
        case story.CallCoded():
            return f"Contact {fact.contact} is about {fact.code}, by {fact.actor}"
        case story.CallAssigned():
            return f"Contact {fact.contact} is given to {fact.agent} by {fact.supervisor}: {fact.reason}"
        case story.HelpCalled():
            return f"{fact.agent} calls for help with contact {fact.contact}"


def _of_the_house(fact: story.HouseFact) -> str:
    if isinstance(fact, story.EmergencyPlaced):
        return f"EMERGENCY CALL {fact.number} from phone {fact.phone} by {fact.way}; whoever calls back there rings it"
    if isinstance(fact, story.MenuChosen):
        return f"Contact {fact.contact} chose {fact.digit or 'nothing'} in {fact.menu} and reaches queue {fact.queue}"
    if isinstance(fact, story.NoticeGiven):
        return f"The notice {fact.notice} {'is over' if fact.is_over else 'was given'}, by {fact.actor}"
    whose = f"Queue {fact.queue}" if fact.queue else "The office"
    if fact.held == "schedule":
        return f"{whose} follows its hours again, by {fact.actor}"
    return f"{whose} is held {fact.held}, by {fact.actor}"


def _passed_on(fact: story.PassingFact) -> str:
    match fact:
        case story.TransferBegan():
            how = "after asking there" if fact.ask_first else "now"
            return f"{fact.agent} passes contact {fact.contact} on to {fact.kind} {masked(fact.to)}, {how}"
        case story.TransferEnded():
            return f"Contact {fact.contact}, passed on to {fact.kind} {masked(fact.to)}: {fact.how}"
        case story.HeldLong():
            return f"Contact {fact.contact} has been on hold by {fact.agent} for {fact.held_s:.0f} s"
        case story.CallerTakenBack():
            return f"Contact {fact.contact} was on hold for {fact.held_s:.1f} s"
        case story.CallerHeld():
            return ""


def _offer_ended(fact: story.OfferEnded) -> str:
    if fact.outcome is OfferOutcome.ACCEPTED:
        return ""
    why = f" ({fact.why})" if fact.why else ""
    return f"{fact.agent} did not take contact {fact.contact}: {fact.outcome.value}{why}, rang {fact.rang_s:.1f} s"
