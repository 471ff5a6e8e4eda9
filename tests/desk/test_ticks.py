"""What people tick on the page: kept for each alone, in force at once and after a restart (S-43)."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.api import Refusal
from appliance.desk.alerts import Reader, Subject
from appliance.desk.mail import MailSettings
from appliance.desk.notices import NoticeSettings
from appliance.desk.settings import DeskSettings
from appliance.errors import StorageError
from appliance.storage.store import Store
from tests.support.desk_office import running_box
from tests.support.mail_server import MailServer

NEW = "new@example.jp"
READERS = (
    Reader("sato@example.jp", frozenset({Subject.VOICEMAIL}), frozenset({"front"}), "sato", "佐藤"),
    Reader("", frozenset(), frozenset(), "kato", "加藤"),
)


def with_mail(plan: DeskSettings, server: str = "127.0.0.1:9") -> DeskSettings:
    mail = MailSettings(server, "deskbell@example.jp", "none")
    return replace(plan, mail=mail, notices=NoticeSettings(READERS))


async def test_s43_what_is_ticked_is_one_persons_alone_and_outlives_the_desk(tmp_path: Path) -> None:
    async with running_box(tmp_path, change=with_mail) as box:
        alerts = box.desk.office.alerts
        assert [(one.person, one.mail, one.ticked) for one in await alerts.people()] == [
            ("sato", "sato@example.jp", ("voicemail",)),
            ("kato", "", ()),
        ]
        await alerts.tick("kato", f" {NEW} ", ("emergency", "line"), "page")
    async with running_box(tmp_path, change=with_mail) as box:
        assert [(one.name, one.mail, one.ticked) for one in await box.desk.office.alerts.people()] == [
            ("佐藤", "sato@example.jp", ("voicemail",)),
            ("加藤", NEW, ("line", "emergency")),
        ]
        await box.desk.office.alerts.tick("kato", "", (), "page")
    async with running_box(tmp_path, change=with_mail) as box:
        assert (await box.desk.office.alerts.people())[1].mail == ""


@pytest.mark.parametrize(
    ("person", "mail", "ticked", "sentence"),
    [
        ("nobody", NEW, ("line",), "nobody called nobody"),
        ("kato", NEW, ("weather",), "told of weather; voicemail, waiting"),
        ("kato", "kato", ("line",), "'kato' is no mail address"),
        ("kato", "", ("line",), "加藤 has no mail address"),
    ],
)
async def test_s43_ticks_that_cannot_be_are_refused_with_a_sentence(
    tmp_path: Path, person: str, mail: str, ticked: tuple[str, ...], sentence: str
) -> None:
    async with running_box(tmp_path, change=with_mail) as box:
        before = await box.desk.office.alerts.people()
        with pytest.raises(Refusal, match=sentence):
            await box.desk.office.alerts.tick(person, mail, ticked, "page")
        assert await box.desk.office.alerts.people() == before


async def test_s43_without_a_mail_server_nothing_can_be_ticked_and_an_address_can_be_kept(tmp_path: Path) -> None:
    async with running_box(tmp_path, change=lambda plan: with_mail(plan, "")) as box:
        alerts = box.desk.office.alerts
        assert not alerts.can_send
        with pytest.raises(Refusal, match="names no server"):
            await alerts.tick("kato", NEW, ("line",), "page")
        await alerts.tick("kato", NEW, (), "page")


async def test_s43_a_disk_that_does_not_take_it_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(self: Store, key: str, value: bytes | None) -> None:
        raise StorageError("the disk is full")

    async with running_box(tmp_path, change=with_mail) as box:
        monkeypatch.setattr(Store, "put_secret", full)
        with pytest.raises(Refusal, match="disk is full"):
            await box.desk.office.alerts.tick("kato", NEW, ("line",), "page")
        assert (await box.desk.office.alerts.people())[1].ticked == ()
        monkeypatch.undo()


async def test_s43_who_ticked_it_gets_the_next_mail_and_who_unticked_it_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-42: an alarm of the box, told at once to whoever wants it now."""
    monkeypatch.setattr("appliance.desk.notices.EVERY_S", 0.05)
    with MailServer().running() as server:
        async with running_box(tmp_path, change=lambda plan: with_mail(plan, server.place)) as box:
            await box.desk.office.alerts.tick("kato", NEW, ("box",), "page")
            box.desk.alarms.raise_("test", "The coffee is out")
            await server.took(1)
            await box.desk.office.alerts.tick("kato", NEW, ("line",), "page")
            await box.desk.office.alerts.tick("sato", NEW.upper(), ("box",), "page")
            box.desk.alarms.raise_("test 2", "The tea is out")
            assert [to for to, _ in await server.took(2)] == [NEW, NEW.upper()]
