"""Texts at the desk (S-20, D-18): kept, then answered, then delivered; shared by a queue's team; nothing is lost."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import wire
from appliance.api import News, QueueNews, Refusal, TextView
from appliance.desk import texts as texts_module
from appliance.desk.desk import running_desk
from appliance.desk.text_rules import LONGEST, BadText, checked
from appliance.desk.texts import FOR_GOOD, Texts
from appliance.edge.rpc import Registration
from appliance.errors import StorageError
from tests.support.desk_office import Box, running_box, settings


async def news(box: Box, **counts: int) -> None:
    """Wait until so much is new in the queue."""
    wanted = (QueueNews("front", **counts),) if counts else ()
    async with asyncio.timeout(5):
        while box.desk.office.inbox.news().queues != wanted:
            await asyncio.sleep(0.01)


async def becomes(box: Box, text: TextView, state: str) -> TextView:
    """Wait until a text is in this state."""
    async with asyncio.timeout(5):
        while True:
            for one in await box.desk.office.inbox.thread(text.thread, 50):
                if one.text == text.text and one.state == state:
                    return one
            await asyncio.sleep(0.01)


async def test_s20_what_a_phone_writes_to_the_queue_is_kept_before_it_is_answered_and_new_for_the_team(
    tmp_path: Path,
) -> None:
    """S-20, S-22, I-19."""
    async with running_box(tmp_path) as box:
        box.switch.writes("103", "200", "荷物が届きました")
        answer = await box.switch.is_asked(wire.AnswerText)
        assert (answer.code, answer.text) == (200, "boot1-t1")
        ((thread,), inbox) = (await box.desk.office.inbox.threads("front", 10), box.desk.office.inbox)
        assert (thread.last.sender, thread.last.body, thread.new) == ("103", "荷物が届きました", 1)
        await news(box, texts=1)
        (item,) = await inbox.new_items("front", 10)
        assert (item.kind, item.id, item.number, item.body) == ("text", thread.last.thread, "103", "荷物が届きました")
        await inbox.see("text", item.id, "sato")
        await news(box)
        await inbox.see("text", item.id, "suzuki")
        (seen,) = await inbox.thread(item.id, 10)
        assert seen.seen_by == "sato"


async def test_s20_the_team_answers_as_the_queue_and_sees_when_the_phone_has_it(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        sent = await box.desk.office.inbox.write("front", "103", " 取りに行きます \r\n", "sato")
        assert (sent.kind, sent.state, sent.author) == ("out", "waiting", "sato")
        order = await box.switch.is_asked(wire.SendText)
        assert (order.to, order.number, order.name, order.body) == (
            "sip:103@deskbell", "200", "受付", "取りに行きます",
        )  # fmt: skip
        box.switch.text_ends(order.text, 200)
        assert (await becomes(box, sent, "delivered")).code == 200
        box.switch.writes("103", "200", "ありがとう")
        await box.switch.is_asked(wire.AnswerText)
        (thread,) = await box.desk.office.inbox.threads("front", 10)
        assert [one.kind for one in await box.desk.office.inbox.thread(thread.last.thread, 10)] == ["out", "in"]


async def test_d18_phones_and_the_page_write_to_a_colleague_also_during_a_call(tmp_path: Path) -> None:
    """D-18, S-21: the colleague's phone shows who wrote."""
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        sent = await box.desk.office.inbox.write("sato", "102", "3番をお願い", "sato")
        order = await box.switch.is_asked(wire.SendText, text=sent.text)
        assert (order.to, order.number, order.name) == ("sip:102@deskbell", "101", "佐藤")
        box.switch.writes("102", "101", "了解")
        assert (await box.switch.is_asked(wire.AnswerText)).code == 202
        reply = await box.switch.is_asked(wire.SendText, number="102")
        assert (reply.to, reply.body) == ("sip:101@deskbell", "了解")
        assert [one.body for one in await box.desk.office.inbox.thread(sent.thread, 10)] == ["3番をお願い", "了解"]
        assert box.desk.office.inbox.news().queues == ()


