"""What the page says of phones that cannot be rung: the lamp of such an agent winks, and the page says why (S-M2)."""

from pathlib import Path

from appliance.acd import events as ev
from appliance.acd.view import AgentView, Status
from appliance.api import PhoneTrouble
from appliance.desk.phones import Phones
from appliance.edge.rpc import Registration
from tests.support.desk_office import Box, running_box


def agent(name: str, phone: str, status: Status) -> AgentView:
    return AgentView(name, "", phone, 0, status, 0.0)


def registered(user: str, source: str) -> Registration:
    return Registration(user, "sip:x", source, 60, "fake")


def test_a_phone_that_is_nowhere_and_one_that_is_silent_are_told_apart_and_others_are_in_no_trouble() -> None:
    phones = Phones()
    phones.seen([registered("102", "sip:192.168.1.20:5060"), registered("104", "sip:phone.example")])
    agents = (
        agent("sato", "101", Status.UNREACHABLE),
        agent("suzuki", "102", Status.UNREACHABLE),
        agent("kato", "103", Status.OFF),
        agent("mori", "104", Status.UNREACHABLE),
    )
    assert phones.troubles(agents) == (
        PhoneTrouble("sato", ""),
        PhoneTrouble("suzuki", "192.168.1.20"),
        PhoneTrouble("mori", "sip:phone.example"),
    )
    phones.seen([])
    assert phones.troubles(agents[1:2]) == (PhoneTrouble("suzuki", ""),)


def looks(box: Box, *found: Registration) -> None:
    """The desk looks at the registrar and finds these."""
    for see in box.desk.edge.registrations_seen:
        see(list(found))


async def test_s_m2_the_page_is_told_what_is_wrong_with_the_phone_of_who_is_on_duty(tmp_path: Path) -> None:
    """S-M2: phone unreachable, a diagnosis; who is off duty needs none."""
    async with running_box(tmp_path, "sato") as box:
        assert box.desk.office.phone_troubles() == ()
        box.desk.control.post(ev.PhoneLost("sato"))
        box.desk.control.post(ev.PhoneLost("suzuki"))
        await box.is_status("sato", Status.UNREACHABLE)
        assert box.desk.office.phone_troubles() == (PhoneTrouble("sato", ""),)
        looks(box, registered("101", "sip:192.168.1.20"))
        assert box.desk.office.phone_troubles() == (PhoneTrouble("sato", "192.168.1.20"),)
        box.desk.control.post(ev.PhoneFound("sato"))
        await box.is_status("sato", Status.AVAILABLE)
        assert box.desk.office.phone_troubles() == ()
