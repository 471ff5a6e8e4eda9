"""The caller's keys reach the switch once each, whoever heard them."""

import asyncio

import pytest

from appliance import wire
from appliance.lines.facts import SwitchGone
from appliance.lines.keys import WINDOW, Keys, Witness
from appliance.media.dtmf import tones
from hw.sim import CallerState
from tests.lines.bench import LineBench
from tests.lines.running import Rig
from tests.support.fake_desk import FakeDesk
from tests.support.running_switch import RunningSwitch, switch_settings

NUMBER = "0312345678*#9911"


def talking(tmp_path, **port: str) -> LineBench:
    bench = LineBench(tmp_path, **port)
    bench.ring("NMBR = 0312345678")
    bench.run(1.0)
    bench.answered()
    bench.run(0.5)
    bench.sound = b""
    return bench


def speak(bench: LineBench, keys: str, chip: str = "") -> None:
    """Keys in band, 0.2 s each; the modem's chip reports those of `chip` in its own time."""
    for place, key in enumerate(keys):
        said = tones(key).replace(b"\x10", b"\x10\x10")
        for at in range(0, len(said), 80):
            bench.says(said[at : at + 80])
            if at == 480 and chip[place : place + 1].strip():
                bench.says(b"\x10/\x10" + chip[place].encode() + b"\x10~")
            bench.run(0.01)
    bench.run(0.1)


def test_keys_in_the_sound_are_pressed_on_the_leg_once_each(tmp_path):
    bench = talking(tmp_path)
    speak(bench, NUMBER)
    assert bench.trunk.pressed == NUMBER


def test_a_chip_that_hears_them_too_confirms_and_does_not_double_them(tmp_path):
    bench = talking(tmp_path)
    speak(bench, NUMBER, chip=NUMBER)
    assert bench.trunk.pressed == NUMBER


def test_a_key_that_only_the_chip_heard_is_not_believed(tmp_path):
    bench = talking(tmp_path)
    bench.says(b"\x10/\x105\x10~")
    bench.run(0.5)
    assert bench.trunk.pressed == ""


def test_a_chip_that_mutes_keys_is_believed_where_the_line_says_so(tmp_path):
    bench = talking(tmp_path, keys="modem")
    bench.says(b"\x10/\x105\x10~")
    bench.run(0.5)
    speak(bench, "12", chip="1 ")
    assert bench.trunk.pressed == "51"


def test_keys_pressed_while_the_switch_is_gone_are_lost(tmp_path):
    bench = talking(tmp_path)
    bench.fact(SwitchGone())
    speak(bench, "123")
    assert bench.trunk.pressed == ""


@pytest.mark.parametrize("first", list(Witness))
@pytest.mark.parametrize("apart", [0, WINDOW])
def test_two_reports_within_120_ms_are_one_key_in_either_order(first, apart):
    second = next(one for one in Witness if one is not first)
    keys = Keys()
    assert keys.report("7", first, 1000) + keys.report("7", second, 1000 + apart) == "7"
    assert "heard by both 1, by our detector alone 0, by the modem alone 0" in keys.figures(5000)


def test_reports_further_apart_or_of_other_keys_are_told_in_the_figures():
    keys = Keys()
    assert keys.figures(0) == ""
    pressed = keys.report("7", Witness.MODEM, 1000) + keys.report("7", Witness.AUDIO, 1001 + WINDOW)
    pressed += keys.report("8", Witness.MODEM, 9000) + keys.report("9", Witness.AUDIO, 9000)
    assert pressed == "79"
    assert "heard by both 0, by our detector alone 2, by the modem alone 2" in keys.figures(9000)


async def test_a_callers_keys_come_out_of_a_real_switch_once_each(tmp_path):
    (tmp_path / "line").mkdir()
    rig = Rig(tmp_path / "line")
    try:
        async with (
            RunningSwitch(tmp_path / "switch", switch_settings(tmp_path / "switch")) as switch,
            FakeDesk(switch.socket) as desk,
        ):
            await asyncio.to_thread(rig.lines, switch.settings.sip)
            caller = await asyncio.to_thread(rig.card.ring, "0312345678")
            leg = (await desk.hears(wire.Incoming)).leg
            desk.ask(wire.Hold(leg))
            assert await asyncio.to_thread(caller.wait_for, CallerState.CONNECTED, 5.0)
            assert await asyncio.to_thread(caller.wait_heard, 1.0, 5.0), "before that the line settles"
            pressed = "5A*#99"
            caller.send_digits(pressed, on=0.08, off=0.08)
            while len(desk.of(wire.Digit)) < len(pressed):
                await desk.hears(wire.Digit, since=len(desk.told))
            caller.send_digits("*")
            await desk.hears(wire.Digit, since=len(desk.told))
            assert "".join(event.digit for event in desk.of(wire.Digit, leg=leg)) == pressed + "*"
    finally:
        await asyncio.to_thread(rig.close)
