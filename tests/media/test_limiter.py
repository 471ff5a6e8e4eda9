"""What is sent to a line keeps its peaks under -3 dBFS, and quieter sound passes bit by bit (fxo §2.7)."""

import numpy as np

from appliance.media import ulaw
from appliance.media.limiter import KNEE, PEAK, limited

CODES = bytes(range(256))
LINEAR = np.frombuffer(ulaw.decode(CODES), np.int16).astype(int)
AFTER = np.frombuffer(ulaw.decode(limited(CODES)), np.int16).astype(int)


def test_nothing_is_louder_than_the_limit_by_more_than_half_a_step_of_the_code():
    assert np.abs(LINEAR).max() > 32000
    assert np.abs(AFTER).max() <= PEAK + 512


def test_what_is_under_the_knee_passes_bit_by_bit():
    assert [one for one in CODES if abs(LINEAR[one]) <= KNEE and limited(bytes([one])) != bytes([one])] == []


def test_louder_stays_louder_so_that_a_voice_is_bent_and_not_cut():
    order = np.argsort(LINEAR, kind="stable")
    assert (np.diff(AFTER[order]) >= 0).all()
    assert len(set(AFTER[LINEAR > KNEE])) > 5
