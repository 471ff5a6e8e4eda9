"""The measurements: each function makes the box do one thing and times it from the outside.

All moments are CLOCK_MONOTONIC of the process where the thing happened; on one machine that is one clock. Delays from
mouth to ear include the phones' own 20 ms frames and jitter buffers.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from appliance.selftest.figures import Report
from appliance.selftest.page import Moment, Page
from appliance.selftest.people import AGENT_HZ, CALLER_HZ, People
from appliance.selftest.processes import cpu_seconds, memory_mb
from appliance.selftest.sip_phone import SipPhone
from appliance.selftest.sound import Heard, listen, onset, read_wav
from appliance.selftest.starving import Lateness
from appliance.selftest.whole_box import WholeBox
from hw.sim.client import RemoteCaller
from hw.sim.verbs import SoundSpec

ROUNDS = 7
PROBE_HZ = (1400, 1800)  # every tone is a multiple of 50 Hz, so that none shows in another's 20 ms frames
LINE_HZ = 600
LOUD = 3000
SOUND_WITHIN_S = 8.0


@dataclass(slots=True)
class Bench:
    """The box, the page, the people, the report that fills, and whether the machine keeps up."""

    box: WholeBox
    page: Page
    people: People
    report: Report
    lateness: Lateness


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation: the caller's call and the agent's."""

    call: int
    agent_call: int


async def button_and_lamp(bench: Bench) -> None:
    """Button press → lamp, as the page shows the panel: the press goes in and the lamp comes out by HTTP."""
    delays = []
    for round_number in range(2 * ROUNDS):
        wanted = "off" if round_number % 2 else "available"
        sent = await bench.page.press(1)
        moment = await bench.page.until(_lamp_is(wanted), f"the lamp says {wanted}")
        delays.append(1000 * (moment.at - sent))
    bench.report.figure("button press -> lamp", "ms", delays, 100)


async def offers_and_first_sound(bench: Bench) -> None:
    """Caller INVITE → agent INVITE, agent 200 → caller hears agent, agent free → next waiting caller offered."""
    to_agent, to_sound, to_next = [], [], []
    people = bench.people
    first, dialled = await people.call()
    ring = await people.rings(dialled)
    to_agent.append(1000 * (ring["at"] - dialled))
    for _ in range(ROUNDS):
        answered_at = time.monotonic()
        people.agents.order("answer", call=ring["call"])
        await people.talking(first, ring["call"])
        await bench.page.status("a1", "on_call")
        second, _ = await people.call()
        await bench.page.until(lambda now: len(now.waiting) == 1, "the next caller waits")
        arrived = await _arrival(people.callers, first, AGENT_HZ, answered_at)
        accepted = await people.agents.wait("state", call=ring["call"], state="connecting", after=answered_at)
        to_sound.append(1000 * (arrived - accepted["at"]))
        freed = time.monotonic()
        people.agents.order("hangup", call=ring["call"])
        ring = await people.rings(freed)
        to_next.append(1000 * (ring["at"] - freed))
        first = second
    people.callers.order("hangup", call=first)
    await bench.page.status("a1", "available")
    for _ in range(ROUNDS):
        call, dialled = await people.call()
        to_agent.append(1000 * ((await people.rings(dialled))["at"] - dialled))
        people.callers.order("hangup", call=call)
        await bench.page.status("a1", "available")
    bench.report.figure("caller INVITE -> agent INVITE", "ms", to_agent, 15)
    bench.report.figure("agent 200 -> caller hears agent", "ms", to_sound, 60)
    bench.report.figure("agent free -> next caller offered", "ms", to_next, 15)


async def sip_conversation(bench: Bench) -> None:
    """A conversation between two SIP phones: delay both ways, level and silence at both ears."""
    people = bench.people
    call, dialled = await people.call()
    ring = await people.rings(dialled)
    people.agents.order("answer", call=ring["call"])
    await people.talking(call, ring["call"])
    await asyncio.sleep(2.0)  # conversation
    await _ear(bench, people.callers, call, AGENT_HZ, "caller's ear (SIP)")
    await _ear(bench, people.agents, ring["call"], CALLER_HZ, "agent's ear (SIP caller)")
    there = await _delays(people.callers, call, people.agents, ring["call"])
    back = await _delays(people.agents, ring["call"], people.callers, call)
    bench.report.figure("one-way delay SIP caller -> agent", "ms", there, 60)
    bench.report.figure("one-way delay agent -> SIP caller", "ms", back, 60)
    people.agents.order("hangup", call=ring["call"])
    await bench.page.status("a1", "available")


