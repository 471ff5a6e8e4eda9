"""What the page may ask of the desk about one agent: privacy for a queue, and why it rang."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.acd.view import Status
from appliance.api import Refusal
from tests.support.desk_office import running_box


async def test_u13_the_desk_says_why_it_rang_in_both_languages(tmp_path: Path) -> None:
    async with running_box(tmp_path, "suzuki") as box:
        box.switch.rings()
        await box.offered("102")
        assert box.desk.office.why("suzuki", "ja") == "固定順で1人中1番目（対象外: 佐藤=勤務外）。"
        assert box.desk.office.why("suzuki", "en") == "Number 1 of 1 by fixed order; not asked: 佐藤 off duty."
        assert box.desk.office.why("sato", "ja") == ""
        with pytest.raises(Refusal, match="no agent nobody"):
            box.desk.office.why("nobody", "ja")


async def test_a28_a_queue_kept_off_the_phone_rings_the_next_agent_and_duty_stays(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", "suzuki") as box:
        await box.desk.office.set_private("sato", "front", True, "page")
        sato = box.agent("sato")
        assert (sato.status, sato.private, sato.is_private_everywhere) == (Status.AVAILABLE, ("front",), True)
        box.switch.rings()
        await box.offered("102")
        assert "佐藤=このキューは受けない設定" in box.desk.office.why("suzuki", "ja")
        await box.desk.office.set_private("sato", "front", False, "page")
        assert replace(box.agent("sato"), since=sato.since, next_up=()) == replace(
            sato, private=(), is_private_everywhere=False, next_up=()
        )


async def test_privacy_for_a_queue_that_never_rings_there_is_refused(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        with pytest.raises(Refusal, match="in no queue back"):
            await box.desk.office.set_private("sato", "back", True, "page")
