"""What people get wrong and what breaks, each with the sentence that is printed, and what goes on in spite of it."""

import contextlib
import os
import pty
import signal
import socket
import sqlite3
import subprocess
import tty
import wave
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from appliance.config import load
from appliance.selftest.page import Page
from appliance.selftest.sound import listen
from appliance.selftest.whole_box import Wish, whole_box
from appliance.state import LAYOUT
from hw.panel import open_panel
from hw.pins import BoardError
from tests.support.baresip import until
from tests.support.commands import Command, office_toml, sockets_in
from tests.system.conftest import AGENT_HZ, SIP_HZ, Office, heard_for, is_heard

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


def box_in(folder: Path, file: Path) -> Command:
    """`deskbell run` with that office's file and a state directory in the folder."""
    return Command("run", "--config", str(file), "--state", str(folder / "state"))


async def alarm_of(page: Page, start: str) -> str:
    """The alarm on the page that begins so, as soon as there is one."""
    shown = await page.until(lambda now: any(one.startswith(start) for one in now.office["alarms"]), start)
    return next(one for one in shown.office["alarms"] if one.startswith(start))


# --- the office's file


async def test_an_unknown_key_stops_the_start_and_the_nearest_known_one_is_named(open_folder: Path) -> None:
    file = office_toml(open_folder, '[[queues]]\nid = "back"\nnumber = "201"\nagents = ["a1"]\nring_sec = 15')
    async with box_in(open_folder, file) as box:
        assert await box.ends() == 2
    assert box.text == f"deskbell: {file}: unknown key `queues.ring_sec`; did you mean `queues.ring_s`?"
    assert not (open_folder / "state").exists(), "nothing was begun"


async def test_every_mistake_of_a_file_is_told_at_once(open_folder: Path) -> None:
    file = office_toml(open_folder, '[offcie]\nname = "x"\n[recordings]\nreserve = 1')
    async with box_in(open_folder, file) as box:
        assert await box.ends() == 2
    assert "unknown key `offcie`; did you mean `office`?" in box.text
    assert "unknown key `recordings.reserve`; did you mean `recordings.reserve_mb`?" in box.text


async def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    async with box_in(tmp_path, tmp_path / "no.toml") as box:
        assert await box.ends() == 2
    assert f"{tmp_path}/no.toml: cannot be read (No such file or directory)" in box.text


# --- the panel


@pytest.fixture
def clashing_board(open_folder: Path) -> Path:
    """Revision A, but with the button of seat 2 on the pin of seat 1's red lamp."""
    board = open_folder / "clash.toml"
    board.write_text(
        (resources.files("hw") / "boards" / "rev_a.toml").read_text().replace("button = 10", "button = 17")
    )
    return board


def clash(board: Path) -> str:
    """What is to be said about that board."""
    return f"{board.name}: button of seat 2 uses GPIO17, already taken by red of seat 1"


def test_two_seats_on_one_pin_are_refused_by_the_panel_with_both_users_named(clashing_board: Path) -> None:
    with pytest.raises(BoardError) as told:
        open_panel(clashing_board, "virtual")
    assert clash(clashing_board) in str(told.value)


async def test_two_seats_on_one_pin_cost_the_lamps_and_not_the_calls(clashing_board: Path) -> None:
    async with whole_box(Wish(lines=0, board=str(clashing_board))) as box:
        page = await box.open_page()
        alarm = await alarm_of(page, "The panel is off: ")
        assert clash(clashing_board) in alarm
        await box.logged("The panel is off: .*GPIO17, already taken by red of seat 1")
        await page.order("a1", "go-on-duty")
        await page.leave()


# --- the line


