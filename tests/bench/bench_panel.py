"""How fast the panel is: from the release of a button to the light, and what sixteen blinking seats cost.

Times are shown beside their goals and never asserted; what real lines cost is measured in tests/hil. First the panel
alone, with a plain view for a desk; then a desk with its journal on the disk while twenty callers come and go; then the
whole box while twenty pairs talk, pressed and seen by its page.
"""

import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path

import gpiod
import pytest

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.desk import running_desk
from appliance.desk.panel import PanelDriver
from appliance.desk.settings import PanelSettings
from appliance.selftest.figures import Report
from appliance.selftest.measure import Bench, start_talking
from appliance.selftest.people import people
from appliance.selftest.starving import Lateness
from appliance.selftest.whole_box import Wish, whole_box
from hw.board import read_board
from hw.debounce import SETTLE_S
from hw.fittings import Fitting
from hw.live_panel import LivePanel
from hw.panel import Colour, VirtualPanel
from tests.support.beside_goals import delays, row
from tests.support.desk_office import BOARD, settings
from tests.support.dumb_chips import NOWHERE, DumbChip, chips_of
from tests.support.fake_switch import FakeSwitch

PRESSES = 100
MANY_PRESSES = 300
CALLS = 20
TALK_S = 1.0
SEATS = 16
WATCH_S = 20.0
GREEN: Colour = (0.0, 1.0, 0.0)
GOAL = "p50 <= 20 ms, p99 <= 100 ms"
SETTLED = f"{1000 * SETTLE_S:.0f} ms of it settle"

pytestmark = [pytest.mark.bench, pytest.mark.timeout(120)]


class Watched(VirtualPanel):
    """A virtual panel that says when a lamp turned green, and counts how often any was lit."""

    def __init__(self, fittings: tuple[Fitting, ...] = ()) -> None:
        super().__init__(tuple(range(1, SEATS + 1)), fittings)
        self.lit = 0
        self.green_at: asyncio.Queue[float] = asyncio.Queue()

    def light(self, seat: int, colour: Colour) -> None:
        super().light(seat, colour)
        self.lit += 1
        if colour == GREEN:
            self.green_at.put_nowait(time.monotonic())


def office(status: Status) -> OfficeView:
    """Sixteen agents, all of one status."""
    return OfficeView(1, 0.0, tuple(AgentView(f"a{s}", "", "", s, status, 0.0) for s in range(1, SEATS + 1)))


async def test_from_the_release_of_a_button_to_its_light() -> None:
    panel = Watched()

    def post(event: ev.Event) -> None:
        asyncio.get_running_loop().call_soon(driver.show, office(Status.AVAILABLE))

    driver = PanelDriver(panel, Clock(), Alarms(), post, lambda: office(Status.OFF))
    driver.start()
    took = []
    for _ in range(PRESSES):
        driver.show(office(Status.OFF))
        while not panel.green_at.empty():
            panel.green_at.get_nowait()
        released = time.monotonic()
        panel.edge(1, down=True, at=released - 0.1)
        panel.edge(1, down=False, at=released)
        took.append(await panel.green_at.get() - released)
    driver.stop()
    tell(f"contact → lamp, the panel alone ({SETTLED})", took)


def tell(what: str, took: list[float]) -> None:
    """Print a row of delays in seconds."""
    print(row(what, delays([1000 * one for one in took]), GOAL))


def office_of(agents: int) -> OfficeSettings:
    """So many agents at as many phones, one queue; the first is the one whose button is pressed and is never rung."""
    people = tuple(AgentSettings(f"a{n}", "", str(300 + n), n if n <= SEATS else 0) for n in range(1, agents + 1))
    serving = tuple(one.agent for one in people[1:])
    return OfficeSettings(people, (QueueSettings("front", "", "200", serving, wrap_up_s=0.5),))


async def keep_twenty_calls(switch: FakeSwitch) -> None:
    """Callers come, are answered, talk for a moment and go; twenty of them at once, until cancelled."""

    async def caller(number: int) -> None:
        while True:
            leg = switch.rings(f"03{number:08d}")
            await switch.is_asked(wire.Bridge, a=leg, timeout=30.0)
            await asyncio.sleep(TALK_S)
            switch.hangs_up(leg)

    async def phones() -> None:
        answered = 0
        while True:
            for dial in switch.commands(wire.Dial)[answered:]:
                answered += 1
                switch.answers(dial.leg)
            await asyncio.sleep(0.005)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(phones())
        for number in range(CALLS):
            tasks.create_task(caller(number))


