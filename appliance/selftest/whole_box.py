"""A whole box in a temporary folder: free loopback ports, virtual line cards, virtual panel, everything else real.

Self-test, system tests and benchmarks start the same box; only who calls it differs.
"""

import asyncio
import contextlib
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from appliance.box import VOICE_FIRST, parts
from appliance.config import parse
from appliance.selftest.page import Page
from appliance.selftest.ports import free_port
from appliance.state import prepare
from appliance.supervisor import Supervisor, come_first, die_together
from hw.sim.client import SimClient

TRUNK_ADDRESS = "127.0.0.2"
QUEUE = "200"
CRYSTAL_FIRST = VOICE_FIRST - 5
"""A real card's clock waits for no processor: the virtual cards go before even those who feed them."""
_CODE = re.compile(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b")


@dataclass(frozen=True, slots=True)
class Wish:
    """The office wanted. Agents are a1, a2, ... with phones 301, 302, ... at seats 1, 2, ...; lines are line-1, ..."""

    agents: int = 2
    lines: int = 1
    ring_s: float = 20.0
    alert_s: float = 4.0
    wrap_up_s: float = 0.0
    no_agent_s: float = 20.0
    record: bool = True
    reserve_mb: int = 10
    without_desk_s: float = 8.0
    rtp_ports: int = 200
    page: str = ""  # where the page listens; a free port when empty
    country: str = "JP"  # of the lines and of the exchange
    modem: str = "cx93001_2013"  # which the virtual line cards are
    line: str = ""  # further keys of every line
    line_to: str = "front"  # the queue or menu that callers on lines reach
    language: str = "en"
    name: str = "Self-test"
    names: tuple[str, ...] = ()  # of the agents
    queue_name: str = "Front"
    board: str = "rev_a"  # of the panel; its own file where it is a path
    queue: str = ""  # further keys of the queue
    panel: str = "virtual"  # mode of the panel
    office: str = ""  # further keys of the office
    more: str = ""  # further TOML tables


def secret_of(number: str) -> str:
    """The digest secret of a phone of this office."""
    return f"secret-of-phone-{number}"


def phone_of(agent: int) -> str:
    """The phone number of the agent with this number, from 1."""
    return str(300 + agent)


@dataclass(slots=True)
class WholeBox:
    """One running box and the handles by which the outside world reaches it."""

    folder: Path
    edge: str
    page_url: str
    supervisor: Supervisor
    links: list[Path]
    log: list[str] = field(default_factory=list)
    started_s: float = 0.0
    echo: Callable[[str, str], None] | None = None  # also told every line of the log
    sim: SimClient | None = None
    _simulator: asyncio.subprocess.Process | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def recordings(self) -> Path:
        """The folder of recorded conversations."""
        return self.folder / "state" / "recordings"

    async def logged(self, pattern: str, timeout_s: float = 15.0, since: int = 0) -> str:
        """Wait for a line of the common log that matches, from line `since` on; returns it."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for line in self.log[since:]:
                        if re.search(pattern, line):
                            return line
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"no line like {pattern!r} in {timeout_s} s; last:\n" + "\n".join(self.log[-30:])
            ) from None

    async def code(self) -> str:
        """The newest first-start code on the console; a desk that was restarted has another."""
        await self.logged(_CODE.pattern)
        return next(found[1] for line in reversed(self.log) if (found := _CODE.search(line)))

    async def open_page(self) -> Page:
        """A visitor who came by the console's link."""
        return await Page.enter(self.page_url, await self.code())

    def keep(self, name: str, text: str) -> None:
        """Add a line to the common log."""
        self.log.append(f"{time.monotonic():.3f} {name:>7} | {text}")
        self._news.set()
        if self.echo is not None:
            self.echo(name, text)


@contextlib.asynccontextmanager
async def whole_box(wish: Wish | None = None) -> AsyncIterator[WholeBox]:
    """A box as wished, running; everything is stopped and removed afterwards."""
    wish = wish or Wish()
    folder = _temporary_folder()
    box = None
    try:
        box = await _furnish(folder, wish)
        began = time.monotonic()
        await box.supervisor.start()
        box.started_s = time.monotonic() - began
        yield box
    finally:
        if box is not None:
            await _clear_away(box)
        shutil.rmtree(folder, ignore_errors=True)


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="deskbell-"))
    folder.chmod(0o755)  # the edge runs as a user of its own and has to pass
    return folder


