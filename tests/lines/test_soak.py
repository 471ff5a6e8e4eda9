"""F35: four lines at once, call after call."""

import socket

from hw.sim.counts import OWN_CLOCK
from hw.sim.eventlog import CardEvent, What
from tests.lines.fake_switch import FakeSwitch
from tests.lines.soak import Dry, main


def test_f35_four_lines_live_through_calls_of_every_kind_without_sticking_or_growing(capsys):
    """F35 partly: twenty seconds; `python -m tests.lines.soak 30` is the real one, underruns included."""
    main(1 / 3)
    told = capsys.readouterr().out
    assert "stuck lines           0 " in told
    calls = int(told.split(" min, ")[1].split(" calls")[0])
    assert calls >= 4
    grown = float(told.split("grown by ")[1].split(" MB")[0])
    assert grown < 10
    assert "dry by the lines" in told
    troubles = [line for line in told.splitlines() if "TROUBLE" in line and "sample" not in line]
    assert troubles == []


def test_f35_a_card_that_ran_dry_counts_unless_its_own_clock_or_the_machine_was_late():
    """F35: what is told apart is told apart by measurement, and only for that moment."""
    story = [
        CardEvent(10.0, 80, What.STREAM_STARTED, "DUPLEX"),
        CardEvent(20.0, 80_080, What.RAN_DRY, f"{OWN_CLOCK}; the card was 60 ms late, the host 0 ms"),
        CardEvent(30.0, 160_080, What.RAN_DRY, HOST),
        CardEvent(40.0, 240_080, What.RAN_DRY, HOST),
        CardEvent(41.0, 248_080, What.STREAM_ENDED, "ended rx=1 tx=1 steady=0.9700"),
        CardEvent(50.0, 80, What.STREAM_STARTED, "DUPLEX"),
        CardEvent(60.0, 80_080, What.RAN_DRY, HOST),
        CardEvent(61.0, 88_080, What.STREAM_ENDED, "ended rx=1 tx=1 steady=0.9700"),
    ]
    dry = Dry([story], [(29.9, 0.06), (39.8, 0.06)])
    assert {whose: len(told) for whose, told in dry.by.items()} == {"the lines": 2, OWN_CLOCK: 1, "the machine": 1}
    assert [wrong[:6] for wrong in dry.wrongs(story)] == ["61.000"]


HOST = "the host; the card was 1 ms late, the host 50 ms"


def test_f35_an_invite_that_comes_again_since_the_switch_was_late_is_no_answer_to_it():
    """Four calls of a soak under load rang for ever: the test's switch said 200, without SDP, to the repetition."""
    switch = FakeSwitch()
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))
    line.settimeout(5.0)
    own = f"127.0.0.1:{line.getsockname()[1]}"
    invite = (
        f"INVITE sip:line1@{switch.address} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK1\r\n"
        "From: <sip:a@b>;tag=1\r\n"
        f"To: <sip:line1@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@{own}>\r\nContent-Length: 0\r\n\r\n"
    )
    for _ in range(2):
        line.sendto(invite.encode(), ("127.0.0.1", switch.port))
        assert line.recv(4096).startswith(b"SIP/2.0 100 ")
    assert len(switch.calls) == 1
    switch.refuse(switch.calls[0], "603 Decline")
    line.sendto(invite.encode(), ("127.0.0.1", switch.port))
    assert [line.recv(4096)[8:11] for _ in range(2)] == [b"603", b"603"]
    line.close()
    switch.die()
