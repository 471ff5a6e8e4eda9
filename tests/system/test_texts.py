"""Texts through the whole box (S-20): between its page and a real registered SIP phone, and kept while that is away."""

import asyncio

import pytest

from appliance.selftest.whole_box import Wish
from tests.system.conftest import Office

pytestmark = [pytest.mark.system, pytest.mark.timeout(120), pytest.mark.wish(Wish(lines=0))]


async def state_of(office: Office, thread: str, text: str, state: str, code: int) -> None:
    """Wait until the page shows this text in this state; it is told that something changed, and asks."""
    async with asyncio.timeout(15):
        while True:
            seq = office.page.now.office["texts"]
            texts = (await office.page.get(f"/api/thread?thread={thread}"))["texts"]
            if (text, state, code) in {(one["text"], one["state"], one["code"]) for one in texts}:
                return
            await office.page.until(lambda now, seq=seq: now.office["texts"] != seq, "a change of the texts")


@pytest.mark.own_box  # texts stay
async def test_s20_page_and_phone_write_to_each_other_and_what_the_phone_missed_comes_when_it_is_back(
    office: Office,
) -> None:
    """S-20, S-22, D-18, I-19."""
    async with office.obedient_phone(1) as phone:
        await phone.wait("registered", code=200)
        await office.page.status("a1", "off")
        sent = (await office.page.write("front", "301", "3番のお客様へ <b>折り返し</b>をお願いします"))["text"]
        got = await phone.wait("text", body="3番のお客様へ <b>折り返し</b>をお願いします")
        assert got["remote"] == '"Front" <sip:200@deskbell>'
        await state_of(office, sent["thread"], sent["text"], "delivered", 200)

        assert (await phone.text("sip:200@deskbell", "承知しました"))["code"] == 200
        await office.page.until(
            lambda now: now.office["news"].get("front", {}).get("texts") == 1, "the phone's text is new for the team"
        )
        texts = (await office.page.get(f"/api/thread?thread={sent['thread']}"))["texts"]
        assert [(one["kind"], one["body"]) for one in texts][1:] == [("in", "承知しました")]

        refused = await phone.text("sip:0312345678@deskbell", "SMS?")
        assert (refused["code"], "SMS needs a modem" in refused["reason"]) == (488, True)

    missed = (await office.page.write("front", "301", "留守中のご連絡"))["text"]
    assert missed["state"] == "waiting"
    await state_of(office, missed["thread"], missed["text"], "waiting", 408)  # its plug was pulled: nobody answers
    async with office.obedient_phone(1) as phone:
        await phone.wait("text", body="留守中のご連絡", timeout=20)
        await state_of(office, missed["thread"], missed["text"], "delivered", 200)


async def test_d18_a_phone_writes_to_a_colleague(office: Office) -> None:
    async with office.obedient_phone(1) as one, office.obedient_phone(2) as other:
        await one.wait("registered", code=200)
        await other.wait("registered", code=200)
        assert (await one.text("sip:302@deskbell", "お昼いきます"))["code"] == 202
        got = await other.wait("text", body="お昼いきます")
        assert "sip:301@deskbell" in got["remote"]
