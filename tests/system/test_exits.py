"""Ways out of the queue through the whole box: a message left by key, a callback kept, a chain walked to its end."""

import asyncio
import sqlite3
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from appliance.selftest.ports import free_port
from appliance.selftest.sip_phone import PhoneSettings, SipPhone
from appliance.selftest.sound import Samples
from appliance.selftest.whole_box import QUEUE, TRUNK_ADDRESS, Wish
from tests.system.conftest import AGENT_HZ, Office, heard_for, is_heard, is_not_heard

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

NUMBER = "0312345678"
CUSTOMER_HZ = 1700
PORT = free_port(host=TRUNK_ADDRESS)
OUTSIDE = f"""
[[trunks]]
id = "out"
addresses = ["127.0.0.9"]
host = "{TRUNK_ADDRESS}:{PORT}"
[[routes]]
numbers = ["03"]
by = ["out"]
"""


@asynccontextmanager
async def customer() -> AsyncIterator[SipPhone]:
    """Somebody outside with a telephone that can press keys, be called and speak a tone."""
    settings = PhoneSettings(
        f"{TRUNK_ADDRESS}:{PORT}", user=NUMBER, realm=TRUNK_ADDRESS, answer="auto", after=0.3, tone=CUSTOMER_HZ
    )
    async with SipPhone(settings) as phone:
        yield phone


async def calls(office: Office, phone: SipPhone) -> int:
    """The customer calls the queue and is answered by its music; the number of the call."""
    call = await phone.dial(f"sip:{QUEUE}@{office.box.edge}", tone=CUSTOMER_HZ)
    await phone.wait("state", call=call, state="confirmed", timeout=20.0)
    return call


def message(office: Office) -> Samples:
    """What the only voicemail of the box holds: one channel."""
    (path,) = office.box.recordings.glob("v*.wav")
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 1
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def voicemails(office: Office) -> list[tuple[str, str, float]]:
    """Box, number and seconds of speech of the messages on the disk."""
    file = office.box.folder / "state" / "deskbell.sqlite"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        return list(database.execute("SELECT box, number, spoke_s FROM voicemails WHERE closed AND spoke_s >= 3"))


async def is_left(office: Office) -> tuple[str, str, float]:
    """The message, once it is on the disk."""
    async with asyncio.timeout(15):
        while not (found := voicemails(office)):
            await asyncio.sleep(0.05)  # the switch completes the file
    (only,) = found
    return only


@pytest.mark.wish(Wish(lines=0, queue='voicemail_digit = "1"'))
async def test_s34_a_caller_who_presses_the_key_leaves_a_message_that_holds_their_voice(office: Office) -> None:
    async with customer() as phone:
        call = await calls(office, phone)
        await office.page.until(lambda now: now.waiting == [NUMBER], "the caller waits")
        phone.order("keys", call=call, digits="1")
        await office.page.until(lambda now: now.waiting == [], "the caller has left the queue")
        await office.box.logged("at the voicemail of front")
        await _recording(office)
        await asyncio.sleep(4.0)  # the caller speaks
        phone.order("hangup", call=call)
        box, number, spoke_s = await is_left(office)
    assert (box, number) == ("front", NUMBER)
    assert spoke_s == pytest.approx(4.0, abs=1.5)
    is_heard(message(office), CUSTOMER_HZ, least_s=3.0)
    is_not_heard(message(office), 1000.0)  # nothing of the beep


@pytest.mark.wish(Wish(lines=0, queue='callback_digit = "2"', more=OUTSIDE))
async def test_s40_a_caller_who_asks_for_it_is_called_back_by_the_agent_and_they_talk(office: Office) -> None:
    async with customer() as phone:
        call = await calls(office, phone)
        await office.page.until(lambda now: now.waiting == [NUMBER], "the caller waits")
        phone.order("keys", call=call, digits="2")
        await asyncio.sleep(0.5)  # the second key is pressed by a person
        phone.order("keys", call=call, digits="1")
        await phone.wait(
            "state", call=call, state="disconnected", timeout=25.0
        )  # the promise is said, then the box hangs up
        await office.page.until(
            lambda now: [one["number"] for one in now.office["callbacks"]] == [NUMBER], "the promise is shown"
        )
        await office.on_duty("a1")
        agent = office.phones["a1"]
        await agent.wait_for("CALL_INCOMING")
        await agent.answer()
        back = (await phone.wait("invited", timeout=20.0))["call"]
        await phone.wait("state", call=back, state="confirmed", timeout=10.0)
        await office.box.logged("is called back, attempt 1")
        await asyncio.sleep(1.0)  # the customer hears who calls
        phone.order("keys", call=back, digits="1")
        await office.page.until(
            lambda now: [(one["agent"], one["talking"]) for one in now.office["calls"]] == [("a1", True)], "they talk"
        )
        await heard_for(agent.heard, CUSTOMER_HZ, 1.0)
        heard = await phone.hear(back, [int(AGENT_HZ[0])])
        assert heard["tones"][str(int(AGENT_HZ[0]))]["level"] > 3000
        phone.order("hangup", call=back)
        await office.page.until(lambda now: now.office["calls"] == [], "the call is over")


CHAIN = 'fallback = {no_agent = ["queue:help", "user:303", "voicemail"]}'
HELP = '[[queues]]\nid = "help"\nnumber = "201"\nagents = ["a2"]\nno_agent_s = 0.3\n'


@pytest.mark.wish(Wish(lines=0, agents=3, no_agent_s=0.3, queue=CHAIN, more=HELP))
async def test_a_caller_nobody_is_there_for_goes_from_queue_to_person_to_voicemail(office: Office) -> None:
    await office.on_duty("a3")
    await office.page.order("a3", "go-off-duty")
    await office.page.status("a3", "off")
    person = office.phones["a3"]
    async with customer() as phone:
        call = await phone.dial(f"sip:{QUEUE}@{office.box.edge}", tone=CUSTOMER_HZ)
        await person.wait_for("CALL_INCOMING")
        await office.box.logged("is sent on to queue help")
        await person.hang_up()  # not now
        await phone.wait("state", call=call, state="confirmed", timeout=20.0)
        await office.box.logged("at the voicemail of front")
        await _recording(office)
        await asyncio.sleep(3.6)  # the caller speaks
        phone.order("keys", call=call, digits="#")
        await phone.wait(
            "state", call=call, state="disconnected", timeout=20.0
        )  # "saved" is said, then the box hangs up
        assert (await is_left(office))[:2] == ("front", NUMBER)
    is_heard(message(office), CUSTOMER_HZ, least_s=3.0)
    await office.box.logged(r"is over: voicemail \(no_agent\)")


async def _recording(office: Office) -> Path:
    """The folder in which the voice is being written, once the greeting and the beep are over."""
    async with asyncio.timeout(20):
        while not (found := list(office.box.recordings.glob("v*.part"))):
            await asyncio.sleep(0.05)
    return found[0]
