"""A running desk with revision C's fittings: from the contact to the core and back to the lamp."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.settings import SupervisorSettings
from appliance.acd.view import Status
from appliance.desk.contacts import ContactSettings
from appliance.desk.settings import PanelSettings
from hw.fittings import Kind, Spot
from hw.panel import Place, VirtualPanel
from tests.support.desk_office import BOARD, Box, running_box

REV_C = PanelSettings(BOARD.with_name("rev_c.toml"), "virtual", contacts=(ContactSettings("fire"),))
KEY, CLOSING_LAMP = Spot(Kind.CLOSING_KEY, "", "key"), Spot(Kind.CLOSING_KEY, "", "lamp")
FIRE, RECORD = Spot(Kind.CONTACT, "fire", "input"), Spot(Kind.RECORD_KEY, "1", "key")
TALLY, RELAY = Spot(Kind.RECORD_KEY, "1", "tally"), Spot(Kind.LIFELINE, "line-1", "relay")


def panel(box: Box) -> VirtualPanel:
    assert isinstance(box.desk.panel, VirtualPanel)
    return box.desk.panel


def touch(box: Box, place: Place, *, down: bool, ago: float = 0.0) -> None:
    panel(box).edge(place, down=down, at=time.monotonic() - ago)


def lit(box: Box) -> list[str]:
    return [spot.use for spot, on in panel(box).driven.items() if on and spot.kind is Kind.STACK_LIGHT]


async def test_the_closing_key_lets_nobody_new_in_and_latches_when_the_last_one_has_left(tmp_path: Path) -> None:
    """U-10: the key, the core and the lamp."""
    async with running_box(tmp_path, "sato", panel=REV_C) as box:
        await box.talking()
        waiting = box.switch.rings("0387654321")
        await box.until(lambda view: len(view.waiting) == 1)
        touch(box, KEY, down=True)
        await box.until(lambda view: view.held == "closing")
        late = box.switch.rings("0311111111")
        assert (await box.switch.is_asked(wire.Play, leg=late)).prompts == ("closed",)
        box.switch.hangs_up(late)
        assert len(box.view.waiting) == 1
        box.switch.hangs_up(waiting)
        await box.until(lambda view: view.held == "closed")
        assert panel(box).driven[CLOSING_LAMP]
        touch(box, KEY, down=False)
        await box.until(lambda view: view.held == "")
        assert not panel(box).driven[CLOSING_LAMP]


async def test_a_fire_contact_sends_everybody_off_duty_and_the_stack_light_says_so(tmp_path: Path) -> None:
    """U-11, U-02: the contact, the core and the beacon."""
    async with running_box(tmp_path, "sato", panel=REV_C) as box:
        assert lit(box) == ["green"]
        touch(box, FIRE, down=True)
        await box.until(lambda view: view.notices == ("fire",))
        assert (box.agent("sato").status, box.agent("sato").reason) == (Status.OFF, "evacuation")
        assert lit(box) == ["red"]
        touch(box, FIRE, down=False)
        await box.until(lambda view: view.notices == ())
        assert box.agent("sato").status is Status.OFF  # nobody is put on duty by it (D-03)


async def test_a_held_key_silences_the_recorder_and_the_tally_follows_what_is_committed(tmp_path: Path) -> None:
    """U-05: the key, the core, the switch and the tally."""
    async with running_box(tmp_path, "sato", panel=REV_C, pause_recording=True) as box:
        await box.talking()
        recording = (await box.switch.is_asked(wire.Record)).recording
        box.switch.recorder_writes(recording)
        await box.until(lambda view: view.agents[0].recording)
        touch(box, RECORD, down=True)
        assert (await box.switch.is_asked(wire.PauseRecording, recording=recording)).paused
        await box.until(lambda view: view.agents[0].paused)
        assert panel(box).driven[TALLY]
        assert box.desk.office.lamps()[0].pattern == "paused"
        touch(box, RECORD, down=False)
        await box.until(lambda view: not view.agents[0].paused)
        await box.switch.is_asked(wire.PauseRecording, recording=recording, paused=False)
        assert not panel(box).driven[TALLY]


async def test_a_long_press_on_a_call_rings_a_supervisor_whose_lamp_tells_it(tmp_path: Path) -> None:
    """U-08: the button, the core, the phone and both lamps."""
    async with running_box(tmp_path, "sato", panel=REV_C) as box:
        supervised = replace(box.plan.office, supervisors=(SupervisorSettings("suzuki", "鈴木", "102"),))
        box.desk.control.post(ev.Configured(supervised))
        await box.talking()
        touch(box, 1, down=True, ago=-0.8)  # T-guard: the call has only just begun
        touch(box, 1, down=False, ago=-2.1)
        await box.until(lambda view: view.agents[0].help_asked)
        assert (await box.switch.is_asked(wire.Dial, to="sip:102@deskbell")).name.startswith("SOS")
        assert [lamp.pattern for lamp in box.desk.office.lamps()[:2]] == ["help_asked", "help_called"]


async def strobes(box: Box) -> None:
    """The blue light comes on: it flashes, and is dark again perhaps by the time that we look."""
    async with asyncio.timeout(2):
        while "blue" not in lit(box):
            await asyncio.sleep(0.01)


async def test_an_emergency_call_is_told_by_the_blue_strobe_which_a_new_desk_goes_on_with(tmp_path: Path) -> None:
    """U-02, D-07: the strobe begins with the call, and is drawn from what is committed."""
    async with running_box(tmp_path, "sato", panel=REV_C) as box:
        assert "blue" not in lit(box)
        box.switch.rings("101", origin=wire.Origin.PHONE, origin_id="101", called="119")
        await box.switch.is_asked(wire.Dial)
        await strobes(box)
    async with running_box(tmp_path, panel=REV_C) as box:
        await strobes(box)


async def test_a_line_without_its_process_stays_with_the_plain_phone(tmp_path: Path) -> None:
    """U-06: nothing pulses the relay."""
    async with running_box(tmp_path, "sato", panel=REV_C) as box:
        assert not panel(box).driven[RELAY]
        assert panel(box).driven[Spot(Kind.LIFELINE, "line-1", "lamp")]


async def test_a_caller_on_hold_is_seen_on_the_lamp_until_the_agent_is_back(tmp_path: Path) -> None:
    """S-M3: what the phone does, through the core."""
    async with running_box(tmp_path, "sato", panel=REV_C) as box:
        _, offer = await box.talking()
        box.switch.holds(offer)
        await box.until(lambda view: view.agents[0].held_since > 0)
        assert box.desk.office.lamps()[0].pattern == "held"
        box.switch.holds(offer, held=False)
        await box.until(lambda view: view.agents[0].held_since == 0)
        assert box.desk.office.lamps()[0].pattern != "held"
