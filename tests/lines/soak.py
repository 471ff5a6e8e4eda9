"""`python -m tests.lines.soak [MINUTES]`: four lines in real time, call after call, and what is left of them (F35).

The real lines process and the real simulator, a switch of raw sockets. Every call is one of four kinds by chance:
hung up by the caller in some way of exchanges, by the switch, given up while it rings, or refused. It prints a table
and ends with 1 when a line stuck, memory grew by 10 MB, or the cards ran dry more than once per line and hour.

A card runs dry by its own thread's lateness (`Punctuality` says so), by the machine's (a port that nobody uses,
`idle_port`, was late at the same moment), or else by ours: only those count, each is printed.
"""

import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hw.sim import CallerState, HangUp, SimulatorError
from hw.sim.client import RemoteCaller, SimClient
from hw.sim.counts import OWN_CLOCK
from hw.sim.eventlog import CardEvent, What
from hw.sim.oracle import UNEVEN, violations
from hw.sim.verbs import SoundSpec
from tests.lines.fake_switch import Call, FakeSwitch, tone
from tests.lines.running import Process, Rig

LINES = 4
TOLD = 6  # lines of the log that are told with a trouble
NEAR = 0.1  # seconds: what was late so shortly before a card ran dry made it so
WARM_UP = 60.0  # seconds before memory is measured: libraries load what they need
HEARD_HANG_UPS = (HangUp.BUSY_TONE, HangUp.LOOP_DROP, HangUp.DIAL_TONE, HangUp.REVERSAL, HangUp.REORDER_TONE)


@dataclass
class Tally:
    """What one line lived through."""

    calls: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    slowest_hang_up: float = 0.0


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def cpu_s(pid: int) -> float:
    """Processor seconds a process has used."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / 100


class LineLife(threading.Thread):
    """Callers of one line, one after another, until `until`."""

    def __init__(self, rig: Rig, switch: FakeSwitch, number: int, until: float, log: list[str]) -> None:
        super().__init__(daemon=True)
        self.tally = Tally()
        self._client = SimClient(rig.folder / "sim.sock")
        self._card, self._switch = self._client.card(number), switch
        self._name, self._until = f"line{number + 1}", until
        self._chance, self._seen, self._log = random.Random(number), 0, log
        self._caller: RemoteCaller | None = None

    def run(self) -> None:
        while time.monotonic() < self._until:
            kind = self._chance.choice(["caller", "caller", "switch", "given up", "refused"])
            try:
                self._one(kind)
                self.tally.calls[kind] += 1
            except (AssertionError, SimulatorError) as wrong:  # a thread that ended would say nothing
                story = "; ".join([line for line in self._log if self._name in line][-TOLD:])
                self.tally.troubles.append(f"{self._name}, {kind}: {wrong}; the line said last: {story}")
                self._clear()
            time.sleep(self._chance.uniform(2.5, 5.0))
        self._client.close()

    def _one(self, kind: str) -> None:
        caller = self._card.ring("0312345678", voice=SoundSpec("tone", (1100,), -20.0, seconds=2.0))
        self._caller = caller
        assert caller.state is CallerState.RINGING, f"the line was {caller.state.value}"
        call = self._next_call()
        if kind == "given up":
            caller.give_up()
            assert self._switch.wait_end(call, 15.0) == "CANCEL"
        elif kind == "refused":
            self._switch.refuse(call, "603 Decline")
            caller.give_up()
        else:
            self._talk(kind, caller, call)
        assert self._card.wait_hook(False, 20.0), "the line stuck off-hook"

    def _clear(self) -> None:
        """Whoever is still there leaves, so that one trouble is told once."""
        if self._caller is not None:
            with contextlib.suppress(SimulatorError):
                self._caller.hang_up()
        time.sleep(10.0)

    def _talk(self, kind: str, caller: RemoteCaller, call: Call) -> None:
        self._switch.answer(call)
        assert caller.wait_for(CallerState.CONNECTED, 8.0), f"not connected but {caller.state.value}"
        time.sleep(self._chance.uniform(3.0, 20.0))
        begun = time.monotonic()
        if kind == "switch":
            self._switch.hang_up(call)
        else:
            caller.hang_up(self._chance.choice(HEARD_HANG_UPS))
            self._switch.wait_end(call, 15.0)
            self.tally.slowest_hang_up = max(self.tally.slowest_hang_up, time.monotonic() - begun)

    def _next_call(self) -> Call:
        until = time.monotonic() + 15.0
        while time.monotonic() < until:
            mine = [call for call in self._switch.calls if f"sip:{self._name}@" in call.invite.uri]
            if len(mine) > self._seen:
                self._seen = len(mine)
                return mine[-1]
            time.sleep(0.05)
        raise AssertionError("no INVITE within 15 s")


@contextlib.contextmanager
def real_time() -> Iterator[None]:
    """Whom we start meanwhile begins as `CPUSchedulingPolicy=rr` of a unit has it begin, where we may."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def main(minutes: float) -> int:
    """Live so long; the exit status."""
    folder, switch = Path(tempfile.mkdtemp(prefix="soak")), FakeSwitch(say=tone(1000, 1.0))
    with real_time():
        rig, idle = Rig(folder, cards=LINES), Process("tests.lines.idle_port")
    try:
        return _live(rig, switch, minutes * 60, idle)
    finally:
        idle.stop(signal.SIGKILL)
        rig.close()
        switch.die()


