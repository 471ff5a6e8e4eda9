"""The sound of one conversation: the echo of what we send does not come back to the switch, and nothing gets lost."""

import logging

import numpy as np
import pytest

from appliance.lines import talk as talking
from appliance.lines.elastic import RATE
from appliance.lines.music import Music
from appliance.lines.talk import Pipes, Talk, echo_path
from appliance.media import ulaw
from appliance.media.echo import EchoPath, EchoUnavailable, Untouched
from appliance.media.limiter import PEAK
from hw.modem.events import Sign
from hw.sim import CallerState
from tests.lines.fake_switch import FakeSwitch
from tests.lines.running import Rig
from tests.media.test_echo import line, power_db, speech, wired

BATCH = 80
DEVICE = 160  # samples the card and the line take besides what the ledger holds


class Card:
    """A card on a hybrid, without a clock: a batch of 10 ms plays what was sent and hears its echo and the caller."""

    def __init__(self, tmp_path, echo: EchoPath | None) -> None:
        self.pipes = Pipes()
        self.talk = Talk("JP", self.pipes, Music(tmp_path / "none.wav"), echo=echo)
        self.talk.attach()
        self._held = self.talk.begin()
        self._played = np.zeros(0)
        self.heard = b""

    def run(self, far: np.ndarray, caller: np.ndarray) -> np.ndarray:
        """The switch says `far` and the caller says `caller`; what the switch hears."""
        for at in range(0, len(far), BATCH):
            self.pipes.to_line.push(far[at : at + BATCH].astype(np.int16).tobytes())
            now, self._held = self._held[:BATCH], self._held[BATCH:]
            self._played = np.concatenate([self._played, np.frombuffer(ulaw.decode(now), np.int16)])
            past = np.concatenate([np.zeros(DEVICE + BATCH), self._played])[-BATCH - DEVICE - 32 :]
            echoed = line(past, DEVICE)[-BATCH:]
            heard = self.talk.hear(ulaw.encode(wired(echoed + caller[at : at + BATCH]).tobytes()))
            self._held += heard.out
            self.heard += self._take()
        return np.frombuffer(self.heard, np.int16)

    def _take(self) -> bytes:
        """Everything that lies in the pipe to the switch, past its clocking."""
        pipe = self.pipes.from_line
        taken = bytes(pipe._samples)
        pipe._samples.clear()
        return taken


def test_the_switch_hears_its_own_voice_20_db_less_and_the_caller_as_ever(tmp_path):
    far, quiet = speech(1, 4.0), np.zeros(4 * RATE)
    plain = Card(tmp_path, None).run(far, quiet)
    clean = Card(tmp_path, echo_path(True)).run(far, quiet)
    later = slice(2 * RATE, 4 * RATE - BATCH)
    assert power_db(plain[later]) - power_db(clean[later]) >= 20.0
    alone = Card(tmp_path, echo_path(True)).run(quiet, speech(2, 4.0))
    assert power_db(alone[later]) == pytest.approx(power_db(wired(speech(2, 4.0))[later]), abs=1.0)


@pytest.mark.parametrize("signs", [(), (Sign.UNDERRUN,), (Sign.OVERRUN, Sign.LOST)])
def test_f37_no_sample_is_lost_added_or_kept_for_10_ms_also_after_the_card_lost_some(tmp_path, signs):
    card = Card(tmp_path, EchoPath(Untouched()))
    caller = wired(speech(3, 2.0))
    first, second = np.split(caller, 2)
    card.run(np.zeros(RATE), first)
    for sign in signs:
        card.talk.sign(sign)
    heard = card.run(np.zeros(RATE), second)
    assert 0 <= len(caller) - len(heard) < BATCH
    assert np.array_equal(heard, caller[: len(heard)])


def test_without_the_library_a_call_goes_on_with_its_echo_and_that_is_said_once(monkeypatch, caplog):
    def refuse() -> None:
        raise EchoUnavailable("install the Debian package libspeexdsp1")

    monkeypatch.setattr(talking, "canceller", refuse)
    talking._say_once.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert echo_path(True) is None
        assert echo_path(True) is None
    assert caplog.messages == ["install the Debian package libspeexdsp1"]
    assert echo_path(False) is None


def test_f37_a_real_call_over_a_bad_hybrid_brings_the_switch_hardly_anything_of_its_own_voice(tmp_path):
    said = speech(1, 4.0)
    rig = Rig(tmp_path, 1, "JP", "--echo-db", "12")
    switch = FakeSwitch(say=said.astype(np.int16).tobytes())
    try:
        rig.lines(switch.address)
        caller = rig.card.ring("0312345678")
        call = switch.wait_call()
        switch.answer(call)
        assert caller.wait_for(CallerState.CONNECTED, 5.0)
        heard = np.frombuffer(switch.wait_heard(call, 3.5), np.int16)
        assert power_db(np.frombuffer(caller.heard().samples, np.int16)[-RATE:]) > power_db(said) - 6.0
        # 20 dB of the canceller below the 12 of the hybrid, but for what a starved machine lets the card play twice
        assert power_db(heard[-RATE:]) < power_db(said) - 12.0 - 12.0
    finally:
        switch.die()
        rig.close()


def test_a_voice_as_loud_as_can_be_is_sent_to_the_line_without_its_peaks(tmp_path):
    pipes = Pipes()
    talk = Talk("JP", pipes, Music(tmp_path / "none.wav"))
    talk.attach()
    talk.begin()
    loud = np.full(160, 32767, np.int16).tobytes()
    said = b""
    for _ in range(20):
        pipes.to_line.push(loud)
        said += talk.hear(bytes((ulaw.SILENCE,)) * 160).out
    sent = np.frombuffer(ulaw.decode(said), np.int16)
    assert 20_000 < sent.max() <= PEAK + 512
