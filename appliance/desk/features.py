"""Feature codes at work: a phone dials one, the core is told, and the phone hears what was committed.

The order of commands is the order of their events (R-34). A code's leg is nobody's call: it does not occupy the agent.
Belongs to the loop.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from appliance import wire
from appliance.acd.view import AgentView, OfficeView
from appliance.desk.feature_codes import CODES, Dialled, spoken
from appliance.desk.legs import Post, Say
from appliance.desk.settings import DeskSettings

logger = logging.getLogger(__name__)

NOT_POSSIBLE: Final = ("not_possible",)


@dataclass(frozen=True, slots=True)
class _Call:
    """A code that was dialled: on which leg, by whom."""

    leg: str
    agent: str
    asked: Dialled


class Features:
    """Carries codes out one after another. `dial` posts at once; `run` tells what came of it.

    `settled` returns once everything that was posted is committed, and `view` is the committed state.
    """

    def __init__(
        self,
        settings: DeskSettings,
        post: Post,
        say: Say,
        view: Callable[[], OfficeView],
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._settings, self._post, self._say, self._view, self._settled = settings, post, say, view, settled
        self._numbers = {queue.number: queue.queue for queue in settings.office.queues}
        self._done: asyncio.Queue[_Call] = asyncio.Queue()
        self._legs: set[str] = set()

    def dial(self, call: wire.Incoming, asked: Dialled) -> None:
        """A phone dialled a code."""
        self._legs.add(call.leg)
        agent = self._agent_at(call.origin_id)
        event = CODES[asked.code].wish(asked, agent, self._numbers) if agent is not None else None
        if agent is None or (event is None and CODES[asked.code].changes):
            logger.info("Phone %s dialled %s, which is not possible now", call.origin_id, asked.code)
            self._say(wire.Play(call.leg, NOT_POSSIBLE))
            return
        logger.info("%s dialled %s", agent.name or agent.agent, asked.code)
        if event is not None:
            self._post(event)
        self._done.put_nowait(_Call(call.leg, agent.agent, asked))

    def said(self, leg: str) -> None:
        """Prompts on a leg are over: a code's call has served its purpose."""
        if leg in self._legs:
            self._say(wire.Hangup(leg))

    def ended(self, leg: str) -> None:
        """A leg is gone; whoever hung up early did what they wanted."""
        self._legs.discard(leg)

    async def run(self) -> None:
        """Tell each phone what is committed, until cancelled."""
        while True:
            call = await self._done.get()
            await self._settled()
            view = self._view()
            agent = next((one for one in view.agents if one.agent == call.agent), None)
            if agent is not None and call.leg in self._legs:
                self._say(wire.Play(call.leg, spoken(call.asked, agent, view, self._settings.office.queues)))

    def _agent_at(self, phone: str) -> AgentView | None:
        return next((agent for agent in self._view().agents if agent.phone == phone), None)
