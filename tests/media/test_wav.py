"""WAV files: headers that others can read, files whose writer died, two channels made one."""

import io
import wave
from array import array

import pytest

from appliance.media import wav


def mono(samples: list[int]) -> io.BytesIO:
    """A file as a recorder leaves it."""
    data = array("h", samples).tobytes()
    return io.BytesIO(wav.header(1, len(data)) + data)


def frames(file: io.BytesIO) -> tuple[int, list[int]]:
    """Channels and samples as the standard library reads them."""
    file.seek(0)
    with wave.open(file) as read:
        return read.getnchannels(), list(array("h", read.readframes(read.getnframes())))


def test_our_header_is_read_by_others():
    assert frames(mono([1, -2, 3])) == (1, [1, -2, 3])


def test_a_header_tells_the_length_in_seconds():
    assert wav.read(mono([0] * 4000)).seconds == 0.5


@pytest.mark.parametrize("claimed", [0, 2, 4_000_000])
def test_a_file_whose_writer_died_is_repaired_from_its_size(claimed):
    file = io.BytesIO(wav.header(1, claimed) + array("h", [5, 6, 7]).tobytes())
    assert wav.repair(file).data_bytes == 6
    assert frames(file) == (1, [5, 6, 7])


def test_half_a_sample_at_the_end_is_not_part_of_the_sound():
    file = io.BytesIO(wav.header(1, 0) + b"\x01\x00\x02")
    assert wav.repair(file).data_bytes == 2


def test_an_empty_file_becomes_an_empty_sound():
    file = io.BytesIO()
    assert wav.repair(file).seconds == 0.0
    assert frames(file) == (1, [])


def test_two_files_become_two_channels():
    target = io.BytesIO()
    assert wav.merge(mono([1, 2, 3]), mono([-1, -2, -3]), target).channels == 2
    assert frames(target) == (2, [1, -1, 2, -2, 3, -3])


def test_the_shorter_channel_is_followed_by_silence():
    target = io.BytesIO()
    wav.merge(mono([1]), mono([-1, -2, -3]), target)
    assert frames(target) == (2, [1, -1, 0, -2, 0, -3])


def test_a_long_recording_is_merged_whole():
    left = [index % 1000 for index in range(100_001)]
    target = io.BytesIO()
    wav.merge(mono(left), mono([0] * 100_001), target)
    assert frames(target)[1][0::2] == left


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"RIFF", "4 bytes"), (b"\0" * 44, "not a plain"), (wav.header(1, 4).replace(b"data", b"LIST"), "not a plain")],
)
def test_what_is_no_recording_is_refused_with_a_sentence(content, why):
    with pytest.raises(ValueError, match=why):
        wav.read(io.BytesIO(content))


def test_only_mono_files_are_merged():
    stereo = io.BytesIO(wav.header(2, 4) + bytes(4))
    with pytest.raises(ValueError, match="mono"):
        wav.merge(mono([1]), stereo, io.BytesIO())


@pytest.mark.parametrize(("seconds", "left"), [(0.0, 0), (0.25, 2000), (0.5, 4000), (9.0, 4000)])
def test_a_shortened_file_keeps_its_beginning_and_a_right_header(seconds, left):
    file = mono(list(range(4000)))
    assert wav.shorten(file, seconds).data_bytes == 2 * left
    assert frames(file) == (1, list(range(left)))
