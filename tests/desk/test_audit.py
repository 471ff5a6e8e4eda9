"""The desk finds its own faults and heals them, by itself and against the switch, without touching a conversation."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.view import Status
from appliance.wire import EndCause
from tests.support.desk_office import Box, running_box


def healed(tmp_path: Path) -> list[str]:
    """The violations that the journal says were healed, in order."""
    with sqlite3.connect(tmp_path / "deskbell.sqlite") as database:
        rows = database.execute("SELECT body FROM journal WHERE kind = 'Healed' ORDER BY seq").fetchall()
    return [sentence for (body,) in rows for sentence in json.loads(body)["violations"]]


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits follow each other closely."""
    monkeypatch.setattr("appliance.desk.audit.EVERY_S", 0.05)


async def audited(box: Box, times: int = 3) -> None:
    """Wait until the switch was asked for so many more snapshots, and what they said is handled."""
    seen = len(box.switch.commands(wire.AskSnapshot))
    await box.switch.is_asked(wire.AskSnapshot, count=seen + times)
    await box.desk.control.settled()


async def test_a_fault_of_the_engine_is_healed_alarmed_counted_and_in_the_journal(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        state = box.desk.control.acd.state
        del state.offers[state.agents["sato"].offer]  # a bug: the agent talks with nobody for ever
        box.desk.control.post(ev.PhoneFound("suzuki"))
        await box.until(lambda view: view.agents[0].status is not Status.ON_CALL)
        await box.desk.control.settled()
        assert state.healed == len(healed(tmp_path)) > 0
        assert "found a fault of its own and healed it" in "".join(box.desk.alarms.sentences())
        assert box.desk.control.acd.violations() == ()


async def test_a_fault_that_cannot_be_healed_does_not_spin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_box(tmp_path) as box:
        acd = box.desk.control.acd
        monkeypatch.setattr(type(acd), "violations", lambda self: ("I-01: a fault that stays",))
        box.desk.control.post(ev.PhoneFound("suzuki"))
        await box.desk.control.settled()
        assert healed(tmp_path) == ["I-01: a fault that stays"]
        assert "cannot heal" in "".join(box.desk.alarms.sentences())


@pytest.mark.usefixtures("_soon")
async def test_audits_of_an_office_at_work_change_nothing(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", "suzuki") as box:
        await box.talking()
        box.switch.rings("0311110002")
        await box.offered("102")
        waiting = box.switch.rings("0311110003")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        box.switch.rings("103", origin=wire.Origin.PHONE, origin_id="103", called="0312340000")
        seq = (await box.until(lambda view: len(view.waiting) == 2 or len(view.calls) == 2)).seq
        asked = [one for _, one in box.switch.asked if not isinstance(one, wire.AskSnapshot)]
        await audited(box, 5)
        assert [one for _, one in box.switch.asked if not isinstance(one, wire.AskSnapshot)][: len(asked)] == asked
        assert healed(tmp_path) == []
        assert box.view.seq >= seq
        assert box.desk.alarms.sentences() == ()
        assert box.switch.commands(wire.Hangup) == []


@pytest.mark.usefixtures("_soon")
async def test_i17_a_conversation_whose_legs_are_gone_unheard_ends_within_two_audits(tmp_path: Path) -> None:
    """T-recon, R-31: a lost BYE is found out."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        del box.switch.legs[caller], box.switch.legs[offer]  # the switch forgot to say so
        await box.is_status("sato", Status.WRAP_UP)
        await box.desk.control.settled()
        assert box.view.calls == ()
        assert any("has no leg" in sentence for sentence in healed(tmp_path))
        assert box.desk.control.acd.state.healed == len(healed(tmp_path))


@pytest.mark.usefixtures("_soon")
async def test_i17_an_agents_own_call_on_no_leg_is_over(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        leg = box.switch.rings("101", origin=wire.Origin.PHONE, origin_id="101", called="103")
        await box.is_status("sato", Status.ON_CALL)
        for one in (leg, f"x-{leg}"):
            await box.switch.is_asked(wire.Dial, leg=f"x-{leg}")
            del box.switch.legs[one]
        await box.is_status("sato", Status.AVAILABLE)


@pytest.mark.usefixtures("_soon")
async def test_a_phone_that_rings_for_nobody_is_hung_up(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        box.switch.rings()
        offer = await box.offered("101")
        lost = "o999." + offer.partition(".")[2]
        box.switch._dial(wire.Dial(lost, "sip:102@deskbell", "", "", 60.0, 60.0))
        await box.switch.is_asked(wire.Hangup, leg=lost)
        await audited(box)
        assert [one.leg for one in box.switch.commands(wire.Hangup)] == [lost]
        box.switch.ends(offer, EndCause.NO_ANSWER)
        await asyncio.wait_for(box.is_status("sato", Status.OFF_PROMPT), 5)


@pytest.mark.usefixtures("_soon")
async def test_a_promised_callback_has_no_leg_and_is_no_fault(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", no_agent_s=60.0) as box:
        await box.talking()
        leg = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=leg)
        box.desk.control.post(ev.PowerReturned(10.0))  # callers become promises (U-07)
        await box.desk.control.settled()
        promised = [one.contact for one in box.desk.control.acd.state.contacts.values() if one.callback is not None]
        assert promised
        if leg in box.switch.legs:
            box.switch.hangs_up(leg)
        await audited(box, 4)
        assert not [sentence for sentence in healed(tmp_path) if any(name in sentence for name in promised)]
        assert set(promised) <= set(box.desk.control.acd.state.contacts)


@pytest.mark.usefixtures("_soon")
async def test_a_call_that_an_agent_places_is_no_fault_however_long_it_rings(tmp_path: Path) -> None:
    """I-17, S-11: nobody has picked up, so the contact is on no leg of its own yet."""
    async with running_box(tmp_path, "sato") as box:
        leg = box.switch.rings("101", origin=wire.Origin.PHONE, origin_id="101", called="0355550000")
        second = (await box.switch.is_asked(wire.Dial, leg=f"x-{leg}")).leg
        await box.is_status("sato", Status.ON_CALL)
        await audited(box)
        box.switch.answers(second)
        await box.until(lambda view: any(call.talking for call in view.calls))
        await audited(box)
        assert healed(tmp_path) == []
        assert box.switch.legs[second].peer == leg


@pytest.mark.usefixtures("_soon")
async def test_i17_a_call_that_no_leg_dials_any_more_is_over_and_the_phone_is_told(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        leg = box.switch.rings("101", origin=wire.Origin.PHONE, origin_id="101", called="0355550000")
        await box.switch.is_asked(wire.Dial, leg=f"x-{leg}")
        await box.is_status("sato", Status.ON_CALL)
        del box.switch.legs[f"x-{leg}"]
        await box.is_status("sato", Status.AVAILABLE)
        await box.switch.is_asked(wire.Hangup, leg=leg)
        assert any("dialled by no leg" in sentence for sentence in healed(tmp_path))
