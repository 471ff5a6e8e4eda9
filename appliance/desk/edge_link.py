"""The desk and the registrar at the edge: secrets go there, who is registered comes back.

Secrets are pushed at the start and whenever the edge has forgotten them (it was restarted); until then it answers 503.
A phone that is registered can be rung; one that gave no sign although registered is believed again at its next
registration, or when it has been left alone for `FORGIVE_S`.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final, Protocol

from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.model import Agent, Reach
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.legs import Post
from appliance.desk.settings import DeskSettings
from appliance.edge.rpc import EdgeRpc, Registration
from appliance.errors import EdgeError

logger = logging.getLogger(__name__)

POLL_S: Final = 1.0
FORGIVE_S: Final = 30.0
GRACE_S: Final = 3.0
"""After the edge (re)starts its registrations are not all there; nobody is called lost before this."""
START_S: Final = 3.0
"""The whole box starts at once: an edge that is not up yet is no alarm before this."""
EDGE: Final = "edge"


class Edge(Protocol):
    """What is asked of the edge; `EdgeRpc` is the real one."""

    async def put_secrets(self, secrets: list[tuple[str, str]]) -> None:
        """Give it every (user, HA1)."""
        ...

    async def secrets_loaded(self) -> int:
        """How many it holds."""
        ...

    async def registrations(self) -> list[Registration]:
        """Who is registered where."""
        ...


class EdgeLink:
    """Keeps the edge's secrets and the core's idea of phones right."""

    def __init__(self, settings: DeskSettings, acd: Acd, clock: Clock, alarms: Alarms, post: Post) -> None:
        self._settings, self._acd, self._clock, self._alarms, self._post = settings, acd, clock, alarms, post
        users = [(phone.number, phone.secret_ha1) for phone in settings.phones]
        users += [(trunk.trunk, trunk.secret_ha1) for trunk in settings.trunks]
        self._secrets = [(user, secret) for user, secret in users if secret]
        self._seen: dict[str, int] = {}
        self._believed_from: float | None = None
        self.is_settled = asyncio.Event()
        """Set once phones can register, for the edge has their secrets; or when it cannot be reached: see the alarm."""
        self.registrations_seen: tuple[Callable[[list[Registration]], None], ...] = ()

    async def run(self) -> None:
        """Poll until cancelled. Without an edge there is nothing to do: every phone counts as registered."""
        if self._settings.edge_socket is None:
            self.is_settled.set()
            return
        rpc = EdgeRpc(self._settings.edge_socket)
        try:
            with contextlib.suppress(EdgeError):
                await rpc.wait_until_up(START_S)
            while True:
                await self.step(rpc)
                self.is_settled.set()
                await asyncio.sleep(POLL_S)
        finally:
            rpc.close()

    async def step(self, edge: Edge) -> None:
        """One look at the edge."""
        try:
            if self._secrets and await edge.secrets_loaded() < len(self._secrets):
                await edge.put_secrets(self._secrets)
                self._believed_from = None
                logger.info("The edge has the secrets of %d phones and trunks now", len(self._secrets))
            found = await edge.registrations()
        except EdgeError as wrong:
            self._alarms.raise_(EDGE, f"The registrar does not answer, phones cannot register: {wrong}")
            self._believed_from = None
            return
        self._alarms.clear(EDGE)
        for see in self.registrations_seen:
            see(found)
        self._compare(found)

    def _compare(self, found: list[Registration]) -> None:
        now = self._clock.now()
        if self._believed_from is None:
            self._believed_from = now + GRACE_S
        expires: dict[str, int] = {}
        for one in found:
            expires[one.user] = max(one.expires_s, expires.get(one.user, 0))
        for agent in tuple(self._acd.state.agents.values()):
            left = expires.get(agent.settings.phone)
            if left is None:
                self._missing(agent, now)
            elif agent.reach is Reach.LOST and self._is_credible(agent, left, now):
                self._post(ev.PhoneFound(agent.settings.agent))
        self._seen = expires

    def _missing(self, agent: Agent, now: float) -> None:
        is_settled = self._believed_from is not None and now >= self._believed_from
        if is_settled and agent.reach is Reach.OK:
            logger.warning("Phone %s of %s is not registered", agent.settings.phone, agent.settings.agent)
            self._post(ev.PhoneLost(agent.settings.agent))

    def _is_credible(self, agent: Agent, left: int, now: float) -> bool:
        """Registered anew since the last look (its time went up, or it is there again), or forgiven by time."""
        before = self._seen.get(agent.settings.phone)
        return before is None or left > before or now >= agent.lost_until - self._acd.state.office.lost_s + FORGIVE_S
