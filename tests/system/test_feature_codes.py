"""Feature codes on real phones: dialled through the edge, done by the desk, said by the switch, hung up by the box."""

import asyncio

import numpy as np
import pytest

from appliance.selftest.sound import Samples
from tests.system.conftest import Office

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

SPEECH = 500.0
"""A prompt's level in a phone's ear is above this, silence far below."""


async def said_to(office: Office, code: str) -> float:
    """Dial a code at a1's phone; how many seconds of speech it heard until the box hung up."""
    phone = office.phones["a1"]
    before = len(phone.heard())
    await phone.dial(code)
    await phone.wait_for("CALL_ESTABLISHED")
    await phone.wait_for("CALL_CLOSED")
    return speech_s(phone.heard()[before:])


def speech_s(heard: Samples) -> float:
    """Seconds of speech in what a phone heard."""
    samples = np.asarray(heard, float)
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    return float(0.02 * (np.sqrt((frames**2).mean(axis=1)) > SPEECH).sum())


async def test_a_phone_puts_its_agent_on_duty_hears_so_and_how_many_wait(office: Office) -> None:
    """S-M1 partly: by a real phone."""
    await office.on_duty("a1")
    assert await said_to(office, "*522") > 0.5
    moment = await office.page.status("a1", "off")
    assert moment.lamp(1) == "off"
    assert await said_to(office, "*51") > 0.5
    moment = await office.page.status("a1", "available")
    assert moment.lamp(1) == "available"
    assert await said_to(office, "*59") > 1.5  # two prompts: the status and the queue
    await asyncio.wait_for(office.page.status("a1", "available"), 5)
