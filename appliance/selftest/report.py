"""`deskbell selftest`: start the whole box, measure it, print the table; exit 1 when something is not so.

With several pairs all but one of them talk from the beginning: the delays are those of a busy box. Progress goes to
stderr, the report alone to stdout.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Final

import aiohttp

from appliance.errors import DeskbellError
from appliance.selftest import measure
from appliance.selftest.figures import Report
from appliance.selftest.people import people
from appliance.selftest.starving import Lateness
from appliance.selftest.whole_box import WholeBox, Wish, whole_box
from hw.errors import HardwareError

TRIES: Final = 3
"""How often something is measured that went wrong while this machine held everybody back."""
LAST_WORDS: Final = 25

Step = Callable[[measure.Bench], Awaitable[None]]
WRONG: Final = (
    DeskbellError,
    HardwareError,
    AssertionError,
    TimeoutError,
    OSError,
    LookupError,
    aiohttp.ClientError,
)
"""What a box that does not work does to whoever measures it."""


def run_and_print(*, pairs: int, as_json: bool) -> int:
    """Run the self-test with this many conversations at once and print what was measured; the exit status."""
    report = asyncio.run(run(max(pairs, 1), told=not as_json))
    print(report.as_json() if as_json else report.as_table())
    return 0 if report.is_well else 1


async def run(pairs: int = 1, *, told: bool = False) -> Report:
    """One self-test in a temporary folder. Whatever goes wrong on the way is a fact of the report."""
    report = Report(pairs)
    doing = ["starting the box"]
    try:
        async with whole_box(Wish(agents=pairs, rtp_ports=8 * pairs + 64)) as box:
            with Lateness() as lateness:
                try:
                    await _in_the_box(box, report, lateness, told, doing)
                except WRONG:
                    print("\n".join(box.log[-LAST_WORDS:]), file=sys.stderr, flush=True)
                    raise
    except WRONG as wrong:
        report.fact("the self-test came to its end", False, f"{doing[-1]}: {str(wrong) or type(wrong).__name__}")
    return report


async def _in_the_box(box: WholeBox, report: Report, lateness: Lateness, told: bool, doing: list[str]) -> None:
    before = box.supervisor.pids()
    async with people(box, report.pairs) as crowd:
        page = await box.open_page()
        try:
            await page.until(lambda now: now.status("a1") != "unreachable", "the agent's phone is registered")
            await _measure_all(measure.Bench(box, page, crowd, report, lateness), told, doing)
        finally:
            await page.leave()
    died = sorted(name for name, pid in box.supervisor.pids().items() if pid != before[name])
    report.fact("no process of the box died", not died, ", ".join(died) or "none did")


async def _measure_all(bench: measure.Bench, told: bool, doing: list[str]) -> None:
    talks: list[measure.Talk] = []
    pairs = bench.report.pairs

    async def join(bench: measure.Bench, agents: Iterable[int]) -> None:
        talks.extend(await measure.start_talking(bench, agents))

    steps: tuple[tuple[str, Step], ...] = (
        (f"{pairs - 1} other conversation(s)", lambda bench: join(bench, range(2, pairs + 1))),
        ("buttons and lamps", measure.button_and_lamp),
        ("going on duty", lambda bench: bench.page.order("a1", "go-on-duty")),
        ("offers and first sound", measure.offers_and_first_sound),
        ("a SIP conversation", measure.sip_conversation),
        ("a conversation on the line", measure.line_conversation),
        ("the recordings", measure.recordings),
        ("one more conversation", lambda bench: join(bench, [1])),
        (f"{pairs} conversation(s) at once", lambda bench: measure.load(bench, talks)),
        ("the end of all conversations", lambda bench: measure.end_of(bench, talks)),
    )
    for name, step in steps:
        doing.append(name)
        began = time.monotonic()
        await _once_more_if_held_back(bench, step, told)
        if told:
            print(f"  {name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    measure.cost(bench)


async def _once_more_if_held_back(bench: measure.Bench, step: Step, told: bool) -> None:
    """Measure; what is not so is measured again when the machine, not the box, may be to blame."""
    for left in reversed(range(TRIES)):
        began, trial = time.monotonic(), Report(bench.report.pairs)
        await step(replace(bench, report=trial))
        late = bench.lateness.worst(began)
        if trial.is_well or not late or not left:
            bench.report.take(trial, f" (this machine stood still for {1000 * late:.0f} ms)" if late else "")
            return
        if told:
            print(f"  this machine stood still for {1000 * late:.0f} ms; once more", file=sys.stderr, flush=True)
