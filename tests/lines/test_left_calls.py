"""What a killed process leaves behind is ended by the next; what ended properly is not, and nothing fails a start."""

import socket

import pytest

from appliance.lines.left_calls import LeftCalls

ANSWER = (
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5080\r\nf: <sip:ann@x>;tag=ours\r\nTo: <sip:line1@x>;tag=theirs\r\n"
    "Call-ID: abc\r\nCSeq: 7 INVITE\r\nContact: <sip:127.0.0.1:5070>\r\nContent-Length: 0\r\n\r\n"
)


@pytest.fixture
def switch():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as switch:
        switch.bind(("127.0.0.1", 0))
        switch.settimeout(1.0)
        yield switch


def test_a_noted_call_is_ended_in_its_own_dialog_once(tmp_path, switch):
    path = tmp_path / "lines.calls"
    dead = LeftCalls(path)
    dead.note("line1/1", ANSWER)
    dead.note("line2/2", ANSWER.replace("abc", "ended"))
    dead.strike("line2/2")
    assert LeftCalls(path).execute(("127.0.0.1", 0), switch.getsockname()) == 1
    bye = switch.recv(4096).decode()
    assert bye.startswith("BYE sip:127.0.0.1:5070 SIP/2.0\r\n")
    for part in (
        "From: <sip:ann@x>;tag=ours\r\n",
        "To: <sip:line1@x>;tag=theirs\r\n",
        "Call-ID: abc\r\n",
        "CSeq: 1007 BYE\r\n",
    ):
        assert part in bye
    assert LeftCalls(path).execute(("127.0.0.1", 0), switch.getsockname()) == 0


@pytest.mark.parametrize("left", [b"", b"{", b'{"a": 3}', b"\xff\x00"])
def test_a_broken_file_ends_nothing_and_fails_nothing(tmp_path, left):
    path = tmp_path / "lines.calls"
    path.write_bytes(left)
    assert LeftCalls(path).execute(("127.0.0.1", 0), ("127.0.0.1", 9)) == 0


def test_an_answer_that_names_no_dialog_is_not_noted(tmp_path):
    path = tmp_path / "lines.calls"
    LeftCalls(path).note("line1/1", "SIP/2.0 200 OK\r\n\r\n")
    assert not path.exists()