async def line_conversation(bench: Bench) -> None:
    """A conversation with a caller on the analogue line: delay both ways, level and silence at both ears."""
    assert bench.box.sim is not None
    people, card = bench.people, bench.box.sim.card(0)
    began = time.monotonic()
    caller = await asyncio.to_thread(card.ring, "0698765432", None, SoundSpec("tone", (LINE_HZ,), level=-9.0))
    ring = await people.rings(began)
    people.agents.order("answer", call=ring["call"])
    await people.agents.wait("state", call=ring["call"], state="confirmed")
    assert await asyncio.to_thread(caller.wait_heard, 3.0, 15.0), "the caller on the line heard nothing for 15 s"
    await _ear(bench, people.agents, ring["call"], LINE_HZ, "agent's ear (line caller)")
    heard = await asyncio.to_thread(caller.heard)
    found = listen(heard.samples, AGENT_HZ)
    bench.report.fact(
        "caller's ear (line)", found.silent_frames == 0 and found.level > LOUD, _words(found.level, found.silent_frames)
    )
    there, back = [], []
    for round_number in range(ROUNDS):
        hz = PROBE_HZ[round_number % 2]
        spoke = await asyncio.to_thread(caller.say, SoundSpec("tone", (float(hz),), level=-9.0))
        there.append(1000 * (await _arrival(people.agents, ring["call"], hz, spoke) - spoke))
        sent = await _change_tone(people.agents, ring["call"], hz)
        back.append(1000 * (await _arrival_on_line(caller, hz, sent) - sent))
    bench.report.figure("one-way delay line caller -> agent", "ms", there, 160)
    bench.report.figure("one-way delay agent -> line caller", "ms", back, 160)
    people.agents.order("hangup", call=ring["call"])
    assert await asyncio.to_thread(card.wait_hook, False, 5.0), "the line is on-hook after the call"
    await bench.page.status("a1", "available")


async def recordings(bench: Bench) -> None:
    """Both channels of the recordings of the last two long conversations, one with SIP and one with the line."""
    for hz, name in ((CALLER_HZ, "SIP"), (LINE_HZ, "line")):
        try:
            agent, caller = await _recording_with(bench.box.recordings, hz)
        except TimeoutError:
            bench.report.fact(f"recording of the {name} conversation", False, "none was found within 10 s")
        else:
            _recorded(bench, f"recording, agent's channel ({name})", agent)
            _recorded(bench, f"recording, caller's channel ({name})", caller)


async def start_talking(bench: Bench, agents: Iterable[int]) -> list[Talk]:
    """Agents with these numbers go on duty one by one, each answers a caller and both talk until `end_of`."""
    return [await _start_talking(bench, number) for number in agents]


async def load(bench: Bench, talks: list[Talk], seconds: float = 6.0) -> None:
    """CPU of the switch for bridged and recorded conversations, and the sound in each of them."""
    pid, pairs = bench.box.supervisor.pid("switch"), len(talks)
    before, began = cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)  # the load itself
    used = 100 * (cpu_seconds(pid) - before) / (time.monotonic() - began)
    bench.report.figure("switch CPU", "%", [used])
    bench.report.figure("switch CPU per recorded pair", "%", [used / pairs], 0.6 if pairs >= 40 else 0.0)
    faults = await _faults_at_ears(bench.people, talks, began)
    bench.report.fact(f"{2 * pairs} ears under load", not faults, "; ".join(faults[:4]) or "no silent frame")


async def end_of(bench: Bench, talks: list[Talk]) -> None:
    """Everybody hangs up, and every recording is whole."""
    for talk in talks:
        bench.people.agents.order("hangup", call=talk.agent_call)
    await bench.page.until(lambda now: not now.office["calls"], "all conversations ended", 30)
    newest = await _newest_recordings(bench.box.recordings, len(talks))
    excused = bench.lateness.frames()
    faults = [fault for path in newest for fault in _faults_in(path, excused)]
    if len(newest) != len(talks):
        faults.append(f"{len(newest)} of {len(talks)} recordings were found")
    bench.report.fact(f"{len(talks)} recordings under load", not faults, "; ".join(faults[:4]) or "no silent frame")


def cost(bench: Bench) -> None:
    """Memory of every process, and the time the box took to be ready."""
    total = 0.0
    for name, pid in bench.box.supervisor.pids().items():
        used = memory_mb(pid)
        total += used
        bench.report.figure(f"memory of {name}", "MB", [used])
    bench.report.figure("memory of all processes", "MB", [total], 180)
    bench.report.figure("start-up until ready", "s", [bench.box.started_s], 4)


def _lamp_is(pattern: str) -> Callable[[Moment], bool]:
    return lambda now: now.lamp(1) == pattern


def _is_found(agent: str) -> Callable[[Moment], bool]:
    return lambda now: now.status(agent) != "unreachable"


async def _start_talking(bench: Bench, number: int) -> Talk:
    people = bench.people
    await bench.page.until(_is_found(f"a{number}"), "the agent's phone is registered")
    await bench.page.order(f"a{number}", "go-on-duty")
    call, dialled = await people.call()
    ring = await people.rings(dialled)
    people.agents.order("answer", call=ring["call"])
    await people.talking(call, ring["call"])
    await _arrival(people.callers, call, AGENT_HZ, dialled)
    return Talk(call, ring["call"])