@pytest.fixture
def silent_device(open_folder: Path) -> Iterator[Path]:
    """A serial device that takes everything and never answers."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    link = open_folder / "silent"
    link.symlink_to(os.ttyname(theirs))
    yield link
    os.close(ours)
    os.close(theirs)


def one_line(device: Path) -> Wish:
    """An office whose only line has that device."""
    return Wish(lines=0, more=f'[[lines]]\nid = "line-1"\ndevice = "{device}"\nqueue = "front"')


@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        ("missing", "is not there: no modem is plugged in at that port"),
        ("silent", "it does not answer AT with OK: not a modem"),
    ],
)
async def test_a_line_without_a_modem_is_down_with_a_sentence_and_sip_callers_are_served(
    open_folder: Path, silent_device: Path, device: str, sentence: str
) -> None:
    async with whole_box(one_line(open_folder / device)) as box:
        page = await box.open_page()
        office = Office(box, page, open_folder)
        try:
            shown = await page.until(lambda now: now.office["lines"][0]["state"] == "fault", "the fault", 30)
            assert sentence in shown.office["lines"][0]["alarm"]
            assert await alarm_of(page, "Line line-1: ") == f"Line line-1: {shown.office['lines'][0]['alarm']}"
            await office.on_duty("a1")
            caller = await office.sip_caller()
            await office.phones["a1"].wait_for("CALL_INCOMING")
            await office.phones["a1"].answer()
            await heard_for(caller.ear.heard, AGENT_HZ[0], 1.0)
            await office.phones["a1"].hang_up()
            await caller.finished()
        finally:
            await office.everybody_leaves()
            await page.leave()


# --- ports


@contextlib.contextmanager
def held(address: str) -> Iterator[None]:
    """Somebody else has this address, for UDP and for TCP."""
    host, _, port = address.rpartition(":")
    with contextlib.ExitStack() as both:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            taken = both.enter_context(socket.socket(socket.AF_INET, kind))
            taken.bind((host, int(port)))
            if kind == socket.SOCK_STREAM:
                taken.listen()
        yield


@pytest.mark.parametrize("name", ["sip", "switch", "lines", "page"])
async def test_a_port_in_use_is_named_and_nothing_is_left_running(open_folder: Path, name: str) -> None:
    file = office_toml(open_folder, lines=[open_folder / "no-modem"])
    address = str(getattr(load(file).network, name))
    with held(address):
        async with box_in(open_folder, file) as box:
            assert await box.ends(timeout_s=40) == 2
            assert box.left_behind() == {}
    [sentence] = [line for line in box.output if line.startswith("deskbell:")]
    assert "did not start; it said:" in sentence
    told = box.text[box.text.index("deskbell:") :]
    assert address.rpartition(":")[2] in told, told
    assert "Traceback" not in box.text
    assert sockets_in(open_folder / "state") == []


# --- the state directory


async def test_a_state_directory_of_a_newer_deskbell_is_refused_untouched(open_folder: Path) -> None:
    state = open_folder / "state"
    state.mkdir()
    (state / "version").write_text(f"{LAYOUT + 1}\n")
    async with box_in(open_folder, office_toml(open_folder)) as box:
        assert await box.ends() == 2
    assert f"was laid out by a newer Deskbell (version {LAYOUT + 1}, this one knows {LAYOUT})" in box.text
    assert [path.name for path in state.iterdir()] == ["version"]
    assert (state / "version").read_text() == f"{LAYOUT + 1}\n"


async def test_a_database_of_a_newer_deskbell_is_refused_and_nothing_is_left_running(open_folder: Path) -> None:
    state = open_folder / "state"
    state.mkdir(mode=0o751)
    with contextlib.closing(sqlite3.connect(state / "deskbell.sqlite")) as database:
        database.execute("PRAGMA user_version = 999")
    async with box_in(open_folder, office_toml(open_folder)) as box:
        assert await box.ends(timeout_s=40) == 2
        assert box.left_behind() == {}
    assert "999" in box.text[box.text.index("deskbell:") :], box.text
    assert "newer" in box.text
    assert "Traceback" not in box.text


async def test_a_second_box_on_the_same_state_is_refused_and_the_first_goes_on(open_folder: Path) -> None:
    file = office_toml(open_folder)
    async with box_in(open_folder, file) as first:
        await first.says("the office is open")
        async with box_in(open_folder, file) as second:
            assert await second.ends() == 2
        assert f"{open_folder / 'state'}: another Deskbell runs in it" in second.text
        assert first.process.returncode is None
        assert await first.ends(signal.SIGTERM) == 0


# --- the disk


@pytest.mark.wish(Wish(lines=0, reserve_mb=10**9))
async def test_on_a_disk_below_its_reserve_nothing_is_recorded_and_people_talk(office: Office) -> None:
    await office.on_duty("a1")
    caller = await office.sip_caller()
    await office.phones["a1"].wait_for("CALL_INCOMING")
    await office.phones["a1"].answer()
    assert (await alarm_of(office.page, "Recording ")).endswith("is short or missing: disk full")
    await heard_for(caller.ear.heard, AGENT_HZ[0], 1.0)
    await heard_for(office.phones["a1"].heard, SIP_HZ, 1.0)
    await office.phones["a1"].hang_up()
    await caller.finished()
    is_heard(caller.ear.heard(), AGENT_HZ[0])
    is_heard(office.phones["a1"].heard(), SIP_HZ)


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """The folder is a file system of its own, of that size; skips the test where that is not allowed."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a file system of its own needs root and the right to mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.wish(Wish(lines=0, reserve_mb=4))
async def test_a_disk_that_fills_ends_the_recording_and_not_the_conversation(office: Office) -> None:
    """R-42: the call goes on."""
    with small_disk(office.box.recordings, 8):
        await office.on_duty("a1")
        caller = await office.sip_caller()
        await office.phones["a1"].wait_for("CALL_INCOMING")
        await office.phones["a1"].answer()
        await heard_for(caller.ear.heard, AGENT_HZ[0], 2.0)
        (office.box.recordings / "somebody's film").write_bytes(bytes(5_000_000))
        assert (await alarm_of(office.page, "Recording ")).endswith("is short or missing: disk full")
        [(left, right)] = await office.recordings()
        is_heard(left, AGENT_HZ[0])
        is_heard(right, SIP_HZ)
        before = len(caller.ear.packets)
        await until(lambda: len(caller.ear.packets) > before + 100, "the conversation goes on")
        await office.phones["a1"].hang_up()
        await caller.finished()
        is_heard(caller.ear.heard(), AGENT_HZ[0], 4.0)
        is_heard(office.phones["a1"].heard(), SIP_HZ, 4.0)
        [row] = (await office.page.get("/api/recordings"))["recordings"]
        assert row["cause"] == "disk full"
        assert row["seconds"] == pytest.approx(len(left) / 8000, abs=0.1)


