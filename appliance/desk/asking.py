"""Agents whom the box took off duty are asked by telephone: what the core orders, and what they press (T-nag, S-06).

The leg is named after the question, so that it says what it is after a restart. To the core it is a call of the agent's
own from when it is picked up, under the question's name.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.own_calls import PHONE_ALERT_S
from appliance.desk.settings import DeskSettings
from appliance.wire import LegState

logger = logging.getLogger(__name__)

QUESTION: Final = ("off_duty_question", "off_duty_question")
SHOWN: Final = {"ja": "勤務外(要確認)", "en": "Off duty?"}
ACTOR: Final = "phone"
KEYS: Final[Mapping[str, Callable[[str], ev.Event]]] = {
    "1": lambda agent: ev.DutyOn(agent, ACTOR),
    "2": lambda agent: ev.StayedOff(agent, ACTOR),
}


class Asking:
    """Rings, asks and tells the core; `_last_word` are legs that are hung up once it was said."""

    def __init__(self, settings: DeskSettings, acd: Acd, legs: Legs, post: Post, say: Say) -> None:
        self._settings, self._acd, self._legs, self._post, self._say = settings, acd, legs, post, say
        self._last_word: set[str] = set()

    def carry_out(self, order: do.NagOrder) -> None:
        """Send what the core ordered."""
        leg = self._legs.nag_leg(order.nag)
        if isinstance(order, do.AskAgent):
            self._ring(leg, order)
        elif order.said and self._is_picked_up(order.nag):
            self._last_word.add(leg)
            self._say(wire.Play(leg, (order.said,), then_silence=True))
        else:
            self._say(wire.Hangup(leg))

    def _ring(self, leg: str, order: do.AskAgent) -> None:
        agent = self._acd.agent(order.agent)
        if agent is None:
            return  # gone in the same batch
        logger.info("%s was taken off duty; the phone asks", order.agent)
        to = f"sip:{agent.settings.phone}@{self._settings.realm}"
        shown = SHOWN.get(self._settings.language, SHOWN["en"])
        self._say(wire.Dial(leg, to, agent.settings.phone, shown, order.ring_s, PHONE_ALERT_S))

    def _is_picked_up(self, nag: str) -> bool:
        return any(nag in agent.legs for agent in self._acd.state.agents.values())

    def _agent_of(self, leg: str) -> str:
        """The agent whom this leg asks now, "" for none."""
        nag = self._legs.nag_of(leg)
        return next((name for name, agent in self._acd.state.agents.items() if nag and agent.nag == nag), "")

    # --- what the switch tells

    def answered(self, leg: str) -> None:
        """The phone was picked up: ask."""
        if agent := self._agent_of(leg):
            self._post(ev.LegStarted(agent, self._legs.nag_of(leg), outbound=False))
            self._say(wire.Play(leg, QUESTION, then_silence=True))

    def pressed(self, leg: str, digit: str) -> bool:
        """A key; True when it was for us."""
        if (agent := self._agent_of(leg)) and digit in KEYS:
            self._post(KEYS[digit](agent))
        return bool(self._legs.nag_of(leg))

    def prompt_ended(self, leg: str) -> None:
        """Who was told what is so now is hung up."""
        if leg in self._last_word:
            self._say(wire.Hangup(leg))

    def ended(self, leg: str) -> None:
        """The leg is gone, picked up or not."""
        self._last_word.discard(leg)
        if (nag := self._legs.nag_of(leg)) == "":
            return
        for name, agent in self._acd.state.agents.items():
            if agent.nag == nag or nag in agent.legs:
                self._post(ev.LegEnded(name, nag))

    def found(self, legs: Mapping[str, wire.Leg]) -> tuple[str, ...]:
        """After a restart: ask on where it is asked, hang up where not; returns the questions that live."""
        alive = tuple(nag for leg in legs if (nag := self._legs.nag_of(leg)))
        for leg in map(self._legs.nag_leg, alive):
            if not self._agent_of(leg):
                self._say(wire.Hangup(leg))
            elif legs[leg].state is LegState.UP:
                self.answered(leg)
        for name, agent in self._acd.state.agents.items():
            if agent.nag and agent.nag not in alive:
                self._post(ev.LegEnded(name, agent.nag))
        return alive

    def forget_all(self) -> None:
        """The desk begins anew."""
        self._last_word.clear()
