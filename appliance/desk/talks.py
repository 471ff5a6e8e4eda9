"""Beside conversations, between core and switch: paused recordings, words for one ear, supervisors who take part.

A supervisor's leg that we dial is named after the coach, so that it says what it is after a restart; one that came in
is remembered by the core. Keys a supervisor presses: 4 listen, 5 whisper, 6 barge in, 9 take the call over.
"""

import logging
from collections.abc import Iterable
from typing import Final

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.talk import Mode
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.own_calls import PHONE_ALERT_S, OwnCalls
from appliance.desk.settings import DeskSettings

logger = logging.getLogger(__name__)

NOT_PERMITTED: Final = "not_permitted"
TAKE_OVER: Final = "take_over"
KEYS: Final = {"4": Mode.LISTEN, "5": Mode.WHISPER, "6": Mode.BARGE, "9": Mode.TAKE_OVER}
_JOINING: Final = {
    Mode.LISTEN: wire.Joining.LISTEN,
    Mode.WHISPER: wire.Joining.WHISPER,
    Mode.BARGE: wire.Joining.BARGE,
}


class Talks:
    """Carries out orders of `do.TalkOrder`, and tells the core what supervisors' legs do."""

    def __init__(self, settings: DeskSettings, acd: Acd, legs: Legs, post: Post, say: Say, own_calls: OwnCalls) -> None:
        self._settings, self._acd, self._legs = settings, acd, legs
        self._post, self._say, self._own_calls = post, say, own_calls
        self._refused: set[str] = set()

    # --- orders

    def carry_out(self, order: do.TalkOrder) -> None:
        """Send what the core ordered."""
        match order:
            case do.PauseRecording(recording, paused):
                self._say(wire.PauseRecording(recording, paused))
            case do.TellAgent(offer, prompts):
                self._say(wire.Tell(self._legs.offer_leg(offer), prompts))
            case do.TellTalking(contact, prompts):
                if leg := self._legs.leg_of(contact):
                    self._say(wire.Tell(leg, prompts))
            case do.RingCoach():
                self._ring(order)
            case do.LetCoachIn(coach, leg, offer, mode):
                self._say(wire.Join(self._leg(coach, leg), self._legs.offer_leg(offer), _JOINING[mode]))
            case do.AskCoach(coach, leg):
                self._say(wire.Tell(self._leg(coach, leg), (TAKE_OVER,)))
            case do.TakeOver():
                self._connect(order)
            case do.DropCoach():
                self._drop(order)

    def _leg(self, coach: str, leg: str) -> str:
        return leg or self._legs.coach_leg(coach)

    def _ring(self, order: do.RingCoach) -> None:
        agent = self._acd.agent(order.agent)
        name = agent.settings.name if agent is not None else order.agent
        leg = self._legs.coach_leg(order.coach)
        logger.info("%s is rung for %s's call", order.supervisor, order.agent)
        self._own_calls.started(order.phone, leg, outbound=False)
        self._say(
            wire.Dial(
                leg=leg,
                to=f"sip:{order.phone}@{self._settings.realm}",
                number=agent.settings.phone if agent is not None else "",
                name=f"{'SOS' if order.is_help else 'Coach'} {name}",
                ring_s=order.ring_s,
                alert_s=PHONE_ALERT_S,
            )
        )

    def _connect(self, order: do.TakeOver) -> None:
        """The supervisor and the caller talk. Told before the agent's leg is hung up, so the caller hears no gap."""
        leg, caller = self._leg(order.coach, order.leg), self._legs.leg_of(order.contact)
        if not caller:
            return
        self._say(wire.Bridge(leg, caller))
        if order.recording:
            self._legs.recordings[order.recording] = order.contact
            self._say(wire.Record(order.recording, leg, caller, order.beep_s))

    def _drop(self, order: do.DropCoach) -> None:
        leg = self._leg(order.coach, order.leg)
        if order.why == "refused":
            self._refused.add(leg)
            self._say(wire.Play(leg, (NOT_PERMITTED,)))
        else:
            self._say(wire.Hangup(leg))

    # --- what the switch tells

    def coach_of(self, leg: str) -> str:
        """The coach on this leg, "" when it is nobody's."""
        if coach := self._legs.coach_of(leg):
            return coach
        return next((one.coach for one in self._acd.state.coaches.values() if one.leg == leg), "")

    def answered(self, leg: str) -> None:
        """A supervisor's phone was picked up."""
        if coach := self.coach_of(leg):
            self._own_calls.connected(leg)
            self._post(ev.CoachAnswered(coach))

    def ended(self, leg: str) -> None:
        """A supervisor's leg ended."""
        self._refused.discard(leg)
        if coach := self.coach_of(leg):
            self._post(ev.CoachLeft(coach))

    def pressed(self, leg: str, digit: str) -> bool:
        """A key on a leg; True when it is a supervisor's, whatever it means."""
        coach = self.coach_of(leg)
        if coach and digit in KEYS:
            self._post(ev.CoachModeAsked(coach, KEYS[digit]))
        return bool(coach)

    def prompt_ended(self, leg: str) -> None:
        """Who was told that it is not permitted is hung up."""
        if leg in self._refused:
            self._say(wire.Hangup(leg))

    def come(self, call: wire.Incoming, supervisor: str, agent: str, mode: Mode) -> None:
        """A supervisor calls in to take part in an agent's conversation."""
        self._own_calls.started(call.origin_id, call.leg, outbound=True)
        self._own_calls.connected(call.leg)
        self._post(ev.CoachAsked(supervisor, agent, mode, supervisor, call.leg))

    def alive(self, legs: Iterable[wire.Leg]) -> tuple[str, ...]:
        """The coaches whose legs are among these, after a restart; other legs of coaches are hung up."""
        found = []
        for leg in legs:
            coach = self.coach_of(leg.leg)
            if coach and coach in self._acd.state.coaches:
                found.append(coach)
            elif coach:
                self._say(wire.Hangup(leg.leg))
        return tuple(found)