async def _faults_at_ears(people: People, talks: list[Talk], since: float) -> list[str]:
    faults = []
    for place, talk in enumerate(talks, 1):
        for phone, call, who in ((people.callers, talk.call, "caller"), (people.agents, talk.agent_call, "agent")):
            heard = await phone.hear(call, since=since)
            if heard["silent"] or heard["level"] < LOUD:
                faults.append(f"{who} {place}: {_words(heard['level'], heard['silent'])}")
    return faults


async def _newest_recordings(folder: Path, count: int) -> list[Path]:
    """The newest `count` recordings, oldest first, once none is in the making."""
    async with asyncio.timeout(20):
        while _are_in_the_making(folder):
            await asyncio.sleep(0.05)  # files are being merged
    return _finished(folder)[-count:]


def _are_in_the_making(folder: Path) -> bool:
    return any(True for _ in folder.glob("*.part"))


def _finished(folder: Path) -> list[Path]:
    """Whole recordings, oldest first; their names stay once they are there."""
    return sorted(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)


def _faults_in(path: Path, excused: int) -> list[str]:
    """What is wrong in the two channels of a recording; `excused` silent frames are nobody's fault."""
    heard = [listen(samples, hz) for samples, hz in zip(read_wav(path), (AGENT_HZ, CALLER_HZ), strict=True)]
    return [
        f"{path.name} at {one.hz:g} Hz: {_words(one.level, one.silent_frames)}"
        for one in heard
        if one.silent_frames > excused or one.level < LOUD
    ]


async def _recording_with(folder: Path, hz: int) -> tuple[Heard, Heard]:
    """Agent's and caller's channel of the newest finished recording with more than 1.5 s of the caller's tone."""
    async with asyncio.timeout(10):
        while True:
            for path in reversed(_finished(folder)):
                left, right = read_wav(path)
                caller = listen(right, hz)  # its edges alone can look like another tone, but not like a loud one
                if caller.length_s > 1.5 and caller.level > LOUD:
                    return listen(left, AGENT_HZ), caller
            await asyncio.sleep(0.05)  # the last file is being merged


async def _ear(bench: Bench, phone: SipPhone, call: int, hz: int, name: str) -> None:
    heard = await phone.hear(call, [hz])
    tone = heard["tones"].get(str(hz), {"level": 0.0, "first_at": 0.0})
    inside = await phone.hear(call, [hz], since=tone["first_at"])
    is_so = tone["level"] > LOUD and inside["silent"] == 0
    bench.report.fact(name, is_so, _words(tone["level"], inside["silent"]))


def _recorded(bench: Bench, name: str, found: Heard) -> None:
    is_so = found.level > LOUD and found.silent_frames <= bench.lateness.frames()
    bench.report.fact(name, is_so, _words(found.level, found.silent_frames))


def _words(level: float, silent: int) -> str:
    return f"amplitude {level:.0f}, {silent} silent frames"


async def _delays(mouth: SipPhone, mouth_call: int, ear: SipPhone, ear_call: int) -> list[float]:
    delays = []
    for round_number in range(ROUNDS):
        hz = PROBE_HZ[round_number % 2]
        spoke = await _change_tone(mouth, mouth_call, hz)
        delays.append(1000 * (await _arrival(ear, ear_call, hz, spoke) - spoke))
    return delays


async def _change_tone(phone: SipPhone, call: int, hz: int) -> float:
    asked = time.monotonic()
    phone.order("tone", call=call, hz=hz)
    return float((await phone.wait("spoke", call=call, hz=hz, after=asked))["at"])


async def _arrival(phone: SipPhone, call: int, hz: int, since: float) -> float:
    limit = time.monotonic() + SOUND_WITHIN_S
    while time.monotonic() < limit:
        heard = await phone.hear(call, [hz], since=since)
        if first := heard["tones"].get(str(hz), {}).get("first_at"):
            return float(first)
        await asyncio.sleep(0.05)  # sound is on its way
    raise AssertionError(f"{hz} Hz did not arrive at phone {phone.settings.user} within {SOUND_WITHIN_S:g} s")


async def _arrival_on_line(caller: RemoteCaller, hz: int, since: float) -> float:
    limit = time.monotonic() + SOUND_WITHIN_S
    while time.monotonic() < limit:
        heard = await asyncio.to_thread(caller.heard)
        skip = max(0, int((since - heard.first_at) * heard.rate))
        if (began := onset(heard.samples[skip:], hz)) >= 0:
            return float(heard.first_at + skip / heard.rate + began)
        await asyncio.sleep(0.05)  # sound is on its way
    raise AssertionError(f"{hz} Hz did not arrive at the caller on the line within {SOUND_WITHIN_S:g} s")
