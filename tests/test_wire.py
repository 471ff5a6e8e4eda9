"""The seam: what is framed comes out as it went in, strangers are refused with a sentence, a tape can be read."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from appliance import wire, wire_stream
from appliance.errors import WireError
from appliance.tape import Tape, as_lines, read
from appliance.wire_stream import Wire

DIAL = wire.Dial("o1", "sip:301@deskbell", "0312345678", "[受付] 03-1234-5678", 20.0, 4.0, contact="c1")
ENDED = wire.Ended("o1", wire.EndCause.BUSY, 12.5, 486, "Busy Here")


def made_up(kind: type) -> wire.Message:
    """Any message of this kind."""
    values = {"str": "x", "float": 1.5, "int": 2, "bool": True}
    fields = {}
    for field in msgspec.structs.fields(kind):
        if field.required:
            fields[field.name] = values.get(getattr(field.type, "__name__", ""))
            if fields[field.name] is None:
                is_enum = isinstance(field.type, type)
                fields[field.name] = next(iter(field.type)) if is_enum else ()
    return kind(**fields)


@pytest.mark.parametrize("kind", [*get_args(wire.Command), *get_args(wire.Event), wire.Hello])
def test_every_message_comes_out_as_it_went_in(kind: type) -> None:
    message = made_up(kind)
    assert wire_stream.decode(wire_stream.encode(message)[4:]) == message


@pytest.mark.parametrize(
    "body",
    [b"", b"\xc1", msgspec.msgpack.encode({"type": "Explode"}), msgspec.msgpack.encode({"type": "Ring"}),
     msgspec.msgpack.encode({"type": "Hold", "leg": "a", "colour": "red"}),
     msgspec.msgpack.encode({"type": "Hold", "leg": 7})],
)  # fmt: skip
def test_what_is_no_message_of_this_version_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(WireError, match="the seam carried a message this version"):
        wire_stream.decode(body)


async def ends(path: Path) -> tuple[Wire, Wire]:
    """Both ends of a connection."""
    accepted: asyncio.Future[Wire] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_unix_server(lambda *streams: accepted.set_result(Wire(*streams)), str(path))
    near = Wire(*await asyncio.open_unix_connection(str(path)))
    far = await accepted
    server.close()
    return near, far


async def test_two_processes_of_one_version_greet_each_other(tmp_path: Path) -> None:
    desk, switch = await ends(tmp_path / "s")
    answers = await asyncio.gather(
        desk.greet("desk", frozenset({"switch"})), switch.greet("switch", frozenset({"desk"}))
    )
    assert answers == ["switch", "desk"]
    assert desk.peer_uid() == os.getuid()
    await desk.close()
    assert await switch.receive() is None
    await switch.close()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (wire.Hello("switch", version=99), "the switch speaks version 99 of the seam, this desk 1"),
        (wire.Hello("lines"), "a lines connected where switch would be right"),
        (wire.AskSnapshot(), "Hello would be right"),
    ],
)
async def test_a_peer_that_does_not_fit_is_refused_with_a_sentence(
    tmp_path: Path, said: wire.Message, sentence: str
) -> None:
    desk, stranger = await ends(tmp_path / "s")
    stranger.send(said)
    with pytest.raises(WireError, match=sentence):
        await desk.greet("desk", frozenset({"switch"}))
    await desk.close()
    await stranger.close()


async def test_a_length_that_no_message_has_is_refused_before_it_is_read(tmp_path: Path) -> None:
    desk, stranger = await ends(tmp_path / "s")
    stranger._writer.write(b"\xff\xff\xff\xff")
    with pytest.raises(WireError, match="at most"):
        await desk.receive()
    await desk.close()
    await stranger.close()


def test_a_recorded_exchange_is_printed_as_text(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "seam.tape")
    tape.keep(DIAL, False)
    tape.keep(ENDED, True)
    tape.close()
    asked, told = as_lines(tmp_path / "seam.tape")
    assert asked.split()[1:3] == ["desk", "Dial"]
    assert "leg='o1'" in told
    assert "code=486" in told
    printed = subprocess.run(
        [sys.executable, "-m", "appliance.tape", str(tmp_path / "seam.tape")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.splitlines()[1].split()[1:3] == ["switch", "Ended"]


def test_a_tape_does_not_say_which_key_was_pressed(tmp_path: Path) -> None:
    """§3.11: it may be a PIN, or a card's number."""
    tape = Tape(tmp_path / "seam.tape")
    tape.keep(wire.Digit("in-1", "7", 2.0), True)
    tape.close()
    (told,) = as_lines(tmp_path / "seam.tape")
    assert "Digit" in told
    assert "digit='?'" in told


def test_a_torn_tape_is_read_to_its_last_whole_message_and_another_file_is_no_tape(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "seam.tape")
    tape.keep(DIAL, False)
    tape.keep(ENDED, True)
    tape.close()
    whole = (tmp_path / "seam.tape").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "torn").write_bytes(whole[:length])
        assert [said.message for said in read(tmp_path / "torn")] in ([], [DIAL])
    (tmp_path / "torn").write_bytes(b"SQLite format 3, nothing of ours")
    with pytest.raises(WireError, match="no tape"):
        list(read(tmp_path / "torn"))


def test_a_full_tape_is_kept_as_the_old_one_and_a_new_one_begins(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "seam.tape", limit=300)
    for _ in range(4):
        tape.keep(DIAL, False)
    tape.close()
    assert (tmp_path / "seam.old").exists()
    assert oct((tmp_path / "seam.tape").stat().st_mode)[-3:] == "600"
