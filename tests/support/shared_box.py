"""One box after another on the bench: tests that wish for the same one share it, and none finds what another left.

A box takes three seconds of a processor to start, and most tests leave nothing behind that a caller could notice. So
between two of them everybody is sent home, and only a box that is again as it was when it had just started is
given to the next. Whoever fails, asks for a box alone (`own_box`) or leaves something behind costs it: the next test
gets a new one.
"""

import asyncio
import contextlib
import time
import warnings
from collections import Counter
from typing import Any, Final

import pytest

from appliance.edge.rpc import EdgeRpc
from appliance.selftest.page import Moment, Page
from appliance.selftest.whole_box import WholeBox, Wish, whole_box
from hw.sim.client import RemoteCaller, RemoteCard, SimClient
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import What
from hw.sim.party import HangUp
from hw.sim.verbs import EventReply
from tests.conftest import BOXES

LEAVES_S: Final = 5.0
"""So long may it take until nobody is left; whoever hangs up at the end of a test is gone much sooner."""
NEXT: Final = pytest.StashKey[pytest.Item | None]()
FAILED: Final = pytest.StashKey[bool]()
_OF_THE_PAST: Final = frozenset(
    (
        "seq",
        "lamps",
        "texts",
        "news",
        "since",
        "reason",
        "wrap_until",
        "changed_by_itself_at",
        "ringing_since",
        "last_contact",
        "call_notice",
        "held_since",
    )
)
"""What the page remembers of calls that are over: the next one changes nothing by it."""


class Card(RemoteCard):
    """A line card that knows only what happened since the test began."""

    def __init__(self, client: SimClient, number: int) -> None:
        """The test begins now."""
        super().__init__(client, number)
        before = super().events()
        self._before, self._answered = Counter(event.what for event in before), _answered(before)
        self._began = time.monotonic()
        self._callers: list[RemoteCaller] = []

    def ring(self, *who: Any, **how: Any) -> RemoteCaller:
        """Somebody dials this line."""
        self._callers.append(super().ring(*who, **how))
        return self._callers[-1]

    def everybody_leaves(self) -> None:
        """Whoever rings or talks hangs up."""
        for caller in self._callers:
            with contextlib.suppress(SimulatorError):  # gone already
                caller.hang_up(HangUp.LOOP_DROP)

    def events(self, since: float = 0.0) -> tuple[EventReply, ...]:
        """What happened since the test began."""
        return super().events(max(since, self._began))

    def called(self, count: int = 1, timeout: float = 15.0) -> RemoteCaller:
        """Whoever answered the `count`th call out of this test."""
        return super().called(self._answered + count, timeout)

    def wait_event(self, what: What, timeout: float, count: int = 1) -> bool:
        """Whether so many events of that kind came in this test."""
        return super().wait_event(what, timeout, self._before[what] + count)


def _answered(events: tuple[EventReply, ...]) -> int:
    """How many calls out were answered."""
    last, count = "", 0
    for event in events:
        if event.what in (What.CALL_OFFERED, What.DIALLED):
            last = event.what
        count += event.what == What.CALL_CONNECTED and last == What.DIALLED
    return count