async def _furnish(folder: Path, wish: Wish) -> WholeBox:
    links = [folder / f"line-{number}" for number in range(1, wish.lines + 1)]
    edge, page = f"127.0.0.1:{free_port()}", wish.page or f"127.0.0.1:{free_port()}"
    rtp = free_port(run=wish.rtp_ports)
    config_file = folder / "office.toml"
    text = _office(wish, links, edge, page, rtp)
    config_file.write_text(text, encoding="utf-8")
    state = prepare(folder / "state")
    config = parse(text, "the self-test's office")
    box = WholeBox(folder, edge, f"http://{page}/", Supervisor([]), links)
    box.supervisor = Supervisor(parts(config, config_file, state, demo=True), box.keep)
    if links:
        await _plug_in(box, wish)
    return box


async def _plug_in(box: WholeBox, wish: Wish) -> None:
    control = box.folder / "sim.sock"
    box._simulator = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hw.sim", "--socket", str(control), "--stop-with-stdin"),
        *("--country", wish.country, "--personality", wish.modem),
        *(word for link in box.links for word in ("--link", str(link))),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=die_together,
    )
    assert box._simulator.stdout is not None
    async with asyncio.timeout(15):
        line = await box._simulator.stdout.readline()
    assert line.startswith(b"ready"), f"the simulator said {line!r}"
    come_first(box._simulator.pid, CRYSTAL_FIRST)
    box.sim = SimClient(control)


async def _clear_away(box: WholeBox) -> None:
    await box.supervisor.stop()
    if box.sim is not None:
        box.sim.close()
    if box._simulator is not None and box._simulator.returncode is None:
        box._simulator.terminate()
        await box._simulator.communicate()  # closes the pipes too


def _office(wish: Wish, links: list[Path], edge: str, page: str, rtp: int) -> str:
    agents, recorded = range(1, wish.agents + 1), "both" if wish.record else "none"
    tables = [
        f'[office]\nname = "{wish.name}"\nlanguage = "{wish.language}"\n{wish.office}',
        f'[network]\nsip = "{edge}"\npage = "{page}"',
        f'switch = "127.0.0.1:{free_port()}"\nlines = "127.0.0.1:{free_port()}"',
        f'rtp_address = "127.0.0.1"\nrtp_first = {rtp}\nrtp_last = {rtp + wish.rtp_ports - 1}',
        f'exempt = ["127.0.0.1", "{TRUNK_ADDRESS}"]\n[panel]\nmode = "{wish.panel}"\nboard = "{wish.board}"',
        f"[recordings]\nreserve_mb = {wish.reserve_mb}\n[switch]\nwithout_desk_s = {wish.without_desk_s}",
        f'[[queues]]\nid = "front"\nname = "{wish.queue_name}"\nnumber = "{QUEUE}"',
        f"agents = {[f'a{n}' for n in agents]}",
        f"ring_s = {wish.ring_s}\nalert_s = {wish.alert_s}\nwrap_up_s = {wish.wrap_up_s}",
        f'no_agent_s = {wish.no_agent_s}\nrecord = "{recorded}"\n{wish.queue}',
        f'[[trunks]]\nid = "carrier"\naddresses = ["{TRUNK_ADDRESS}"]\nqueue = "front"',
    ]
    for number in agents:
        phone, seat = phone_of(number), number if number <= 6 else 0
        name = wish.names[number - 1] if number <= len(wish.names) else f"Agent {number}"
        tables.append(f'[[phones]]\nnumber = "{phone}"\nsecret = "{secret_of(phone)}"')
        tables.append(f'[[agents]]\nid = "a{number}"\nphone = "{phone}"\nname = "{name}"\nseat = {seat}')
    for number, link in enumerate(links, 1):
        keys = f'queue = "{wish.line_to}"\ncountry = "{wish.country}"\n{wish.line}'
        tables.append(f'[[lines]]\nid = "line-{number}"\ndevice = "{link}"\n{keys}')
    return "\n".join([*tables, wish.more, ""])
