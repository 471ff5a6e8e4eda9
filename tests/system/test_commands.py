"""The commands as a person types them: what they print, what they exit with, and that they leave nothing behind."""

import asyncio
import json
import signal
import socket
import sys
import time
from importlib import resources
from pathlib import Path

import pytest

from appliance.config import load, parse
from appliance.config_docs import commented_example
from appliance.selftest.page import Page
from appliance.selftest.ports import free_port
from appliance.selftest.whole_box import secret_of
from tests.support.commands import Command, office_toml, sockets_in

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

GRACE_S = 10.0


async def test_without_a_command_it_prints_help_and_is_content() -> None:
    async with Command() as help_:
        assert await help_.ends() == 0
    for word in ("run", "start", "config", "doctor", "demo", "selftest"):
        assert word in help_.text


async def test_config_prints_an_example_that_can_be_used_as_it_is() -> None:
    async with Command("config") as command:
        assert await command.ends() == 0
    assert command.text.strip() == commented_example().strip()
    assert parse(command.text, "the example").network.sip


async def test_config_prints_the_effective_configuration_and_it_loads_to_the_same(open_folder: Path) -> None:
    file = office_toml(open_folder, lines=[Path("/dev/ttyACM9")])
    async with Command("config", "--config", str(file)) as command:
        assert await command.ends() == 0
    assert secret_of("301") not in command.text, "secrets stay in the file"
    shown = command.text.replace("(19 characters)", secret_of("301"))
    assert parse(shown, "the effective configuration") == load(file)


async def test_doctor_says_found_expected_and_how_to_mend_and_warnings_do_not_fail_it(open_folder: Path) -> None:
    file = office_toml(open_folder, lines=[open_folder / "no-modem"])
    async with Command("doctor", "--config", str(file), "--state", str(open_folder)) as doctor:
        status = await doctor.ends(timeout_s=60)
    assert "128 calls at once, found by trying" in doctor.text
    assert "warn  line-1" in doctor.text
    assert "no-modem is not there or not ours to open" in doctor.text
    assert "plug the modem in" in doctor.text
    assert status == ("FAIL" in doctor.text), doctor.text


async def test_doctor_names_both_users_of_a_pin_and_a_seat_without_a_button(open_folder: Path) -> None:
    ours = (resources.files("hw") / "boards" / "rev_a.toml").read_text(encoding="utf-8")
    (open_folder / "clash.toml").write_text(ours.replace("button = 10", "button = 17"))
    more = '[[agents]]\nid = "a2"\nphone = "301"\nseat = 7\n[[queues]]\nid = "back"\nnumber = "291"\nagents = ["a2"]'
    file = office_toml(open_folder, more)
    async with Command("doctor", "--config", str(file)) as doctor:
        await doctor.ends(timeout_s=60)
    assert "give these another seat, 0 for none: a2 (seat 7)" in doctor.text
    mode = 'mode = "virtual"'
    file.write_text(file.read_text().replace(mode, f'{mode}\nboard = "{open_folder}/clash.toml"'))
    async with Command("doctor", "--config", str(file)) as doctor:
        await doctor.ends(timeout_s=60)
    assert "button of seat 2 uses GPIO17, already taken by red of seat 1" in doctor.text


async def test_doctor_exits_with_1_for_a_configuration_with_mistakes(open_folder: Path) -> None:
    file = office_toml(open_folder, '[[agents]]\nid = "a2"\nphone = "302"')
    async with Command("doctor", "--config", str(file)) as doctor:
        assert await doctor.ends(timeout_s=60) == 1
    assert "FAIL  configuration" in doctor.text
    assert "agent a2 names phone '302', which does not exist; did you mean '301'?" in doctor.text


async def test_a_process_of_the_box_can_be_started_alone_and_stops_when_asked(open_folder: Path) -> None:
    file = office_toml(open_folder)
    async with Command("start", "switch", "--config", str(file), "--state", str(open_folder / "state")) as switch:
        await switch.says(r"^ready$")
        assert sockets_in(open_folder / "state"), "the seam is open"
        assert await switch.ends(signal.SIGTERM) == 0
    assert not switch.left_behind()


