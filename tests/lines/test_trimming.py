"""A recording ends where its caller hung up: the tone until a line found out is cut off it, and never a word (§2.8)."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest

from appliance import wire
from appliance.media import wav
from appliance.switch.keeper import CHANNELS, LATE_S, VOICE, Gone, _trim
from hw.sim import CallerState, HangUp
from hw.sim.verbs import SoundSpec
from tests.lines.running import Rig, level_of
from tests.media.test_speech import quiet, voice
from tests.support.fake_desk import FakeDesk
from tests.support.running_switch import RunningSwitch, switch_settings

TONE = voice(3.0, 8000.0)


def recorded(folder: Path, **channels: bytes) -> Path:
    for name, data in channels.items():
        (folder / f"{name}.wav").write_bytes(wav.header(1, len(data)) + data)
    return folder


def seconds(folder: Path, channel: str) -> float:
    with wave.open(str(folder / f"{channel}.wav")) as file:
        return file.getnframes() / 8000


@pytest.mark.parametrize(
    ("agent", "cut"),
    [
        (quiet(8.0), 3.0 - LATE_S),
        (quiet(5.5) + voice(1.0) + quiet(1.5), 1.2),  # "hello?", and the gap after it
        (quiet(7.5) + voice(0.5), 0.0),
        (quiet(7.9), 3.0 - LATE_S),
    ],
    ids=["silent", "asks once", "asks to the end", "shorter file"],
)
def test_the_tone_is_cut_off_both_channels_as_far_as_the_agent_said_nothing(tmp_path, agent, cut):
    folder = recorded(tmp_path, left=agent, right=voice(5.0) + TONE)
    assert _trim(folder, CHANNELS, Gone("right", 3.0)) == pytest.approx(cut, abs=0.05)
    assert seconds(folder, "right") == pytest.approx(8.0 - cut, abs=0.05)
    assert seconds(folder, "left") == pytest.approx(min(len(agent) / 16000, 8.0 - cut), abs=0.05)


def test_a_message_of_nothing_but_a_tone_is_left_empty_and_no_word_is_cut(tmp_path):
    folder = recorded(tmp_path, voice=TONE)
    assert _trim(folder, VOICE, Gone("voice", 60.0)) == pytest.approx(3.0)
    assert seconds(folder, "voice") == 0.0


async def test_what_a_line_s_caller_left_ends_with_the_caller_and_says_how_much_tone_was_cut(tmp_path):
    (tmp_path / "line").mkdir()
    rig = Rig(tmp_path / "line")
    try:
        async with (
            RunningSwitch(tmp_path / "switch", switch_settings(tmp_path / "switch")) as switch,
            FakeDesk(switch.socket) as desk,
        ):
            await asyncio.to_thread(rig.lines, switch.settings.sip)
            said = SoundSpec("tone", (1100,), -15.0, seconds=60.0)
            caller = await asyncio.to_thread(rig.card.ring, "0312345678", voice=said)
            leg = (await desk.hears(wire.Incoming)).leg
            desk.ask(wire.Hold(leg))
            assert await asyncio.to_thread(caller.wait_for, CallerState.CONNECTED, 5.0)
            desk.ask(wire.RecordVoice("v1", leg, most_s=60.0, quiet_s=30.0))
            await desk.hears(wire.RecordingStarted, recording="v1")
            await asyncio.to_thread(caller.wait_heard, 3.0, 10.0)
            caller.hang_up(HangUp.BUSY_TONE)
            closed = await desk.hears(wire.RecordingClosed, recording="v1", timeout=10.0)
    finally:
        await asyncio.to_thread(rig.close)
    assert closed.cause == ""
    assert 2.0 < closed.trimmed_s < 4.0, "three cycles of the Japanese busy tone, a second each"
    with wave.open(closed.path) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float)
    assert len(sound) / 8000 == pytest.approx(closed.seconds, abs=0.01)
    spoken = int(np.flatnonzero([level_of(1100, frame) > -30 for frame in _tenths(sound)])[-1])
    tone = [level_of(400, frame) > -30 for frame in _tenths(sound)]
    assert sum(tone) <= 6, "no more than one burst of the tone is left"
    assert not any(tone[:spoken])


def _tenths(sound: np.ndarray) -> np.ndarray:
    return sound[: len(sound) // 800 * 800].reshape(-1, 800)
