"""Feature codes (S-M1): what each asks for, and that what is said afterwards was committed."""

from pathlib import Path

import pytest

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.settings import QueueSettings
from appliance.acd.view import AgentView, OfficeView, Status, WaitingView
from appliance.desk.feature_codes import CODES, MOST_COUNTED, Dialled, dialled, spoken, waiting
from appliance.wire import Origin
from tests.support.desk_office import Box, running_box

QUEUES = (QueueSettings("front", "受付", "200", ("sato",)), QueueSettings("other", "", "201", ("suzuki",)))
PROMPTS = Path(__file__).parents[2] / "appliance" / "prompts"


def agent(status: Status, **fields: object) -> AgentView:
    return AgentView("sato", "佐藤", "101", 1, status, 0.0, **fields)  # type: ignore[arg-type]


# --- what is dialled


@pytest.mark.parametrize(
    ("number", "is_read_as"),
    [
        ("*51", Dialled("*51")),
        ("*523", Dialled("*52", "3")),
        ("*57200", Dialled("*57", "200")),
        ("*5212", None),
        ("*512", None),
        ("*57x", None),
        ("*58200", Dialled("*58", "200")),
        ("*5x", None),
        ("*5", None),
        ("101", None),
    ],
)
def test_a_code_is_read(number: str, is_read_as: Dialled | None) -> None:
    assert dialled(number) == is_read_as


@pytest.mark.parametrize(
    ("number", "view", "event"),
    [
        ("*50", agent(Status.OFF), ev.DutyOn("sato", "*50")),
        ("*50", agent(Status.OFF_PROMPT), ev.DutyOn("sato", "*50")),
        ("*50", agent(Status.AVAILABLE), ev.DutyOff("sato", "*50")),
        ("*50", agent(Status.ON_CALL), ev.DutyOff("sato", "*50")),
        ("*50", agent(Status.ON_CALL, pending="off"), ev.DutyOn("sato", "*50")),
        ("*50", agent(Status.OFF_ON_CALL), ev.DutyOn("sato", "*50")),
        ("*50", agent(Status.OFF_ON_CALL, pending="on"), ev.DutyOff("sato", "*50")),
        ("*51", agent(Status.AVAILABLE), ev.DutyOn("sato", "*51")),
        ("*52", agent(Status.AVAILABLE), ev.DutyOff("sato", "*52")),
        ("*52", agent(Status.OFF_PROMPT), ev.StayedOff("sato", "*52")),
        ("*522", agent(Status.AVAILABLE), ev.DutyOff("sato", "*52", "lunch")),
        ("*529", agent(Status.AVAILABLE), None),
        ("*520", agent(Status.AVAILABLE), None),
        ("*54", agent(Status.WRAP_UP), ev.WrapUpEnded("sato", "*54")),
        ("*54", agent(Status.AVAILABLE), None),
        ("*57200", agent(Status.AVAILABLE), ev.PrivacyChanged("sato", "front", True, "*57")),
        ("*57200", agent(Status.AVAILABLE, private=("front",)), ev.PrivacyChanged("sato", "front", False, "*57")),
        ("*57999", agent(Status.AVAILABLE), None),
        ("*59", agent(Status.AVAILABLE), None),
    ],
)
def test_a_code_asks_for(number: str, view: AgentView, event: ev.Event | None) -> None:
    """S-M1 partly: without *53, *56, *58 and *60."""
    asked = dialled(number)
    assert asked is not None
    assert CODES[asked.code].wish(asked, view, {"200": "front"}) == event


# --- what is said


