"""The whole box on one machine: configuration in, four supervised processes out (`deskbell run`).

They start at once, and each connects to the others when those are there. They end in reverse: the desk first.
"""

import asyncio
import functools
import logging
import os
import sys
import time
from pathlib import Path
from typing import Final

from appliance import plan
from appliance.config import Config, load
from appliance.edge.rpc import EdgeRpc
from appliance.errors import DeskbellError
from appliance.state import State, prepare
from appliance.supervisor import Part, Supervisor, python

logger = logging.getLogger(__name__)

VOICE_FIRST: Final = -10
"""How far the media processes go before the others: a late frame is heard, a late page is not."""


def parts(config: Config, config_file: Path, state: State, *, demo: bool = False) -> list[Part]:
    """The processes of this configuration, the last to end first; no lines process where there is no line."""
    edge_settings = plan.edge(config, state)
    rpc = EdgeRpc(edge_settings.rpc_socket)
    edge = plan.write(edge_settings, state.run / "edge.json")
    switch = plan.write(plan.switch(config, state), state.run / "switch.json")
    found = [
        Part("edge", python("appliance.edge", edge), probe=functools.partial(_answers, rpc)),
        Part("switch", python("appliance.switch", switch), nice=VOICE_FIRST),
    ]
    if config.lines:
        lines = plan.write(plan.lines(config, state), state.run / "lines.json")
        found.append(Part("lines", python("appliance.lines", lines), nice=VOICE_FIRST))
    desk = (*python("appliance.app", config_file.resolve()), str(state.root), *(("--demo",) if demo else ()))
    return [*found, Part("desk", desk)]


async def _answers(rpc: EdgeRpc) -> bool:
    """Whether the edge is up; gives the reply socket back, however it ends."""
    try:
        return await rpc.is_up()
    finally:
        rpc.close()


async def run_box(config_file: Path, state_dir: Path) -> None:
    """Run the box until SIGINT or SIGTERM. Raises DeskbellError when the configuration or a process is no good."""
    began = time.monotonic()
    config = load(config_file)
    state = prepare(state_dir)
    held = state.lock()
    box = Supervisor(parts(config, config_file, state))
    try:
        await box.start()
        logger.info("the office is open: SIP %s, page http://%s, ready in %.1f s",
                    config.network.sip, config.network.page, time.monotonic() - began)  # fmt: skip
        await box.run()
    finally:
        await asyncio.shield(box.stop())
        os.close(held)


def start_alone(name: str, config_file: Path, state_dir: Path) -> None:
    """Become one process of the box, in the foreground, for a service manager or a curious person."""
    config = load(config_file)
    state = prepare(state_dir)
    for part in parts(config, config_file, state):
        if part.name == name:
            sys.stdout.flush()
            os.execv(part.argv[0], part.argv)
    raise DeskbellError(f"this configuration has no {name} process; add a [[lines]] table to have one")
