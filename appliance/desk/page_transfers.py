"""Callers passed on by the page: whom to, and a sentence for the person when it cannot be (S-16 to S-18)."""

from collections.abc import Callable
from typing import Final

from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.model import Offer
from appliance.acd.settings import AgentSettings
from appliance.acd.view import AgentView
from appliance.api import Refusal, TargetView
from appliance.desk.passing import Passing
from appliance.desk.settings import DeskSettings, PhoneSettings

_WHY_NOT: Final = {
    "no_call": "there is no caller to pass on",
    "self": "that is the same phone; another one would be right",
    "hops": "this caller was passed on too often already",
    "unknown": "there is no such queue",
    "kind": "a queue cannot be asked first; transfer now would be right",
}


class PageTransfers:
    """What `Office` offers of transfers. `agents` are the committed agents."""

    def __init__(
        self, settings: DeskSettings, acd: Acd, passing: Passing, agents: Callable[[], tuple[AgentView, ...]]
    ) -> None:
        self._settings, self._acd, self._passing, self._agents = settings, acd, passing, agents

    def targets(self) -> tuple[TargetView, ...]:
        """Queues and groups first, then every phone of the house with whose it is."""
        agents = {one.phone: one for one in self._settings.office.agents}
        readings = dict(self._settings.readings)
        queues = [
            TargetView("queue", queue.number, queue.name or queue.queue, "", readings.get(queue.number, ""))
            for queue in self._settings.office.queues
            if queue.number
        ]
        people = (_person(one, agents.get(one.number), readings.get(one.number, "")) for one in self._settings.phones)
        return (*queues, *people)

    def ask(self, agent: str, to: str, *, ask_first: bool) -> Offer:
        """Ask the core; returns the agent's offer. Raises Refusal when it cannot even be asked."""
        offer = self._offer(agent)
        if why := self._passing.pass_on(offer, to, ask_first=ask_first):
            raise Refusal(f"The caller cannot be passed on to {to}: {why}")
        return offer

    def check(self, offer: Offer, to: str) -> None:
        """After the commit: raises Refusal when the core did not do it."""
        if why := self._passing.refused(offer.offer):
            raise Refusal(f"The caller cannot be passed on to {to}: {_WHY_NOT.get(why, why)}")

    def completed(self, agent: str) -> ev.Event:
        """The agent leaves the caller to whoever was asked. Raises Refusal when nobody is being asked."""
        offer = self._consulting(agent)
        return ev.TransferCompleted(offer.contact, offer.offer)

    def cancelled(self, agent: str) -> ev.Event:
        """Back to the caller. Raises Refusal when nobody is being asked."""
        offer = self._consulting(agent)
        return ev.TransferCancelled(offer.contact, offer.offer)

    def _consulting(self, agent: str) -> Offer:
        offer = self._offer(agent)
        if not self._view(agent).consults:
            raise Refusal(f"{agent} asks nobody now")
        return offer

    def _offer(self, agent: str) -> Offer:
        offer = self._acd.offer(self._view(agent).offer)
        if offer is None or not offer.was_bridged:
            raise Refusal(f"{agent} talks with no caller now; only a caller who talks can be passed on")
        return offer

    def _view(self, agent: str) -> AgentView:
        for view in self._agents():
            if view.agent == agent:
                return view
        raise Refusal(f"There is no agent {agent} here")


def _person(phone: PhoneSettings, agent: AgentSettings | None, reading: str) -> TargetView:
    if agent is None:
        return TargetView("user", phone.number, phone.name, "", reading)
    return TargetView("user", phone.number, phone.name or agent.name, agent.agent, agent.reading or reading)
