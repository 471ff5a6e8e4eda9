"""Texts through the real switch (S-20): a phone's waits for the desk's word, the desk's reach a phone."""

import asyncio
import time

import pytest

from appliance import wire
from appliance.switch.texts import PATIENCE_S, Unreadable, read
from tests.support.fake_desk import FakeDesk
from tests.support.running_switch import RunningSwitch
from tests.support.sip_wire import Wire
from tests.switch.conftest import MakePhone, to

LONG = "予約の件で折り返しをお願いします。" * 29  # 493 characters, more than one packet of Ethernet


def write(phone: Wire, body: str, kind: str = "text/plain;charset=UTF-8", vouched: str = "301") -> None:
    """A text as the edge passes it on."""
    headers = {"X-Deskbell-Phone": vouched} if vouched else {}
    phone.send(
        phone.request("MESSAGE", "sip:200@deskbell", user="301", headers={**headers, "Content-Type": kind}, body=body)
    )


def wire_to(switch: RunningSwitch) -> Wire:
    host, _, port = switch.sip.rpartition(":")
    return Wire((host, int(port)))


async def answer_to(phone: Wire, timeout: float = 6.0) -> str:
    """The final answer's first line."""
    got = await asyncio.to_thread(phone.receive, timeout)
    assert got is not None
    return got.first


async def test_i19_a_phone_hears_nothing_until_the_desk_has_kept_its_text(
    switch: RunningSwitch, desk: FakeDesk
) -> None:
    with wire_to(switch) as phone:
        write(phone, "3番テーブルへお願いします")
        came = await desk.hears(wire.TextCame)
        assert (came.phone, came.called, came.body) == ("301", "200", "3番テーブルへお願いします")
        assert await asyncio.to_thread(phone.receive, 0.5) is None
        desk.ask(wire.AnswerText(came.text, 200), wire.AnswerText(came.text, 500))
        assert await answer_to(phone) == "SIP/2.0 200 OK"
        assert await asyncio.to_thread(phone.receive, 0.3) is None


async def test_a_repeated_text_is_told_once(switch: RunningSwitch, desk: FakeDesk) -> None:
    """A phone that hears nothing within half a second sends the same packet again."""
    with wire_to(switch) as phone:
        request = phone.request(
            "MESSAGE", "sip:200@deskbell", user="301", headers={"X-Deskbell-Phone": "301", "Content-Type": "text/plain"}
        )
        request.body = "once"
        phone.send(request)
        came = await desk.hears(wire.TextCame)
        phone.send(request)
        desk.ask(wire.AnswerText(came.text, 202, "Kept"))
        assert await answer_to(phone) == "SIP/2.0 202 Kept"
        await desk.snapshot()
        assert len([event for event in desk.told if isinstance(event, wire.TextCame)]) == 1


async def test_a_desk_that_is_away_or_silent_keeps_no_text_and_the_phone_is_told_so(switch: RunningSwitch) -> None:
    with wire_to(switch) as phone:
        write(phone, "to nobody")
        assert await answer_to(phone) == "SIP/2.0 503 Not kept: the box is starting, please send it again"
        async with FakeDesk(switch.socket) as desk:
            began = time.monotonic()
            write(phone, "to somebody who says nothing")
            await desk.hears(wire.TextCame)
            assert (await answer_to(phone)).startswith("SIP/2.0 503 Not kept")
            assert time.monotonic() - began >= PATIENCE_S - 0.1


async def test_nobody_vouches_for_a_stranger(switch: RunningSwitch, desk: FakeDesk) -> None:
    with wire_to(switch) as phone:
        write(phone, "hello", vouched="")
        assert (await answer_to(phone)).startswith("SIP/2.0 403")
    assert not [event for event in desk.told if isinstance(event, wire.TextCame)]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("text/html", "text/html cannot be shown, text/plain would be right"),
        ("application/octet-stream", "application/octet-stream cannot be shown, text/plain would be right"),
        ("text/plain;charset=klingon", "This is not klingon, UTF-8 would be right"),
        ("text/plain;charset=us-ascii", "This is not us-ascii, UTF-8 would be right"),
    ],
)
async def test_what_is_no_text_is_refused_with_a_sentence(
    switch: RunningSwitch, desk: FakeDesk, kind: str, sentence: str
) -> None:
    with wire_to(switch) as phone:
        write(phone, "<b>予約</b>", kind)
        assert await answer_to(phone) == f"SIP/2.0 415 {sentence}"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", "折り返し".encode()),
        ("text/plain", "折り返し".encode()),
        ("text/plain; charset=shift_jis", "折り返し".encode("shift_jis")),
        ('TEXT/PLAIN;charset="ISO-2022-JP"', "折り返し".encode("iso-2022-jp")),
    ],
)
def test_a_text_is_read_in_the_charset_it_names(kind: str, body: bytes) -> None:
    assert read(kind, body) == "折り返し"


def test_bytes_that_are_no_utf_8_are_named() -> None:
    with pytest.raises(Unreadable, match="not utf-8"):
        read("text/plain", b"\xff\xfe")


async def test_the_desk_writes_to_a_phone_as_the_queue_and_hears_how_it_went(
    switch: RunningSwitch, desk: FakeDesk, phone: MakePhone
) -> None:
    one = await phone(user="301")
    for nth, body in enumerate(("折り返し <b>をお願いします</b>", LONG)):
        desk.ask(wire.SendText(f"t{nth}", to(one), "200", "受付", body))
        assert (await desk.hears(wire.TextSent, text=f"t{nth}")).code == 200
        got = await one.wait("text", body=body)
        assert (got["kind"], got["remote"]) == ("text/plain", '"受付" <sip:200@deskbell.local>')


async def test_a_text_to_nobody_ends_with_408_and_calls_go_on(switch: RunningSwitch, desk: FakeDesk) -> None:
    with Wire(("127.0.0.1", 1)) as deaf:
        desk.ask(wire.SendText("t1", f"sip:301@{deaf.place}", "200", "", "anybody?"))
        desk.ask(wire.SendText("t1", f"sip:301@{deaf.place}", "200", "", "anybody?"))
        request = await asyncio.to_thread(deaf.wait_for, "MESSAGE")
        assert request["Content-Type"].startswith("text/plain")
        assert (await desk.hears(wire.TextSent, timeout=40)).code == 408


async def test_where_no_uri_leads_the_desk_is_told(switch: RunningSwitch, desk: FakeDesk) -> None:
    desk.ask(wire.SendText("t1", "no address", "200", "", "hm"))
    assert (await desk.hears(wire.TextSent, text="t1")).code == 503
