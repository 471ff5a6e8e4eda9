"""The supervisor with real little processes: order, restart, back-off, last words, and no orphan."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from appliance.errors import DeskbellError
from appliance.supervisor import Part, Supervisor

STAYS = "print('{name} is ready', flush=True)\nimport signal; signal.pause()"


def part(name: str, script: str = STAYS) -> Part:
    """A part that runs a little Python script."""
    return Part(name, (sys.executable, "-c", script.format(name=name)), ready_s=10.0)


class Log:
    """Collects the lines of all parts and lets a test wait for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = asyncio.Event()

    def __call__(self, name: str, text: str) -> None:
        self.lines.append(f"{name}: {text}")
        self._news.set()

    async def wait_for(self, line: str, times: int = 1) -> None:
        async with asyncio.timeout(10):
            while self.lines.count(line) < times:
                self._news.clear()
                await self._news.wait()


async def test_parts_start_at_once_and_stop_in_reverse(tmp_path: Path) -> None:
    says_goodbye = (
        # os.write: the signal may come in the middle of the print below.
        "import os, signal\nsignal.signal(signal.SIGTERM, lambda *_: (os.write(1, b'bye\\n'), os._exit(0)))\n" + STAYS
    )
    waits = f"import os, time\nwhile not os.path.exists({str(tmp_path / 'two')!r}): time.sleep(0.01)\n{says_goodbye}"
    comes = f"open({str(tmp_path / 'two')!r}, 'w').close()\n{says_goodbye}"
    log = Log()
    box = Supervisor([part("one", waits), part("two", comes)], log)
    await box.start()
    assert sorted(log.lines) == ["one: one is ready", "two: two is ready"], "one is ready only after two has begun"
    await box.stop()
    assert log.lines[2:] == ["two: bye", "one: bye"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may go before others")
async def test_a_part_goes_before_others_with_all_its_threads_once_it_is_ready() -> None:
    """One that starts has no sound to keep; a line's caller who hears music meanwhile has."""
    shown = "[os.getpriority(os.PRIO_PROCESS, int(thread)) for thread in os.listdir('/proc/self/task')]"
    script = (
        "import os, threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        f"print({shown}, 'is ready', flush=True)\nwhile os.getpriority(os.PRIO_PROCESS, 0) != -3: time.sleep(0.01)\n"
        f"time.sleep(0.1)\nprint({shown}, flush=True)\ntime.sleep(60)"
    )
    log, ours = Log(), os.getpriority(os.PRIO_PROCESS, 0)
    box = Supervisor([Part("one", (sys.executable, "-c", script), nice=-3)], log)
    await box.start()
    await log.wait_for("one: [-3, -3]")
    assert log.lines[0] == f"one: [{ours}, {ours}] is ready"
    await box.stop()


async def test_a_box_that_stops_while_a_part_is_being_made_leaves_nothing() -> None:
    box = Supervisor([part("one"), part("two")], Log())
    starting = asyncio.create_task(box.start())
    await asyncio.sleep(0)  # the keepers exist, their processes do not
    await asyncio.sleep(0)
    assert box.pids() == {"one": 0, "two": 0}
    await box.stop()
    with pytest.raises(DeskbellError, match="stopped while it started"):
        await starting
    assert box.pids() == {"one": 0, "two": 0}


async def test_a_part_that_is_killed_is_started_again() -> None:
    log = Log()
    box = Supervisor([part("one")], log)
    await box.start()
    first = box.pid("one")
    os.kill(first, signal.SIGKILL)
    await log.wait_for("one: one is ready", times=2)
    assert box.pid("one") not in (0, first)
    await box.stop()


async def test_a_part_that_cannot_start_is_reported_with_its_own_words_and_the_others_stop() -> None:
    box = Supervisor([part("one"), part("two", "print('port 5070 is taken'); raise SystemExit(3)")], Log())
    with pytest.raises(DeskbellError, match="two did not start; it said:\n  port 5070 is taken"):
        await box.start()
    assert box.pids() == {"one": 0, "two": 0}


async def test_a_probe_says_when_a_silent_part_is_ready() -> None:
    asked = []

    async def probe() -> bool:
        asked.append(1)
        return len(asked) == 3

    box = Supervisor([Part("silent", (sys.executable, "-c", "import signal; signal.pause()"), probe=probe)], Log())
    await box.start()
    assert len(asked) == 3
    await box.stop()


async def test_children_that_a_killed_part_leaves_behind_are_cleared_away_before_it_starts_again() -> None:
    has_a_child = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    log = Log()
    box = Supervisor([part("one", has_a_child + STAYS)], log)
    await box.start()
    os.kill(box.pid("one"), signal.SIGKILL)
    await log.wait_for("one: one is ready", times=2)
    await box.stop()


async def test_parts_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\nfrom appliance.supervisor import Part, Supervisor\n"
        f"part = Part('one', (sys.executable, '-c', {STAYS.format(name='one')!r}))\n"
        "async def main():\n"
        "    box = Supervisor([part]); await box.start(); print('pid', box.pid('one'), flush=True); await box.run()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(10):
        while not (line := await process.stdout.readline()).startswith(b"pid "):
            assert line
        child = os.pidfd_open(int(line.split()[1]))
        process.kill()
        await process.communicate()
        gone = asyncio.Event()
        asyncio.get_running_loop().add_reader(child, gone.set)
        await gone.wait()  # the kernel says so through the pidfd
    asyncio.get_running_loop().remove_reader(child)
    os.close(child)
