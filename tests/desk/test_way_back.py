"""Emergency calls through the desk: placed whatever else is, told of, and called back (§3.10, D-12, I-18)."""

from pathlib import Path

from appliance import wire
from appliance.acd.view import Status
from appliance.wire import EndCause, Origin
from tests.support.desk_office import Box, running_box

EVERY_PHONE = ("101", "102", "103", "104")


async def emergency(box: Box, phone: str = "103") -> str:
    """This phone calls 119 and talks with the centre; returns the leg of the centre."""
    box.switch.rings(origin=Origin.PHONE, origin_id=phone, called="119")
    out = await box.switch.is_asked(wire.Dial, to="sip:119@192.0.2.10:5060")
    await box.until(lambda view: any("119" in alarm for alarm in box.desk.office.alarms()))
    return out.leg


async def ringing(box: Box, centre: str) -> dict[str, str]:
    """Every phone's leg while the centre calls back."""
    found = {}
    for phone in EVERY_PHONE:
        found[phone] = (await box.switch.is_asked(wire.Dial, leg=f"e{phone}-{centre}")).leg
    return found


async def test_r45_the_centre_calls_back_and_every_phone_rings(tmp_path: Path) -> None:
    """R-45, D-12: by the way the call went, with nobody on duty; the first who answers has it, the others stop."""
    async with running_box(tmp_path) as box:
        out = await emergency(box)
        box.switch.hangs_up(out)
        centre = box.switch.rings("0333333333", called="200")
        legs = await ringing(box, centre)
        dial = next(one for one in box.switch.commands(wire.Dial) if one.leg == legs["103"])
        assert (dial.to, dial.number) == ("sip:103@deskbell", "0333333333")
        assert box.switch.commands(wire.Dial)[1].leg == legs["103"], "whose call it was rings first"
        box.switch.answers(legs["102"])
        await box.switch.is_asked(wire.Bridge, a=centre, b=legs["102"])
        for other in ("101", "103", "104"):
            await box.switch.is_asked(wire.Hangup, leg=legs[other])
        assert box.view.waiting == ()
        assert box.switch.legs[centre].peer == legs["102"]
        box.switch.hangs_up(legs["102"])
        await box.is_status("suzuki", Status.OFF)
        assert centre not in box.switch.legs


async def test_another_trunk_is_not_the_centres_way(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        await emergency(box)
        box.switch.rings(origin=Origin.LINE, origin_id="line-1")
        await box.offered("101")
        assert not any(one.leg.startswith("e") for one in box.switch.commands(wire.Dial))


async def test_who_is_in_the_queue_already_is_not_the_centre(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        caller = box.switch.rings()
        await box.until(lambda view: bool(view.waiting))
        await emergency(box)
        assert not any(one.leg == f"e101-{caller}" for one in box.switch.commands(wire.Dial))
        assert box.view.waiting


async def test_the_centre_gives_up_and_no_phone_rings_on(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        await emergency(box)
        centre = box.switch.rings(called="200")
        legs = await ringing(box, centre)
        box.switch.hangs_up(centre)
        for leg in legs.values():
            await box.switch.is_asked(wire.Hangup, leg=leg)


async def test_nobody_can_be_rung_and_the_centre_is_told(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        await emergency(box)
        centre = box.switch.rings(called="200")
        for leg in (await ringing(box, centre)).values():
            box.switch.ends(leg, EndCause.UNREACHABLE, 480)
        assert (await box.switch.is_asked(wire.Hangup, leg=centre)).code == 480


async def test_the_way_back_outlives_the_seam(tmp_path: Path) -> None:
    """R-45, A-30: phones that ring go on ringing, and whoever answers has the call."""
    async with running_box(tmp_path) as box:
        await emergency(box)
        centre = box.switch.rings(called="200")
        legs = await ringing(box, centre)
        await box.switch.seam_breaks()
        await box.switch.is_asked(wire.AskSnapshot, count=2)
        await box.switch.is_connected()
        box.switch.answers(legs["101"])
        await box.switch.is_asked(wire.Bridge, a=centre, b=legs["101"])
        for other in ("102", "103", "104"):
            await box.switch.is_asked(wire.Hangup, leg=legs[other])