@pytest.mark.parametrize(
    ("number", "view", "prompts"),
    [
        ("*51", agent(Status.AVAILABLE), ("now_on_duty",)),
        ("*50", agent(Status.OFF), ("now_off_duty",)),
        ("*52", agent(Status.ON_CALL, pending="off"), ("status_pending_off",)),
        ("*51", agent(Status.UNREACHABLE), ("status_unreachable",)),
        ("*54", agent(Status.AVAILABLE), ("status_available",)),
        ("*57200", agent(Status.AVAILABLE, private=("front",)), ("now_private",)),
        ("*57200", agent(Status.AVAILABLE), ("not_private",)),
        ("*59", agent(Status.WRAP_UP), ("status_wrap_up", "waiting_2")),
        ("*59", agent(Status.OFF_ON_CALL), ("status_off", "waiting_2")),
    ],
)
def test_what_a_code_says_is_what_is_so(number: str, view: AgentView, prompts: tuple[str, ...]) -> None:
    """S-M1 partly: without *53, *56, *58 and *60."""
    callers = tuple(WaitingView(name, 1, queue, "", "", "", 0.0) for name, queue in
                    (("a", "front"), ("b", "other"), ("c", "front")))  # fmt: skip
    asked = dialled(number)
    assert asked is not None
    assert spoken(asked, view, OfficeView(1, 0.0, (view,), callers), QUEUES) == prompts


def test_whatever_a_code_may_say_can_be_said_in_both_languages() -> None:
    said = {"not_possible", "now_on_duty", "now_off_duty", "now_private", "not_private"}
    said |= {waiting(number) for number in range(MOST_COUNTED + 5)}
    for status in Status:
        for pending in ("", "off"):
            view = agent(status, pending=pending)
            said |= set(spoken(Dialled("*59"), view, OfficeView(1, 0.0, (view,)), QUEUES))
    missing = [name for name in said for language in ("ja", "en") if not (PROMPTS / language / f"{name}.wav").exists()]
    assert not missing


# --- in the running desk


async def heard(box: Box, number: str, phone: str = "101") -> tuple[str, ...]:
    """Dial a code and return what the phone hears; then the call is over."""
    leg = box.switch.rings(phone, origin=Origin.PHONE, origin_id=phone, called=number)
    play = await box.switch.is_asked(wire.Play, leg=leg)
    box.switch.prompt_ends(leg)
    await box.switch.is_asked(wire.Hangup, leg=leg)
    return play.prompts


async def test_a_phone_puts_its_agent_on_and_off_duty_and_hears_so_once_it_is_committed(tmp_path: Path) -> None:
    """S-M1 partly: without *53, *56, *58 and *60."""
    async with running_box(tmp_path) as box:
        await box.is_status("sato", Status.OFF)
        assert await heard(box, "*51") == ("now_on_duty",)
        assert box.agent("sato").status is Status.AVAILABLE
        assert await heard(box, "*522") == ("now_off_duty",)
        assert (box.agent("sato").status, box.agent("sato").reason) == (Status.OFF, "lunch")


async def test_status_is_told_without_changing_anything(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        seq = box.view.seq
        assert await heard(box, "*59") == ("status_available", "waiting_0")
        assert box.view.seq == seq
        assert box.agent("sato").status is Status.AVAILABLE  # the code's call is no call of the agent


async def test_a_code_of_a_phone_that_is_no_agents_is_not_possible(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        assert await heard(box, "*51", "103") == ("not_possible",)


async def test_who_hangs_up_before_the_prompt_still_did_it(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        leg = box.switch.rings("101", origin=Origin.PHONE, origin_id="101", called="*51")
        box.switch.hangs_up(leg)
        await box.is_status("sato", Status.AVAILABLE)
        assert await heard(box, "*59") == ("status_available", "waiting_0")  # whatever was to be said before has been
        assert [play.leg for play in box.switch.commands(wire.Play) if play.leg == leg] == []


async def test_a_prompt_that_ends_on_anybody_elses_leg_hangs_up_nobody(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, _ = await box.talking()
        box.switch.prompt_ends(caller)
        assert await heard(box, "*59", "102") == ("status_off", "waiting_0")
        assert caller not in [hangup.leg for hangup in box.switch.commands(wire.Hangup)]
