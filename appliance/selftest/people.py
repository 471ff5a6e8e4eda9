"""The people of a self-test: one process of SIP phones for all agents, one for all SIP callers.

Every agent's number is registered by the same process, so forty agents cost one; each call has its own mouth and ear.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from appliance.selftest.ports import free_port
from appliance.selftest.sip_phone import Event, PhoneSettings, SipPhone
from appliance.selftest.whole_box import QUEUE, TRUNK_ADDRESS, WholeBox, phone_of, secret_of

AGENT_HZ = 1000
CALLER_HZ = 450


@dataclass(slots=True)
class People:
    """Agents and callers by their phones."""

    agents: SipPhone
    callers: SipPhone
    edge: str

    async def call(self) -> tuple[int, float]:
        """A caller dials the queue; returns the call's number and the moment of dialling."""
        call = await self.callers.dial(f"sip:{QUEUE}@{self.edge}", tone=CALLER_HZ)
        dialled = await self.callers.wait("dialled", call=call)
        return call, float(dialled["at"])

    async def rings(self, after: float) -> Event:
        """The next INVITE at an agent's phone at or after a moment."""
        return await self.agents.wait("invited", after=after)

    async def talking(self, call: int, agent_call: int) -> None:
        """Wait until both ends of a conversation are confirmed."""
        await self.agents.wait("state", call=agent_call, state="confirmed")
        await self.callers.wait("state", call=call, state="confirmed")


@contextlib.asynccontextmanager
async def people(box: WholeBox, agents: int) -> AsyncIterator[People]:
    """Phones registered for every agent, and a trunk with callers."""
    numbers = [phone_of(number) for number in range(1, agents + 1)]
    first, others = numbers[0], tuple((number, secret_of(number)) for number in numbers[1:])
    staff = PhoneSettings(
        f"127.0.0.1:{free_port()}",
        user=first,
        proxy=box.edge,
        secret=secret_of(first),
        register=True,
        also=others,
        answer="manual",
        tone=AGENT_HZ,
    )
    outside = PhoneSettings(
        f"{TRUNK_ADDRESS}:{free_port(host=TRUNK_ADDRESS)}", user="0312345678", proxy=box.edge, realm=box.edge
    )
    async with SipPhone(staff) as agent_phones, SipPhone(outside) as caller_phones:
        yield People(agent_phones, caller_phones, box.edge)
