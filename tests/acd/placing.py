"""What chance does with calls that agents place, for the machine and the random days."""

from collections.abc import Sequence

from appliance.acd import events as ev
from appliance.acd.chains import Kind
from appliance.acd.events import Event
from appliance.acd.model import ContactState, State


def placing(state: State, number: int, name: str) -> Sequence[Event]:
    """One more call under this name, or news of one that is being placed; `number` is the chance."""
    dialled = [one for one in state.contacts.values() if one.state is ContactState.PLACING]
    agents = sorted(state.agents)
    if not agents:
        return []
    if dialled and number % 3:
        contact = dialled[number % len(dialled)]
        news: list[list[Event]] = [
            [ev.FarEndAnswered(contact.contact)],
            [ev.FarEndAnswered(contact.contact), ev.Bridged(contact.contact, contact.offer)],
            [ev.MessageSaid(contact.contact, 0)],
            [ev.CallFailed(contact.contact, ("busy", "gave_up")[number % 2])],
            [ev.CallerHungUp(contact.contact)],
            [ev.OfferLegEnded(contact.offer)],
        ]
        return news[number // 3 % len(news)]
    agent, queue = agents[number % len(agents)], ("", "sales", "sales", "help", "gone")[number // 7 % 5]
    if number % 11 == 0:
        return [ev.CallNotPlaced(name, agent, "0311112222", queue)]
    chosen = ev.IdentityChosen(agent, queue, agent)
    call = ev.CallPlaced(name, agent, f"leg-{name}", "0311112222", queue if queue != "gone" else "", "line-1")
    return [chosen, call] if number % 2 else [call]


def joining(state: State, number: int) -> Sequence[Event]:
    """An agent who placed a second call joins a caller with whoever was called (REFER with Replaces)."""
    placed = [one for one in state.offers.values() if one.is_outgoing and one.contact in state.contacts]
    talks = [one for one in state.contacts.values() if one.state is ContactState.CONNECTED]
    if not placed or not talks:
        return []
    own, contact = placed[number % len(placed)], talks[number % len(talks)]
    if own.offer == contact.offer:
        return []
    is_up = own.was_bridged
    return [ev.ConsultJoined(contact.contact, contact.offer, Kind.EXTERNAL, "0311112222", "x-1", own.leg, is_up)]
