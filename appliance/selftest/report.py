"""`deskbell selftest`: start the whole box, measure it, print the table; exit 1 when something is not so."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from appliance.errors import DeskbellError
from appliance.selftest import measure
from appliance.selftest.figures import Report
from appliance.selftest.people import people
from appliance.selftest.whole_box import Wish, whole_box


def run_and_print(*, pairs: int, as_json: bool) -> int:
    """Run the self-test with this many conversations at once and print what was measured; the exit status."""
    report = asyncio.run(run(pairs, told=not as_json))
    print(report.as_json() if as_json else report.as_table())
    return 0 if report.is_well else 1


async def run(pairs: int = 1, *, told: bool = False) -> Report:
    """One self-test in a temporary folder. Whatever goes wrong on the way is a fact of the report."""
    report = Report(pairs)
    wish = Wish(agents=max(pairs, 1), rtp_ports=8 * pairs + 64)
    try:
        async with whole_box(wish) as box, people(box, wish.agents) as crowd:
            page = await box.open_page()
            await page.until(lambda now: now.status("a1") != "unreachable", "the agent's phone is registered")
            await _measure_all(measure.Bench(box, page, crowd, report), pairs, told)
            await page.leave()
    except (DeskbellError, AssertionError, TimeoutError) as wrong:
        report.fact("the self-test came to its end", False, str(wrong))
    return report


async def _measure_all(bench: measure.Bench, pairs: int, told: bool) -> None:
    steps: tuple[tuple[str, Callable[[], Awaitable[None]]], ...] = (
        ("buttons and lamps", lambda: measure.button_and_lamp(bench)),
        ("going on duty", lambda: bench.page.order("a1", "go-on-duty")),
        ("offers and first sound", lambda: measure.offers_and_first_sound(bench)),
        ("a SIP conversation", lambda: measure.sip_conversation(bench)),
        ("a conversation on the line", lambda: measure.line_conversation(bench)),
        ("the recordings", lambda: measure.recordings(bench)),
        (f"{pairs} conversation(s) at once", lambda: measure.load(bench, pairs)),
    )
    for name, step in steps:
        began = time.monotonic()
        await step()
        if told:
            print(f"  {name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    measure.cost(bench)
