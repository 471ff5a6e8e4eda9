"""The desk holds what the core believes against the switch's legs, every `EVERY_S`, and heals what differs (I-17).

A difference counts only when two snapshots in a row show it: what is on its way between the two ends meanwhile is no
fault. Conversations are never touched: only what has no leg is ended in the core, and only a phone that rings for an
offer nobody remembers is hung up. The core's own check, after each batch, is `call_control`'s.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Final

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.model import ContactState, Phase
from appliance.desk.alarms import Alarms
from appliance.desk.legs import Legs, Post, Say, first_leg
from appliance.desk.own_calls import is_dialled

logger = logging.getLogger(__name__)

EVERY_S: Final = 5.0
AUDIT: Final = "audit"

Difference = tuple[str, ev.Event | wire.Hangup]
"""A sentence, and what puts it right."""


class Audit:
    """Asks the switch what is alive and compares."""

    def __init__(self, acd: Acd, legs: Legs, post: Post, say: Say, alarms: Alarms) -> None:
        self._acd, self._legs, self._post, self._say, self._alarms = acd, legs, post, say, alarms
        self._suspected: frozenset[Difference] = frozenset()
        self.healed = 0
        """How many differences were put right since the start."""

    async def run(self, is_ready: Callable[[], bool]) -> None:
        """Ask every `EVERY_S` while desk and switch agree, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            if is_ready():
                self._say(wire.AskSnapshot())
            else:
                self._suspected = frozenset()  # the next snapshot is reconciled whole

    def compare(self, snapshot: wire.Snapshot) -> None:
        """Heal what this snapshot and the one before it both contradict."""
        found = frozenset(self._differences(snapshot))
        certain = found & self._suspected
        self._suspected = found - certain
        if certain:
            self._heal(sorted(certain, key=lambda one: one[0]))

    def _heal(self, differences: list[Difference]) -> None:
        sentences = tuple(sentence for sentence, _ in differences)
        for sentence, cure in differences:
            logger.error("%s", sentence)
            if isinstance(cure, wire.Hangup):
                self._say(cure)
            else:
                self._post(cure)
        self._post(ev.Healed(sentences))
        self.healed += len(sentences)
        self._alarms.raise_(
            AUDIT, f"The desk and the switch differed {self.healed} times since the start; healed: {sentences[-1]}"
        )

    def _differences(self, snapshot: wire.Snapshot) -> Iterator[Difference]:
        alive = {leg.leg: leg for leg in snapshot.legs}
        yield from self._callers(alive)
        yield from self._offers(alive)
        yield from self._own_calls(alive)
        for leg in snapshot.legs:
            offer = self._legs.offer_of(leg.leg)
            if offer and not leg.peer and self._acd.offer(offer) is None:
                yield f"I-17: a phone rings for offer {offer}, which is over", wire.Hangup(leg.leg)

    def _callers(self, alive: dict[str, wire.Leg]) -> Iterator[Difference]:
        for contact in self._acd.state.contacts.values():
            if is_dialled(contact):
                first = self._legs.offer_leg(contact.offer)
                if all(first_leg(leg) != first for leg in alive):
                    cure = ev.CallFailed(contact.contact, wire.EndCause.GONE.value)
                    yield f"I-17: contact {contact.contact} is dialled by no leg", cure
                continue
            is_here = contact.is_live and contact.state is not ContactState.AWAY  # a promised callback has no leg
            if is_here and self._legs.leg_of(contact.contact) not in alive:
                yield f"I-17: contact {contact.contact} has no leg", ev.CallerHungUp(contact.contact)

    def _offers(self, alive: dict[str, wire.Leg]) -> Iterator[Difference]:
        """Agents in conversation without a leg; one that only rings has a deadline of its own."""
        for offer in self._acd.state.offers.values():
            if offer.phase not in (Phase.ACCEPTED, Phase.HANGING_UP):
                continue
            if self._legs.offer_leg(offer.offer) not in alive:
                yield f"I-17: agent {offer.agent} talks on no leg", ev.OfferLegEnded(offer.offer)

    def _own_calls(self, alive: dict[str, wire.Leg]) -> Iterator[Difference]:
        asking = {self._legs.nag_of(leg) for leg in alive}
        for name, agent in self._acd.state.agents.items():
            for leg in agent.legs:  # those of transfers are offers and were looked at
                if leg not in alive and leg not in asking and leg not in self._acd.state.offers:
                    yield f"I-17: agent {name} has a call of their own on no leg", ev.LegEnded(name, leg)