async def test_recordings_torn_by_a_power_cut_are_mended_at_the_next_start(open_folder: Path) -> None:
    """R-30: recordings too."""
    part = open_folder / "state" / "recordings" / "torn.part"
    part.mkdir(parents=True)
    (open_folder / "state").chmod(0o751)
    for channel, hz in (("left", AGENT_HZ[0]), ("right", SIP_HZ)):
        _write_torn(part / f"{channel}.wav", hz)
    async with box_in(open_folder, office_toml(open_folder)) as box:
        await box.says("the office is open")
        mended = part.with_suffix(".wav")
        await until(mended.exists, "the recording is whole")
        with wave.open(str(mended)) as file:
            assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert listen(samples[::2], AGENT_HZ[0]).length_s == pytest.approx(3.0, abs=0.05)
        assert listen(samples[1::2], SIP_HZ).length_s == pytest.approx(3.0, abs=0.05)
        await until(lambda: not part.exists(), "its parts are cleared away")
        assert await box.ends(signal.SIGTERM) == 0


def _write_torn(path: Path, hz: float) -> None:
    """Three seconds of a tone under the header of an earlier second, ending in half a sample."""
    tone = (9000 * np.sin(2 * np.pi * hz * np.arange(24_000) / 8000)).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(tone[:16_000])
    with path.open("ab") as more:
        more.write(tone[16_000:] + b"\x01")
