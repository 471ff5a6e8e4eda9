"""The phone asks whom the box took off duty, between core and switch: ring, question, key, last word (T-nag, S-06)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import wire
from appliance.acd.view import Status
from appliance.desk.desk import running_desk
from appliance.desk.settings import DeskSettings
from appliance.wire import EndCause
from tests.desk.test_restarts import desk_again
from tests.support.desk_office import Box, running_box, settings
from tests.support.fake_switch import FakeSwitch


def soon(plan: DeskSettings) -> DeskSettings:
    """The phone asks almost at once."""
    return replace(plan, office=replace(plan.office, nag_s=0.05))


async def asked(box: Box) -> str:
    """sato declines a call, and the phone rings with the question: its leg."""
    box.switch.rings()
    box.switch.rejects(await box.offered("101"))
    leg = (await box.switch.is_asked(wire.Dial, to="sip:101@deskbell", name="勤務外(要確認)")).leg
    assert box.agent("sato").status is Status.OFF_PROMPT
    return leg


async def picked_up(box: Box) -> str:
    leg = await asked(box)
    box.switch.answers(leg)
    await box.switch.is_asked(wire.Play, leg=leg, prompts=("off_duty_question",) * 2)
    await box.is_status("sato", Status.OFF_ON_CALL)
    return leg


@asynccontextmanager
async def left_alone(tmp_path: Path) -> AsyncIterator[tuple[Box, str]]:
    """A switch whose desk went while sato listened to the question."""
    plan = soon(settings(tmp_path))
    async with FakeSwitch(plan.switch_socket) as switch:
        async with running_desk(plan) as desk:
            await desk.link.is_ready.wait()
            box = Box(plan, switch, desk)
            await box.on_duty("sato")
            leg = await picked_up(box)
        await switch.is_left()
        yield box, leg


def said_to(box: Box, kind: type[wire.Play | wire.Hangup], leg: str) -> list[wire.Play | wire.Hangup]:
    return [one for one in box.switch.commands(kind) if one.leg == leg]


def times_rung(box: Box) -> int:
    return sum(one.to == "sip:101@deskbell" for one in box.switch.commands(wire.Dial))


@pytest.mark.parametrize(
    ("key", "said", "then"), [("1", "now_on_duty", Status.AVAILABLE), ("2", "now_off_duty", Status.OFF)]
)
async def test_t_nag_a_key_answers_is_confirmed_and_the_phone_is_hung_up(
    tmp_path: Path, key: str, said: str, then: Status
) -> None:
    async with running_box(tmp_path, "sato", change=soon) as box:
        leg = await picked_up(box)
        box.switch.presses(leg, "5")  # means nothing
        box.switch.presses(leg, key)
        await box.switch.is_asked(wire.Play, leg=leg, prompts=(said,))
        box.switch.prompt_ends(leg)
        await box.switch.is_asked(wire.Hangup, leg=leg)
        await box.is_status("sato", then)
        assert box.agent("sato").prompt == ""


async def test_t_nag_an_answer_on_the_page_hangs_up_the_phone_that_still_rings(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", change=soon) as box:
        leg = await asked(box)
        await box.desk.office.stay_off_duty("sato", "page")
        await box.switch.is_asked(wire.Hangup, leg=leg)
        assert said_to(box, wire.Play, leg) == []


async def test_t_nag_an_answer_on_the_page_is_said_to_who_listens(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", change=soon) as box:
        leg = await picked_up(box)
        await box.desk.office.go_on_duty("sato", "page")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("now_on_duty",))


async def test_t_nag_who_does_not_pick_up_is_not_rung_again(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", change=soon) as box:
        leg = await asked(box)
        rung = times_rung(box)
        box.switch.ends(leg, EndCause.NO_ANSWER)
        await box.until(lambda view: box.desk.control.acd.state.agents["sato"].nag == "")
        await asyncio.sleep(0.2)  # four times what it took the first time
        assert times_rung(box) == rung
        assert box.agent("sato").status is Status.OFF_PROMPT


async def test_t_nag_a_desk_that_comes_back_asks_on(tmp_path: Path) -> None:
    """A-30: the leg says whose question it is."""
    async with left_alone(tmp_path) as (box, leg), desk_again(box) as again:
        await again.switch.is_asked(wire.Play, leg=leg, prompts=("off_duty_question",) * 2, count=2)
        assert again.agent("sato").status is Status.OFF_ON_CALL
        again.switch.presses(leg, "1")
        await again.switch.is_asked(wire.Play, leg=leg, prompts=("now_on_duty",))
        again.switch.hangs_up(leg)
        await again.is_status("sato", Status.AVAILABLE)


async def test_t_nag_a_question_that_was_hung_up_while_the_desk_was_away_is_over(tmp_path: Path) -> None:
    async with left_alone(tmp_path) as (box, leg):
        box.switch.hangs_up(leg)
        async with desk_again(box) as again:
            await again.is_status("sato", Status.OFF_PROMPT)
            assert again.desk.control.acd.state.agents["sato"].nag == ""


@pytest.mark.parametrize("is_picked_up", [True, False])
async def test_t_nag_audits_find_nothing_wrong_with_a_question(
    tmp_path: Path, is_picked_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-17: the agent's call is the question's leg."""
    monkeypatch.setattr("appliance.desk.audit.EVERY_S", 0.05)
    async with running_box(tmp_path, "sato", change=soon) as box:
        leg = await (picked_up if is_picked_up else asked)(box)
        seen = len(box.switch.commands(wire.AskSnapshot))
        await box.switch.is_asked(wire.AskSnapshot, count=seen + 4)
        await box.desk.control.settled()
        assert box.desk.alarms.sentences() == ()
        assert said_to(box, wire.Hangup, leg) == []