async def test_s20_a_slip_stays_with_the_callers_number_until_somebody_has_seen_to_it(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        inbox = box.desk.office.inbox
        slip = await inbox.slip("front", "0312345678", "折り返し依頼", "sato", "c1")
        assert (slip.kind, slip.state, slip.contact) == ("slip", "kept", "c1")
        await news(box, texts=1)
        await inbox.see("text", slip.thread, "suzuki")
        await news(box)
        (kept,) = await inbox.thread(slip.thread, 10)
        assert (kept.seen_by, kept.body) == ("suzuki", "折り返し依頼")
        assert box.switch.commands(wire.SendText) == []


@pytest.mark.parametrize(
    ("sender", "to", "body", "sentence"),
    [
        ("front", "999", "hi", "no 999 in this office"),
        ("front", "0312345678", "hi", "SMS needs a modem"),
        ("front", "200", "hi", "to oneself"),
        ("nobody", "103", "hi", "Nobody can write as 'nobody'"),
        ("front", "103", "  \n", "nothing in this text"),
        ("front", "103", "x" * (LONGEST + 1), "501 characters; at most 500"),
        ("front", "103", "bell\x07", r"control character U\+0007"),
        ("front", "103", "abc\u202etxt", r"control character U\+202E"),
    ],
)
async def test_bad_texts_of_the_page_are_refused_with_a_sentence(
    tmp_path: Path, sender: str, to: str, body: str, sentence: str
) -> None:
    async with running_box(tmp_path) as box:
        with pytest.raises(Refusal, match=sentence):
            await box.desk.office.inbox.write(sender, to, body, "sato")
        assert await box.desk.office.inbox.threads("", 10) == ()


@pytest.mark.parametrize(
    ("queue", "number", "sentence"),
    [("back", "03", "no queue back"), ("front", "", "number"), ("front", "1" * 33, "32")],
)
async def test_bad_slips_are_refused(tmp_path: Path, queue: str, number: str, sentence: str) -> None:
    async with running_box(tmp_path) as box:
        with pytest.raises(Refusal, match=sentence):
            await box.desk.office.inbox.slip(queue, number, "call back", "sato")
        with pytest.raises(Refusal, match="letter"):
            await box.desk.office.inbox.see("letter", "x", "sato")


@pytest.mark.parametrize(
    ("to", "body", "sentence"),
    [
        ("0312345678", "hi", "SMS needs a modem"),
        ("200", "", "nothing in this text"),
        ("200", "\x1b[31mred", "U+001B"),
        ("103", "to myself", "to oneself"),
    ],
)
async def test_bad_texts_of_a_phone_are_answered_with_a_sentence_and_not_kept(
    tmp_path: Path, to: str, body: str, sentence: str
) -> None:
    async with running_box(tmp_path) as box:
        box.switch.writes("103", to, body)
        answer = await box.switch.is_asked(wire.AnswerText)
        assert answer.code == 488
        assert sentence in answer.reason
        assert await box.desk.office.inbox.threads("", 10) == ()


def test_html_is_a_text_like_any_other_and_lines_end_alike() -> None:
    assert checked(" <b>a</b>\r\nb\rc\t1 ") == "<b>a</b>\nb\nc\t1"
    assert checked("あ" * LONGEST) == "あ" * LONGEST
    with pytest.raises(BadText):
        checked("a\x00b")


async def test_a_full_disk_keeps_nothing_and_says_so_to_page_and_phone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-19: nothing is promised that is not on the disk."""

    async def full(_row: TextView) -> None:
        raise StorageError("the disk is full")

    async with running_box(tmp_path) as box:
        monkeypatch.setattr(box.desk.office._store, "text_added", full)
        with pytest.raises(Refusal, match="the disk is full"):
            await box.desk.office.inbox.write("front", "103", "hi", "sato")
        box.switch.writes("103", "200", "hi")
        assert (await box.switch.is_asked(wire.AnswerText)).code == 503
        assert box.switch.commands(wire.SendText) == []


async def test_a_text_that_waits_is_known_after_a_restart_and_sent_then(tmp_path: Path) -> None:
    plan = replace(settings(tmp_path), edge_socket=tmp_path / "no-edge.sock")
    async with running_desk(plan) as desk:
        sent = await desk.office.inbox.write("front", "103", "あとで", "sato")
    async with running_box(tmp_path) as box:
        order = await box.switch.is_asked(wire.SendText)
        assert (order.text, order.body) == (sent.text, "あとで")


class Paper:
    """The part of the store that texts need, in memory."""

    def __init__(self, *rows: TextView) -> None:
        self.rows = {row.text: row for row in rows}
        self.now = 1_000_000.0

    def wall(self) -> float:
        return self.now

    async def text_added(self, row: TextView) -> None:
        self.rows[row.text] = row

    async def text_tried(self, text: str, state: str, code: int) -> None:
        self.rows[text] = replace(self.rows[text], state=state, code=code)

    async def waiting_texts(self) -> tuple[TextView, ...]:
        return tuple(row for row in self.rows.values() if row.state == "waiting")


class Bench:
    """Texts alone, one turn at a time."""

    def __init__(self, tmp_path: Path) -> None:
        self.said: list[wire.Message] = []
        self.paper = Paper()
        self.is_ready = True
        plan = replace(settings(tmp_path), edge_socket=tmp_path / "edge.sock")
        self.texts = Texts(plan, self.paper, self.said.append, lambda: self.is_ready)

    def registers(self, *users: str, left_s: int = 60) -> None:
        self.texts.registered([Registration(user, "", "", left_s, "") for user in users])

    async def turn(self) -> list[wire.Message]:
        """What is said in one turn of the task."""
        before = len(self.said)
        await self.texts._finish_work()
        return self.said[before:]

    async def ended(self, text: str, code: int) -> None:
        self.texts.heard(wire.TextSent(text, code, 0.0))
        await self.turn()


async def test_what_a_phone_missed_is_kept_and_sent_when_it_registers(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    first = await bench.texts.write("200", "103", "one", "sato")
    await bench.texts.write("200", "103", "two", "sato")
    assert await bench.turn() == []
    bench.registers("101")
    assert await bench.turn() == []
    bench.registers("101", "103")
    assert [one.body for one in await bench.turn()] == ["one", "two"]
    assert await bench.turn() == []  # under way
    await bench.ended(first.text, 480)
    assert (bench.paper.rows[first.text].state, bench.paper.rows[first.text].code) == ("waiting", 480)
    assert await bench.turn() == []  # not at once
    bench.registers("101")
    bench.registers("101", "103")
    assert next(iter(await bench.turn())).text == first.text
    await bench.ended(first.text, 200)
    assert bench.paper.rows[first.text].state == "delivered"


async def test_a_phone_that_was_pulled_out_gets_it_when_it_registers_anew(tmp_path: Path) -> None:
    """Its old registration still stands: only the time it is good for tells."""
    bench = Bench(tmp_path)
    bench.registers("103", left_s=200)
    row = await bench.texts.write("200", "103", "one", "sato")
    await bench.turn()
    await bench.ended(row.text, 408)
    bench.registers("103", left_s=199)
    assert await bench.turn() == []
    bench.registers("103", left_s=300)
    assert [one.text for one in await bench.turn()] == [row.text]


@pytest.mark.parametrize("code", sorted(FOR_GOOD))
async def test_a_phone_that_takes_no_texts_is_not_asked_again(tmp_path: Path, code: int) -> None:
    bench = Bench(tmp_path)
    bench.registers("103")
    row = await bench.texts.write("200", "103", "one", "sato")
    await bench.turn()
    await bench.ended(row.text, code)
    assert (bench.paper.rows[row.text].state, bench.paper.rows[row.text].code) == ("refused", code)
    await bench.ended(row.text, 200)  # too late
    assert bench.paper.rows[row.text].state == "refused"


async def test_a_silent_phone_is_tried_again_after_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts_module, "RETRY_S", 0.0)
    bench = Bench(tmp_path)
    bench.registers("103")
    row = await bench.texts.write("200", "103", "one", "sato")
    await bench.turn()
    bench.texts.heard(wire.TextSent(row.text, 408, 0.0))
    assert [one.text for one in await bench.turn()] == [row.text]


async def test_a_switch_that_came_back_is_told_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.registers("103")
    row = await bench.texts.write("200", "103", "one", "sato")
    assert [one.text for one in await bench.turn()] == [row.text]
    bench.is_ready = False
    assert await bench.turn() == []
    bench.is_ready = True
    assert [one.text for one in await bench.turn()] == [row.text]


async def test_a_text_that_nobody_took_for_a_week_is_given_up_and_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    row = await bench.texts.write("200", "103", "one", "sato")
    bench.paper.now += 7 * 86400.0 + 1
    bench.registers("103")
    assert await bench.turn() == []
    assert bench.paper.rows[row.text].state == "expired"


async def test_nothing_is_new_in_an_empty_office(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        assert box.desk.office.inbox.news() in (News(), News(1), News(2))