async def test_from_the_release_of_a_button_to_its_light_through_a_desk_with_twenty_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = Watched()
    monkeypatch.setattr("appliance.desk.desk.open_panel", lambda board, mode: panel)
    plan = replace(settings(tmp_path), office=office_of(CALLS + 1), panel=PanelSettings(BOARD, "virtual"))
    async with FakeSwitch(plan.switch_socket) as switch, running_desk(plan) as desk:
        await asyncio.wait_for(desk.link.is_ready.wait(), 5)
        for agent in plan.office.agents[1:]:
            await desk.office.go_on_duty(agent.agent, "bench")
        busy = asyncio.create_task(keep_twenty_calls(switch))
        took = []
        for _ in range(MANY_PRESSES):
            while not panel.green_at.empty():
                panel.green_at.get_nowait()
            released = time.monotonic()
            panel.edge(1, down=True, at=released - 0.1)
            panel.edge(1, down=False, at=released)
            took.append(await asyncio.wait_for(panel.green_at.get(), 5) - released)
            await desk.office.go_off_duty("a1", "page")
        calls = len(switch.commands(wire.Bridge))
        busy.cancel()
        await asyncio.gather(busy, return_exceptions=True)
    tell(f"contact → lamp, journal on the disk, {CALLS} calls at once, {calls} came and went ({SETTLED})", took)
    print(row("a write that this disk has kept, for comparison: a press needs one", delays(kept(tmp_path / "bare"))))


def kept(file: Path) -> list[float]:
    """How long a page of 4 kB takes to be on the disk, in milliseconds, each time anew."""
    took = []
    with file.open("wb", buffering=0) as page:
        for _ in range(PRESSES):
            began = time.monotonic()
            page.write(bytes(4096))
            os.fdatasync(page.fileno())
            took.append(1000 * (time.monotonic() - began))
    return took


async def test_from_a_press_on_the_page_to_its_lamp_there_while_twenty_pairs_talk() -> None:
    took = []
    async with (
        whole_box(Wish(agents=CALLS + 1, rtp_ports=8 * (CALLS + 1) + 64)) as box,
        people(box, CALLS + 1) as crowd,
    ):
        page = await box.open_page()
        with Lateness() as lateness:
            bench = Bench(box, page, crowd, Report(CALLS + 1), lateness)
            await start_talking(bench, range(2, CALLS + 2))
            for number in range(PRESSES):
                wanted = "off" if number % 2 else "available"
                sent = await page.press(1)
                moment = await page.until(lambda now, wanted=wanted: now.lamp(1) == wanted, f"the lamp says {wanted}")
                took.append(moment.at - sent)
            late = lateness.worst(0.0)
        await page.leave()
    tell(f"click → lamp on the page, whole box, {CALLS} pairs talking (machine stood still {1000 * late:.0f} ms)", took)


async def share_of_a_core() -> float:
    """What this process spends while nothing but its timers and threads is at work."""
    began, spent = time.monotonic(), time.process_time()
    await asyncio.sleep(WATCH_S)  # the measurement is the passing of time
    return (time.process_time() - spent) / (time.monotonic() - began)


async def bare_blinking() -> None:
    """The least that sixteen flashing seats can be: four times a second a timer, and a call for each of four chips."""
    while True:
        for _ in range(4):
            os.write(NOWHERE, b"." * 12)
        await asyncio.sleep(0.25)


async def let_everybody_ring(driver: PanelDriver) -> None:
    """Every lamp flashes; each begins at a time of its own: the dearest there is."""
    everybody = office(Status.RINGING).agents
    for ringing in range(1, SEATS + 1):
        driver.show(OfficeView(1, 0.0, everybody[:ringing]))
        await asyncio.sleep(0.25 / SEATS)


@pytest.mark.parametrize("fitted", [False, True], ids=["seats", "seats and fittings"])
async def test_what_sixteen_blinking_seats_cost(fitted: bool) -> None:
    panel = Watched(read_board(BOARD.with_name("rev_c.toml")).fittings if fitted else ())
    driver = PanelDriver(panel, Clock(), Alarms(), lambda event: None, lambda: office(Status.RINGING))
    driver.start()
    await let_everybody_ring(driver)
    share = await share_of_a_core()
    driver.stop()
    what = f"{SEATS} seats flashing{' and the fittings of revision C' if fitted else ''}, virtual"
    print(row(what, f"{100 * share:.2f} % of a core, {panel.lit} lights set", "<= 1 %"))


async def test_what_sixteen_blinking_seats_cost_down_to_the_call_of_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Revision B by gpiozero, our pins and gpiod, with calls that move nothing: this machine has no chip."""
    bare = asyncio.create_task(bare_blinking())
    least = await share_of_a_core()
    bare.cancel()
    monkeypatch.setattr(gpiod, "Chip", DumbChip)
    board = read_board(BOARD.with_name("rev_b.toml"))
    panel = LivePanel(board, find=lambda: chips_of(board))
    assert panel.absences == ()
    driver = PanelDriver(panel, Clock(), Alarms(), lambda event: None, lambda: office(Status.RINGING))
    driver.start()
    await let_everybody_ring(driver)
    share = await share_of_a_core()
    driver.stop()
    what = f"{SEATS} seats flashing, revision B on chips that move nothing"
    print(row(what, f"{100 * share:.2f} % of a core (a bare timer with four calls: {100 * least:.2f} %)", "<= 1 %"))
