"""The desk's composition root: the desk and the page in one process (`python -m appliance.app CONFIG STATE [--demo]`).

It prints the page's first-start code and then a line that ends with `ready`. It may be killed at any time.
"""

import asyncio
import errno
import gc
import logging
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from appliance import nightly, plan, report
from appliance.config import Config, load
from appliance.demo_link import DemoLink
from appliance.desk.desk import running_desk
from appliance.errors import DeskbellError
from appliance.state import State
from web.app import PageServer

logger = logging.getLogger(__name__)

EXIT_CANNOT_START: Final = 3
DEMO_FLAG: Final = "--demo"


async def run(config: Config, state: State, *, demo: bool) -> None:
    """Run the desk and its page until SIGTERM.

    Raises DeskbellError, alone or in a group, when the page's port or the database cannot be had.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with running_desk(plan.desk(config, state, demo=demo)) as desk:
        if demo:
            desk.office.demo = link = DemoLink(state.run / "demo.sock", tuple(agent.id for agent in config.agents))
            await link.refresh()
        zone = config.office.time_zone
        desk.office.reporter = partial(report.in_another_process, state_dir=state.root, zone=zone)
        page = PageServer(desk.office, replace(plan.page(config, _announce), clock=desk.clock.now))
        try:
            await page.start()
        except OSError as wrong:
            raise _page_taken(config, wrong) from wrong
        check = partial(nightly.in_another_process, state_dir=state.root, zone=zone)
        adding_up = asyncio.create_task(nightly.watch(desk, check), name="nightly")
        await desk.edge.is_settled.wait()  # who registers sooner is refused, and may take a minute to try again
        gc.freeze()  # what lives as long as the desk is not looked through again during calls
        print("desk ready", flush=True)
        await stopping.wait()
        adding_up.cancel()
        await asyncio.gather(adding_up, return_exceptions=True)
        await page.stop()


def _announce(code: str) -> None:
    print(f"the page's first-start code is {code}", flush=True)


def _page_taken(config: Config, wrong: OSError) -> DeskbellError:
    what = "is taken" if wrong.errno == errno.EADDRINUSE else f"cannot be had ({wrong.strerror})"
    return DeskbellError(f"the page's address {config.network.page} {what}; free it or set network.page to another")


def main() -> int:
    """Run the desk; 3 with a sentence when it can never start like this."""
    logging.basicConfig(level=logging.INFO, format="%(levelname).1s %(name)s: %(message)s", stream=sys.stdout)
    config_file, state = Path(sys.argv[1]), State(Path(sys.argv[2]))
    status = 0
    try:
        asyncio.run(run(load(config_file), state, demo=DEMO_FLAG in sys.argv[3:]))
    except* DeskbellError as wrong:
        for sentence in wrong.exceptions:
            print(sentence, flush=True)
        status = EXIT_CANNOT_START
    return status


if __name__ == "__main__":
    sys.exit(main())
