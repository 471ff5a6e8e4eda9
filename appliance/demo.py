"""`deskbell demo`: a whole box and an outside world to try it with, on loopback, gone when it ends.

The box is the real one (edge, switch, lines, desk). The outside world is ours: a virtual exchange with a line card on
a PTY, a real SIP phone for every agent that answers, declines or ignores as chosen on the page, and callers.
"""

import asyncio
import contextlib
import functools
import itertools
import json
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from appliance.selftest.ports import free_port
from appliance.selftest.sip_phone import PhoneSettings, SipPhone
from appliance.selftest.whole_box import QUEUE, TRUNK_ADDRESS, WholeBox, Wish, phone_of, secret_of, whole_box
from hw.sim.client import RemoteCaller
from hw.sim.errors import SimulatorError
from hw.sim.party import CallerState
from hw.sim.verbs import SoundSpec

logger = logging.getLogger(__name__)

T = TypeVar("T")

NAMES: Final = ("佐藤 Sato", "鈴木 Suzuki", "高橋 Takahashi")
TALK_S: Final = 25.0
LOOK_S: Final = 0.5
MODES: Final = {"answer": ("auto", 3.0), "decline": ("decline", 3.0), "ignore": ("ring", 0.0)}
NUMBERS: Final = ("0312345678", "0663456789", "09012345678", "0521234567", "05012345678")


@dataclass(slots=True)
class OutsideWorld:
    """Everybody who is not the box: the agents with their phones, and the callers."""

    box: WholeBox
    phones: dict[str, SipPhone]
    trunk: SipPhone
    behaviours: dict[str, str]
    line_callers: list[RemoteCaller] = field(default_factory=list)
    sip_calls: list[int] = field(default_factory=list)
    _numbers: "itertools.cycle[str]" = field(default_factory=lambda: itertools.cycle(NUMBERS))
    _hang_ups: set[asyncio.Task[None]] = field(default_factory=set)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ring_line(self) -> dict[str, Any]:
        """A caller rings the analogue line."""
        assert self.box.sim is not None
        number = next(self._numbers)
        try:
            card = self.box.sim.card(0)
            caller = await self._ask(lambda: card.ring(number, voice=SoundSpec("tone", (600.0,))))
        except SimulatorError:
            return {"refused": "回線は使用中です / The line is engaged."}
        self.line_callers.append(caller)
        self._later(self._hang_up_line_caller(caller))
        return {"say": f"{number} が回線に電話をかけています / rings the line"}

    async def ring_sip(self) -> dict[str, Any]:
        """A caller rings over the SIP trunk."""
        number = next(self._numbers)
        call = await self.trunk.dial(f"sip:{QUEUE}@{self.box.edge}", tone=450, user=number)
        self.sip_calls.append(call)
        self._later(self._hang_up_sip_caller(call))
        return {"say": f"{number} が SIP で電話をかけています / rings by SIP"}

    async def hang_up_callers(self) -> dict[str, Any]:
        """Every caller hangs up."""
        for caller in self.line_callers:
            await self._ask(functools.partial(_hang_up, caller))
        self.line_callers.clear()
        for call in self.sip_calls:
            self.trunk.order("hangup", call=call)
        self.sip_calls.clear()
        return {"say": "発信者が電話を切りました / The callers have hung up"}

    async def behave(self, agent: str, behaviour: str) -> dict[str, Any]:
        """An agent does this from now on when the phone rings."""
        if agent not in self.phones or behaviour not in MODES:
            return {"refused": f"No {agent!r} or no behaviour {behaviour!r}."}
        answer, after = MODES[behaviour]
        self.phones[agent].order("mode", answer=answer, after=after)
        self.behaviours[agent] = behaviour
        return {}

    async def obey(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One order of the page, as `demo_link` sends it."""
        order = json.loads(await reader.readline())
        doing = order.pop("do")
        verbs: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
            "ring_line": self.ring_line,
            "ring_sip": self.ring_sip,
            "hang_up_callers": self.hang_up_callers,
            "behave": self.behave,
        }
        answer = await verbs[doing](**order) if doing in verbs else {}
        writer.write(json.dumps({"behaviours": self.behaviours, **answer}).encode() + b"\n")
        await writer.drain()
        writer.close()

    def _later(self, hang_up: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(hang_up)
        self._hang_ups.add(task)
        task.add_done_callback(self._hang_ups.discard)

    async def _hang_up_line_caller(self, caller: RemoteCaller) -> None:
        while (state := await self._ask(lambda: caller.state)) is not CallerState.CONNECTED:
            if state.is_final:
                return
            await asyncio.sleep(LOOK_S)
        await asyncio.sleep(TALK_S)
        await self._ask(lambda: _hang_up(caller))

    async def _ask(self, question: Callable[[], T]) -> T:
        """Ask the simulator off the loop, one question at a time: its connection is for one."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(question)

    async def _hang_up_sip_caller(self, call: int) -> None:
        with contextlib.suppress(TimeoutError):
            await self.trunk.wait("state", timeout=600.0, call=call, state="confirmed")
            await asyncio.sleep(TALK_S)
            self.trunk.order("hangup", call=call)


async def run_demo(page: str) -> None:
    """Run until Ctrl-C. Raises DeskbellError when the page's port is taken or the box does not start."""
    wish = Wish(
        agents=3,
        wrap_up_s=15.0,
        page=page,
        language="ja",
        name="Deskbell デモ",
        names=NAMES,
        queue_name="受付",
        no_agent_s=60.0,
    )
    async with whole_box(wish) as box, contextlib.AsyncExitStack() as everybody:
        phones = {
            f"a{number}": await everybody.enter_async_context(SipPhone(_agent_phone(number, box.edge)))
            for number in range(1, wish.agents + 1)
        }
        listen = f"{TRUNK_ADDRESS}:{free_port(host=TRUNK_ADDRESS)}"
        trunk = await everybody.enter_async_context(
            SipPhone(
                PhoneSettings(
                    listen, user=NUMBERS[0], proxy=box.edge, realm=box.edge, also=tuple((n, "") for n in NUMBERS[1:])
                )
            )
        )
        world = OutsideWorld(box, phones, trunk, dict.fromkeys(phones, "answer"))
        server = await asyncio.start_unix_server(world.obey, str(box.folder / "state" / "run" / "demo.sock"))
        everybody.push_async_callback(server.wait_closed)
        everybody.callback(server.close)
        await _tell_and_wait(box)


async def _tell_and_wait(box: WholeBox) -> None:
    code = await box.code()
    for line in box.log:
        print(line.partition(" ")[2])
    print(f"\nThe box is open ({box.started_s:.1f} s). Open {box.page_url}?code={code}\nCtrl-C ends it.\n", flush=True)
    box.echo = lambda name, text: print(f"{name:>7} | {text}", flush=True)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await stopping.wait()
    sys.stdout.write("closing ...\n")


def _agent_phone(number: int, edge: str) -> PhoneSettings:
    phone = phone_of(number)
    answer, after = MODES["answer"]
    return PhoneSettings(
        f"127.0.0.1:{free_port()}",
        user=phone,
        name=NAMES[number - 1],
        proxy=edge,
        secret=secret_of(phone),
        register=True,
        answer=answer,
        after=after,
        tone=800 + 200 * number,
    )


def _hang_up(caller: RemoteCaller) -> None:
    with contextlib.suppress(SimulatorError):
        caller.hang_up()
    with contextlib.suppress(SimulatorError):
        caller.give_up()