class Bench:
    """Where the box stands."""

    def __init__(self) -> None:
        """Nothing stands here yet."""
        self._stack = contextlib.AsyncExitStack()
        self._wish: Wish | None = None
        self._box: WholeBox
        self._page: Page
        self._as_new: object = None

    async def take(self, wish: Wish) -> tuple[WholeBox, Page]:
        """The box wished for and a visitor on its page, as if it had just started."""
        if self._wish != wish:
            await self._clear_away()
            self._box = await self._stack.enter_async_context(whole_box(wish))
            self._wish = wish
            self._page = await self._box.open_page()
            self._stack.push_async_callback(self._page.leave)
            now = await self._page.until(_is_in_service, "the box is in service")
            self._as_new = _tidy(now.office)
        del self._page.moments[:-1]
        return self._box, self._page

    def cards(self) -> list[Card]:
        """The box's line cards."""
        sim = self._box.sim
        return [] if sim is None else [Card(sim, number) for number in range(len(self._box.links))]

    async def give_back(self, item: pytest.Item) -> None:
        """Everybody has left: the box stays for the next test if that may have it and finds it as new."""
        coming = item.stash.get(NEXT, None)
        is_wanted = coming is not None and _shares(coming) and wish_of(coming) == self._wish
        if not (is_wanted and _shares(item) and not item.stash.get(FAILED, False) and await self._is_as_new(item)):
            await self._clear_away()

    async def _is_as_new(self, item: pytest.Item) -> bool:
        """Send the agents home; whether nothing is left of the test then that the next one could meet."""
        try:
            async with asyncio.timeout(LEAVES_S):
                await self._page.until(lambda now: not now.office["calls"] and not now.waiting, "all calls are over")
                for row in self._page.now.office["agents"]:
                    await self._relieve(row)
                await self._page.until(lambda now: _tidy(now.office) == self._as_new, "the office is as it was")
                while await self._registered() or any(self._box.recordings.glob("*.part")):
                    await asyncio.sleep(0.05)  # a phone that is switched off says so to the edge; sound becomes a file
        except (TimeoutError, AssertionError):
            tidy = _tidy(self._page.now.office)
            found = {key: what for key, what in tidy.items() if what != self._as_new[key]} or "a phone or a recording"
            warnings.warn(f"{item.nodeid} left the office with {found}", stacklevel=1)
            return False
        self._box.log.clear()
        return True

    async def _relieve(self, row: dict[str, Any]) -> None:
        agent = row["agent"]
        if row["status"] == "wrap_up":
            await self._page.order(agent, "end-wrap-up")
        if row["status"] != "off":
            await self._page.order(agent, "go-off-duty")
        if row["calls_as"]:
            await self._page.call_from(agent, "")

    async def _registered(self) -> frozenset[str]:
        edge = EdgeRpc(self._box.folder / "state" / "edge" / "run" / "edge.sock")
        try:
            return await edge.registered()
        finally:
            edge.close()

    async def _clear_away(self) -> None:
        self._wish = None
        await self._stack.aclose()


BENCH: Final = Bench()


def _is_in_service(now: Moment) -> bool:
    return all(line["state"] == "idle" for line in now.office["lines"])


def _tidy(office: dict[str, Any]) -> dict[str, Any]:
    """What a test can find in an office, without what is only remembered of its past."""
    found = _without_past(office)
    found["agents"] = [_without_past(row) for row in office["agents"]]
    found["lines"] = [(line["line"], line["state"], line["alarm"]) for line in office["lines"]]
    found["patterns"] = [lamp["pattern"] for lamp in office["lamps"]]
    return found


def _without_past(row: dict[str, Any]) -> dict[str, Any]:
    return {key: what for key, what in row.items() if key not in _OF_THE_PAST}


def wish_of(item: pytest.Item) -> Wish:
    """What the test wished for, or the usual."""
    marker = item.get_closest_marker("wish")
    return marker.args[0] if marker else Wish()


def _is_at_a_box(item: pytest.Item) -> bool:
    return item.nodeid.startswith(BOXES) and "office" in getattr(item, "fixturenames", ())


def _shares(item: pytest.Item) -> bool:
    return _is_at_a_box(item) and item.get_closest_marker("own_box") is None


def group_by_wish(items: list[pytest.Item]) -> None:
    """Bring tests that can share a box together, in its loop; who has a box alone comes after them."""
    places = [place for place, item in enumerate(items) if _is_at_a_box(item)]
    ours = [items[place] for place in places]
    first: dict[Wish, int] = {}
    for number, item in enumerate(ours):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        first.setdefault(wish_of(item), number)
    ours.sort(key=lambda item: (not _shares(item), first[wish_of(item)]))
    for place, item in zip(places, ours, strict=True):
        items[place] = item