async def test_a_process_that_the_configuration_does_not_have_is_told_in_a_sentence(open_folder: Path) -> None:
    file = office_toml(open_folder)
    async with Command("start", "lines", "--config", str(file), "--state", str(open_folder / "state")) as lines:
        assert await lines.ends() == 2
    assert "has no lines process; add a [[lines]] table to have one" in lines.text


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_run_opens_the_office_and_a_signal_ends_every_process_and_socket(
    open_folder: Path, by: signal.Signals
) -> None:
    file, state = office_toml(open_folder, lines=[open_folder / "no-modem"]), open_folder / "state"
    async with Command("run", "--config", str(file), "--state", str(state)) as box:
        await box.says("the office is open: SIP .* ready in")
        assert len(box.note_family()) >= 5, "the supervisor and four processes"
        told = [words for line in box.output for words in ("The edge has the secrets", "desk ready") if words in line]
        assert told == ["The edge has the secrets", "desk ready"], "a phone that comes at once can register"
        began = time.monotonic()
        assert await box.ends(by) == 0
        assert time.monotonic() - began < GRACE_S
        assert box.left_behind() == {}
        assert sockets_in(state) == []


async def test_a_killed_supervisor_takes_its_processes_with_it(open_folder: Path) -> None:
    file, state = office_toml(open_folder), open_folder / "state"
    async with Command("run", "--config", str(file), "--state", str(state)) as box:
        await box.says("the office is open")
        await box.ends(signal.SIGKILL)
        async with asyncio.timeout(GRACE_S):
            while box.left_behind():
                await asyncio.sleep(0.05)  # they get SIGTERM from the kernel
    async with Command("run", "--config", str(file), "--state", str(state)) as again:
        await again.says("the office is open")
        assert await again.ends(signal.SIGTERM) == 0


async def test_selftest_prints_json_alone_on_stdout_and_is_content_when_everything_is_so() -> None:
    command = (sys.executable, "-P", "-m", "appliance", "selftest", "--json")
    selftest = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(90):
        said, _ = await selftest.communicate()
    report = json.loads(said)
    assert report["pairs"] == 1
    assert report["well"], [fact for fact in report["facts"] if not fact["so"]]
    assert selftest.returncode == 0
    assert {"button press -> lamp", "switch CPU per recorded pair"} <= {figure["name"] for figure in report["figures"]}


async def test_the_demo_can_be_tried_from_its_page_and_ctrl_c_ends_all_of_it() -> None:
    async with Command("demo", "--page", f"127.0.0.1:{free_port()}") as demo:
        link = await demo.says(r"The box is open .* Open (http://[\d.:]+/)\?code=([A-Z0-9-]+)", timeout_s=40)
        page = await Page.enter(link[1], link[2])
        await page.until(lambda now: now.status("a1") != "unreachable", "the agent's phone is found")
        assert page.now.office["behaviours"] == {"a1": "answer", "a2": "answer", "a3": "answer"}
        await page.press(1)
        await page.status("a1", "available")
        await page.outside("ring-sip")
        await page.status("a1", "ringing")
        await page.outside("ring-line")
        await page.until(lambda now: len(now.office["calls"]) + len(now.waiting) == 2, "a SIP and a line caller")
        await page.status("a1", "on_call")
        await page.until(lambda now: len(now.waiting) == 1, "the line caller waits")
        await page.outside("hang-up")
        await page.until(lambda now: not now.office["calls"] and not now.waiting, "the callers have hung up")
        await page.status("a1", "wrap_up")
        began = time.monotonic()
        assert await demo.ends(signal.SIGINT) == 0
        assert time.monotonic() - began < GRACE_S
        await page.leave()
        assert "Traceback" not in demo.text
        assert demo.left_behind() == {}


async def test_a_demo_whose_page_is_taken_says_so_and_leaves_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = f"127.0.0.1:{holder.getsockname()[1]}"
        async with Command("demo", "--page", address) as demo:
            assert await demo.ends(timeout_s=40) == 2
        assert f"the page's address {address} is taken" in demo.text
        assert demo.left_behind() == {}