def _live(rig: Rig, switch: FakeSwitch, seconds: float, idle: Process) -> int:
    with real_time():
        process = rig.lines(switch.address)
    pid, begun = process.child.pid, time.monotonic()
    lives = [LineLife(rig, switch, number, begun + seconds, process.lines) for number in range(LINES)]
    for life in lives:
        life.start()
    warm = 0.0
    while any(life.is_alive() for life in lives):
        time.sleep(5.0)
        warm = warm or (rss_mb(pid) if time.monotonic() - begun > min(WARM_UP, seconds / 3) else 0.0)
        switch.spoken_at.clear()
        for call in switch.calls[: -2 * LINES]:
            call.heard.clear()
            call.arrivals.clear()
    grown, used = rss_mb(pid) - warm, cpu_s(pid)
    late = [line.split() for line in idle.lines if line[:1].isdigit()]
    return _report(
        rig, lives, [(float(due), float(by)) for due, by in late], time.monotonic() - begun, warm, grown, used
    )


class Dry:
    """Every moment in which a card ran dry, by whose lateness; and what is wrong with a card's story but for that."""

    def __init__(self, stories: list[list[CardEvent]], held_up: list[tuple[float, float]]) -> None:
        """`stories` are the cards' logs; `held_up` is when something of the idle port was due, and how late it came."""
        self._held_up = held_up
        self.by: dict[str, list[str]] = {"the lines": [], OWN_CLOCK: [], "the machine": []}
        for number, story in enumerate(stories, 1):
            for event in story:
                if event.what is What.RAN_DRY:
                    told = f"line{number}, {event.sample / 8000:.2f} s after off-hook: {event.detail}"
                    self.by[self._whose(event)].append(told)

    def wrongs(self, events: list[CardEvent]) -> list[str]:
        """What a driver never does; but a stream that was held up need not be even."""
        excused = [event.at for event in events if event.what is What.RAN_DRY and self._whose(event) != "the lines"]
        begun = [event.at for event in events if event.what is What.STREAM_STARTED]
        found = []
        for sentence in violations(events):
            over = float(sentence.partition(":")[0])
            since = max((at for at in begun if at < over), default=over)
            if UNEVEN not in sentence or not any(since <= at <= over for at in excused):
                found.append(sentence)
        return found

    def _whose(self, event: CardEvent) -> str:
        if event.detail.startswith(OWN_CLOCK):
            return OWN_CLOCK
        is_held_up = any(due <= event.at <= due + late + NEAR for due, late in self._held_up)
        return "the machine" if is_held_up else "the lines"


def _report(
    rig: Rig, lives: list[LineLife], held_up: list[tuple[float, float]], lived: float, warm: float, grown: float,
    used: float,
) -> int:  # fmt: skip
    stats = [rig.client.card(number).stats for number in range(LINES)]
    stories = [_events(rig, number) for number in range(LINES)]
    dry = Dry(stories, held_up)
    calls = sum((life.tally.calls for life in lives), Counter())
    troubles = [trouble for life in lives for trouble in life.tally.troubles]
    wrongs = [wrong for story in stories for wrong in dry.wrongs(story)]
    stuck = sum(one.is_off_hook for one in stats)
    ours, line_hours = len(dry.by["the lines"]), LINES * lived / 3600
    print(f"\n{LINES} lines, {lived / 60:.1f} min, {calls.total()} calls: {dict(calls)}")
    print(f"  stuck lines           {stuck}   (0)")
    print(f"  memory                {warm:.1f} MB, grown by {grown:+.1f} MB   (< 10)")
    print(f"  underruns             {ours}, {ours / line_hours:.2f} per line and hour   (<= 1)")
    print(f"  overruns              {sum(one.overruns for one in stats)}")
    print(f"  slowest hang-up heard {max(life.tally.slowest_hang_up for life in lives):.2f} s   (4)")
    print(f"  longest off-hook      {max(one.longest_off_hook for one in stats):.1f} s")
    print(f"  processor             {100 * used / lived:.1f} % of a core for all lines")
    card, port = max(one.latest_tick for one in stats), max((late for _, late in held_up), default=0.0)
    print(f"  late at worst         a card's own clock {1000 * card:.0f} ms, a port of nobody's {1000 * port:.0f} ms")
    for whose, stories in dry.by.items():
        print(f"  dry by {whose}: {len(stories)}")
        for story in stories:
            print(f"    {story}")
    for sentence in (*troubles, *wrongs):
        print(f"  TROUBLE: {sentence}")
    return int(bool(stuck or troubles or wrongs or grown >= 10 or ours > line_hours))


def _events(rig: Rig, number: int) -> list[CardEvent]:
    told = rig.client.card(number).events()
    return [CardEvent(one.at, one.sample, What(one.what), one.detail) for one in told]


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0))
