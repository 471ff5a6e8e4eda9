"""The desk's end of the demo: what the page asks of the outside world goes to `deskbell demo` over a Unix socket."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from appliance.api import Refusal


class DemoLink:
    """Implements `appliance.api.DemoControls` by asking the demo's own process, one JSON line each way."""

    def __init__(self, socket: Path, agents: tuple[str, ...]) -> None:
        self._socket = socket
        self._behaviours = dict.fromkeys(agents, "answer")

    async def refresh(self) -> None:
        """Ask what the simulated agents do now; a desk that was restarted does not know."""
        with contextlib.suppress(Refusal):
            self._behaviours = dict((await self._ask(do="behaviours"))["behaviours"])

    async def ring_line(self) -> str:
        """A caller rings the virtual line; returns a sentence to show."""
        return str((await self._ask(do="ring_line"))["say"])

    async def ring_sip(self) -> str:
        """A caller rings by SIP; returns a sentence to show."""
        return str((await self._ask(do="ring_sip"))["say"])

    async def hang_up_callers(self) -> str:
        """Every simulated caller hangs up; returns a sentence to show."""
        return str((await self._ask(do="hang_up_callers"))["say"])

    def behaviours(self) -> dict[str, str]:
        """Agent → what the simulated agent does when the phone rings."""
        return dict(self._behaviours)

    async def behave(self, agent: str, behaviour: str) -> None:
        """Choose what a simulated agent does next: answer, decline, ignore."""
        await self._ask(do="behave", agent=agent, behaviour=behaviour)
        self._behaviours[agent] = behaviour

    async def _ask(self, **order: str) -> dict[str, Any]:
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
        except OSError as wrong:
            raise Refusal("The demo's outside world is not there; only `deskbell demo` has one.") from wrong
        writer.write(json.dumps(order).encode() + b"\n")
        answer = json.loads(await reader.readline() or b"{}")
        writer.close()
        if "refused" in answer or not answer:
            raise Refusal(answer.get("refused", "The demo's outside world did not answer."))
        return dict(answer)
