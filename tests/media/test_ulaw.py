"""µ-law by table."""

import numpy as np

from appliance.media import ulaw


def test_every_code_survives_decoding_and_encoding_but_the_second_zero():
    codes = bytes(range(256))
    assert ulaw.encode(ulaw.decode(codes)) == codes.replace(b"\x7f", b"\xff")


def test_the_corner_values_are_those_of_g711():
    linear = np.frombuffer(ulaw.decode(bytes((0x00, 0x80, 0x10, 0x11, 0x7F, 0xFF))), np.int16)
    assert linear.tolist() == [-32124, 32124, -15996, -15484, 0, 0]


def test_no_linear_value_is_coded_farther_off_than_half_a_step():
    linear = np.arange(-32635, 32636, dtype=np.int16)
    back = np.frombuffer(ulaw.decode(ulaw.encode(linear.tobytes())), np.int16).astype(int)
    step = np.maximum(8, (np.abs(linear.astype(int)) + 0x84) / 16)
    assert np.all(np.abs(back - linear) <= step)


def test_the_loudest_values_clip_and_do_not_wrap():
    loudest = np.array([-32768, 32767], np.int16).tobytes()
    assert np.frombuffer(ulaw.decode(ulaw.encode(loudest)), np.int16).tolist() == [-32124, 32124]
