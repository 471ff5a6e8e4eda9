"""What the edge refuses before it looks: huge messages, multipart bodies, guessed secrets, floods, rubbish."""

import random

import pytest

from tests.support.running_edge import RunningEdge, secret_of
from tests.support.sip_wire import Wire, register


def test_a_message_over_8_kilobytes_is_refused(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        huge = trunk.request("INVITE", "sip:9@deskbell", user="5551234", headers={"Content-Type": "text/plain"})
        huge.body = "x" * 8300
        assert trunk.ask(huge).status == 513
        nearly = trunk.request("INVITE", "sip:9@deskbell", user="5551234", headers={"Content-Type": "text/plain"})
        nearly.body = "x" * 7000
        trunk.send(nearly)
        arrived = edge.switch.wait_for("INVITE")
        edge.switch.answer(arrived, 486)
        trunk.acknowledge(nearly, trunk.wait_for(486))


def test_a_multipart_body_is_refused_however_it_is_written(edge: RunningEdge) -> None:
    ways = [{"Content-Type": "multipart/mixed;boundary=a"}, {"c": "Multipart/Related; boundary=a"}]
    with edge.wire("127.0.0.34") as stranger:
        for headers in ways:
            asked = stranger.request("INVITE", "sip:9@deskbell", user="x", headers=headers, body="--a--")
            assert stranger.ask(asked).status == 415, headers
        twice = stranger.request("INVITE", "sip:9@deskbell", user="x", headers={"Content-Type": "application/sdp"})
        twice.headers.append(("Content-Type", "multipart/mixed;boundary=a"))
        assert stranger.ask(twice).status == 415
    assert edge.switch.never_hears("INVITE")


def test_a_multipart_answer_of_a_phone_does_not_reach_the_switch(edge: RunningEdge) -> None:
    with edge.phone("103") as phone:
        invite = edge.switch.request("INVITE", "sip:103@deskbell", user="5551234")
        edge.switch.send(invite)
        rung = phone.wait_for("INVITE")
        phone.answer(rung, 183, "x", {"Content-Type": "multipart/mixed;boundary=a"})
        phone.answer(rung, 486)
        seen = []
        while (got := edge.switch.receive(2.0)) is not None:
            seen.append(got.status)
            if got.status >= 300:
                edge.switch.acknowledge(invite, got)
                break
        assert 183 not in seen
        assert seen[-1] == 486


def test_after_six_wrong_secrets_a_user_at_an_address_is_refused_and_others_are_not(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.50") as guesser:
        answers = [register(guesser, "101", f"guess-{n}").status for n in range(8)]
        assert answers == [401] * 6 + [403] * 2
        assert register(guesser, "101", secret_of("101")).status == 403
        assert register(guesser, "102", secret_of("102")).status == 200
    with edge.wire("127.0.0.51") as owner:
        assert register(owner, "101", secret_of("101")).status == 200
    assert ("101@127.0.0.50", 6) in {(ban.name, ban.failures) for ban in edge.ask(lambda rpc: rpc.bans())}
    edge.wait_for_log("127.0.0.50: six wrong secrets")
    edge.ask(lambda rpc: rpc.lift_ban("101@127.0.0.50"))
    with edge.wire("127.0.0.50") as forgiven:
        assert register(forgiven, "101", secret_of("101")).status == 200


def test_guessing_one_secret_for_many_users_shuts_the_source_out(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.52") as guesser:
        for number in range(20):
            register(guesser, f"{500 + number}", "guess")
        assert _silent(guesser)
    edge.wait_for_log("127.0.0.52 shut out for 60 s: twenty wrong secrets")


def test_a_flood_is_shut_out_and_another_phone_is_still_served(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.60") as flooder, edge.wire("127.0.0.61") as phone:
        for _ in range(600):
            flooder.send(flooder.request("REGISTER", "sip:deskbell", user="101", to="sip:101@deskbell"))
        edge.wait_for_log("127.0.0.60 shut out for 60 s: flood")
        assert "127.0.0.60" in {ban.name for ban in edge.ask(lambda rpc: rpc.bans())}
        while flooder.receive(0.2) is not None:
            pass
        assert _silent(flooder)
        assert register(phone, "104", secret_of("104")).status == 200
    assert len([line for line in edge.log if "127.0.0.60" in line]) == 1


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_rubbish_neither_stops_the_edge_nor_fills_its_log(edge: RunningEdge, tcp: bool) -> None:
    chance = random.Random(8)
    before = len(edge.log)
    for number in range(600):
        with edge.wire(f"127.0.0.{70 + number // 60}", tcp=tcp) as wire:
            bad = bytearray(wire.request("INVITE", "sip:9@deskbell", user="5551234").text())
            for _ in range(chance.randint(1, 12)):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
            end = len(bad) if tcp else chance.randint(1, len(bad))  # of half a message on TCP the edge awaits the rest
            wire.send(bytes(bad[:end]))
    with edge.phone("105", tcp=tcp):
        assert edge.ask(lambda rpc: rpc.is_up())
    written = edge.log[before:]
    assert len(written) < 5, written[:5]


def _silent(wire: Wire) -> bool:
    """Whether the edge gives this source no answer at all."""
    host, port = wire.server
    wire.send(wire.request("OPTIONS", f"sip:{host}:{port}", user="probe"))
    return wire.receive(0.3) is None
