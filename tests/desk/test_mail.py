"""Mails reach a real server, wait while it is away, outlive the desk, and nothing waits for them (S-41, R-48)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import wire
from appliance.desk.alarms import Alarms
from appliance.desk.alerts import Limits, Reader, Subject
from appliance.desk.desk import running_desk
from appliance.desk.mail import Mailer, MailSettings
from appliance.desk.notices import NoticeSettings
from appliance.storage.outbox import MailRow
from appliance.storage.store import Store, open_store
from tests.desk.test_voicemail import DESERTED, speaking
from tests.support.desk_office import Box, settings
from tests.support.fake_switch import FakeSwitch
from tests.support.mail_server import MailServer

SATO = "sato@example.jp"


def at(server: MailServer, **more) -> MailSettings:
    return MailSettings(server.place, "deskbell@example.jp", "none", page="http://deskbell.local:8080", **more)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "deskbell.sqlite", "boot", 0.0)
    yield store
    await store.close()


class Sending:
    """A mailer at work; it tries again after hundredths of the usual time."""

    def __init__(self, server: MailServer, store: Store) -> None:
        self.alarms = Alarms()
        self.mailer = Mailer(at(server), store, self.alarms, pause=lambda seconds: seconds / 1000)

    async def __aenter__(self) -> "Sending":
        self._task = asyncio.create_task(self.mailer.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


async def empty(store: Store) -> None:
    async with asyncio.timeout(5):
        while await store.mails():
            await asyncio.sleep(0.01)


async def test_a_mail_is_taken_by_the_server_and_forgotten(kept: Store) -> None:
    with MailServer().running() as server:
        async with Sending(server, kept) as sending:
            await sending.mailer.send((SATO,), "[受付] 3人が待っています", "受付: 3人")
            [(to, letter)] = await server.took(1)
            await empty(kept)
    assert (to, letter["To"], letter["From"]) == (SATO, SATO, "deskbell@example.jp")
    assert letter["Subject"] == "[受付] 3人が待っています"
    assert letter["Auto-Submitted"] == "auto-generated", "an absence notice is no answer to a machine"
    assert letter.get_content().replace("\r\n", "\n") == "受付: 3人\n\nhttp://deskbell.local:8080\n"


async def test_r48_while_the_server_is_away_mails_wait_and_an_alarm_says_so(kept: Store) -> None:
    server = MailServer()
    async with Sending(server, kept) as sending:
        await sending.mailer.send((SATO,), "one", "one")
        async with asyncio.timeout(5):
            while not sending.alarms.sentences():
                await asyncio.sleep(0.01)
        assert sending.alarms.sentences()[0].startswith("Mail cannot be sent, it is tried again: 127.0.0.1:")
        with server.running():
            await server.took(1)
            await empty(kept)
        assert sending.alarms.sentences() == ()


async def test_a_mail_that_was_queued_is_sent_by_the_next_desk(kept: Store) -> None:
    server = MailServer()
    await Mailer(at(server), kept, Alarms()).send((SATO,), "left over", "text")
    with server.running():
        async with Sending(server, kept):
            assert (await server.took(1))[0][1]["Subject"] == "left over"


async def test_a_server_that_says_not_now_is_asked_again_and_the_mail_keeps_its_id(kept: Store) -> None:
    with MailServer().running() as server:
        server.answer = "451 try later"
        async with Sending(server, kept) as sending:
            await sending.mailer.send((SATO,), "one", "one", key="v1")
            (row,) = await kept.mails()
            await server.was_asked(2)
            server.answer = ""
            [(_, letter)] = await server.took(1)
    assert letter["Message-ID"] == row.message_id


async def test_a_mail_that_the_server_will_never_take_is_given_up_with_a_sentence(kept: Store) -> None:
    with MailServer().running() as server:
        server.answer = "550 no such thing"
        async with Sending(server, kept) as sending:
            await sending.mailer.send((SATO,), "one", "one")
            await empty(kept)
            assert f"A mail to {SATO} was given up" in sending.alarms.sentences()[0]
            assert server.refused == 1


async def test_the_same_news_to_the_same_person_is_one_mail(kept: Store) -> None:
    mailer = Mailer(at(MailServer()), kept, Alarms())
    await mailer.send((SATO,), "one", "one", key="v1")
    await mailer.send((SATO,), "one", "one", key="v1")
    await mailer.send(("kato@example.jp",), "one", "one", key="v1")
    assert len(await kept.mails()) == 2


async def test_without_a_server_nothing_is_queued(kept: Store) -> None:
    await Mailer(MailSettings(), kept, Alarms()).send((SATO,), "one", "one")
    assert await kept.mails() == ()


async def test_a_recording_goes_along_only_when_the_office_wants_it(kept: Store, tmp_path: Path) -> None:
    sound = tmp_path / "v.wav"
    sound.write_bytes(b"RIFF" + bytes(400))
    with MailServer().running() as server:
        for attach in (False, True):
            mailer = Mailer(at(server, attach=attach), kept, Alarms())
            task = asyncio.create_task(mailer.run())
            await mailer.send((SATO,), "message", "text", str(sound))
            await server.took(1 + attach)
            await empty(kept)
            task.cancel()
    without, along = (letter for _, letter in server.mails)
    assert not list(without.iter_attachments())
    (part,) = along.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("v.wav", sound.read_bytes())


async def test_s41_who_ticked_voicemail_is_told_of_a_message_and_s42_of_an_office_without_agents(
    tmp_path: Path,
) -> None:
    with MailServer().running() as server:
        readers = (
            Reader(SATO, frozenset({Subject.VOICEMAIL}), frozenset({"front"}), "sato"),
            Reader("kato@example.jp", frozenset({Subject.NOBODY}), person="kato"),
            Reader("mori@example.jp", frozenset({Subject.VOICEMAIL}), frozenset({"back"}), "mori"),
        )
        plan = replace(
            settings(tmp_path, **DESERTED), mail=at(server), notices=NoticeSettings(readers, (Limits("front"),))
        )
        async with FakeSwitch(plan.switch_socket) as switch, running_desk(plan) as desk:
            await asyncio.wait_for(desk.link.is_ready.wait(), 5)
            leg, recording = await speaking(Box(plan, switch, desk))
            switch.voice_ends(recording, spoke_s=4.0)
            await switch.is_asked(wire.Play, leg=leg, prompts=("voicemail_saved",))
            mails = dict(await server.took(2))
        assert set(mails) == {SATO, "kato@example.jp"}
        assert mails[SATO]["Subject"] == "[Deskbell] ボイスメール: 0312345678"
        assert "4秒" in mails[SATO].get_content()
        assert mails["kato@example.jp"]["Subject"] == "[Deskbell] 受付: 対応可能なエージェントがいません"


async def test_a_mail_that_waits_for_its_next_try_is_not_tried_for_a_new_one(kept: Store) -> None:
    with MailServer().running() as server:
        server.answer = "451 try later"
        mailer = Mailer(at(server), kept, Alarms())
        task = asyncio.create_task(mailer.run())
        for number in range(5):
            await mailer.send((SATO,), f"mail {number}", "text")
            await server.was_asked(number + 1)
        assert server.refused == 5, "each once"
        assert len(await kept.mails()) == 5
        task.cancel()


async def test_an_alarm_of_several_lines_is_a_subject_of_one(kept: Store) -> None:
    with MailServer().running() as server:
        async with Sending(server, kept) as sending:
            await sending.mailer.send((SATO,), "Line line-1:\nno answer\r\nto AT", "text")
            [(_, letter)] = await server.took(1)
    assert letter["Subject"] == "Line line-1: no answer to AT"


async def test_a_mail_that_cannot_be_sent_at_all_is_given_up_and_the_others_go_out(kept: Store) -> None:
    await kept.mail_queued(MailRow("<odd>", SATO, b"From: nobody\n\n"))
    with MailServer().running() as server:
        async with Sending(server, kept) as sending:
            await sending.mailer.send((SATO,), "one", "one")
            await server.took(1)
            await empty(kept)


async def test_a_library_that_keeps_the_end_to_itself_does_not_keep_the_mailer(
    kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.11's `wait_for` swallows a cancellation that comes with its result; aiosmtplib waits by it."""
    sending = asyncio.Event()

    async def deaf(*_: object, **__: object) -> None:
        sending.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    monkeypatch.setattr("appliance.desk.mail.aiosmtplib.send", deaf)
    mailer = Mailer(MailSettings("127.0.0.1:25", "deskbell@example.jp", "none"), kept, Alarms())
    task = asyncio.create_task(mailer.run())
    await mailer.send((SATO,), "one", "one")
    await sending.wait()
    task.cancel()
    ended, _ = await asyncio.wait({task}, timeout=2.0)
    assert ended
    assert await kept.mails() == ()
