"""Whose calls reach the switch, and what the switch is told about who is calling."""

import pytest

from tests.support.running_edge import RunningEdge, secret_of
from tests.support.sip_wire import Message, Wire, again_with, credentials


def test_a_trunk_is_admitted_by_its_source_address_and_named_to_the_switch(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        arrived = _arrives(edge, trunk, trunk.request("INVITE", "sip:0312345678@deskbell", user="5551234"))
    assert arrived.all("X-Deskbell-Trunk") == ["isp"]
    assert not arrived.all("X-Deskbell-Phone")
    assert arrived.first.split()[1] == "sip:0312345678@deskbell"


@pytest.mark.parametrize("name", ["X-Deskbell-Trunk", "x-deskbell-PHONE", "X-DESKBELL-Anything", "X-Deskbell-Phone "])
def test_headers_of_ours_from_outside_never_reach_the_switch(edge: RunningEdge, name: str) -> None:
    with edge.wire("127.0.0.3") as trunk:
        forged = trunk.request("INVITE", "sip:9@deskbell", user="5551234", headers={name: "101"})
        arrived = _arrives(edge, trunk, forged)
    ours = [(key, value) for key, value in arrived.headers if key.lower().startswith("x-deskbell")]
    assert ours == [("X-Deskbell-Trunk", "isp")]


def test_a_phone_is_admitted_by_digest_and_named_to_the_switch(edge: RunningEdge) -> None:
    with edge.wire() as phone:
        invite = phone.request("INVITE", "sip:9@deskbell", user="101", headers={"X-Deskbell-Trunk": "isp"})
        challenge = phone.ask(invite)
        assert challenge.status == 407
        phone.acknowledge(invite, challenge)
        arrived = _arrives(edge, phone, again_with(invite, credentials(challenge, invite, "101", secret_of("101"))))
    assert arrived.all("X-Deskbell-Phone") == ["101"]
    assert not arrived.all("X-Deskbell-Trunk")
    assert not arrived.all("Proxy-Authorization")


def test_a_phone_cannot_call_under_another_extension(edge: RunningEdge) -> None:
    with edge.wire() as phone:
        invite = phone.request("INVITE", "sip:9@deskbell", user="102")
        challenge = phone.ask(invite)
        answer = phone.ask(again_with(invite, credentials(challenge, invite, "101", secret_of("101"))))
    assert answer.status == 403
    _nothing_arrived(edge)


def test_a_trunk_that_registers_is_admitted_by_its_digest_with_any_caller_number(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.30") as gateway:
        invite = gateway.request("INVITE", "sip:0312345678@deskbell", user="5559876")
        challenge = gateway.ask(invite)
        header = credentials(challenge, invite, "gateway", secret_of("gateway"))
        arrived = _arrives(edge, gateway, again_with(invite, header))
    assert arrived.all("X-Deskbell-Trunk") == ["gateway"]


def test_a_stranger_gets_no_further_than_the_challenge(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.31") as stranger:
        invite = stranger.request("INVITE", "sip:9@deskbell", user="5551234")
        challenge = stranger.ask(invite)
        assert challenge.status == 407
        answer = stranger.ask(again_with(invite, credentials(challenge, invite, "5551234", "guess")))
        assert answer.status == 407
    _nothing_arrived(edge)


@pytest.mark.parametrize("method", ["SUBSCRIBE", "PUBLISH", "NOTIFY", "REFER", "BYE", "INFO", "UNHEARDOF"])
def test_everything_else_from_a_stranger_is_refused(edge: RunningEdge, method: str) -> None:
    with edge.wire("127.0.0.32") as stranger:
        assert stranger.ask(stranger.request(method, "sip:101@deskbell", user="x")).status in (403, 481)
    _nothing_arrived(edge)


def test_a_caller_on_a_trunk_cannot_pass_for_an_extension(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        assert trunk.ask(trunk.request("INVITE", "sip:9@deskbell", user="101")).status == 407
    _nothing_arrived(edge)


def test_another_program_on_loopback_is_not_taken_for_the_switch(edge: RunningEdge) -> None:
    with edge.phone("103") as phone, edge.wire() as impostor:
        answer = impostor.ask(impostor.request("INVITE", "sip:103@deskbell", user="5551234"))
        assert answer.status == 407
        assert phone.receive(0.2) is None


def test_a_preloaded_route_does_not_make_the_edge_a_relay(edge: RunningEdge) -> None:
    host, port = edge.place
    with edge.wire() as victim, edge.wire("127.0.0.3") as trunk:
        routes = {"Route": f"<sip:{host}:{port};lr>, <sip:{victim.place};lr>"}
        arrived = _arrives(edge, trunk, trunk.request("INVITE", "sip:9@deskbell", user="5551234", headers=routes))
        assert not arrived.all("Route")
        assert victim.receive(0.2) is None


def test_a_request_of_an_invented_dialog_goes_nowhere_but_to_the_switch(edge: RunningEdge) -> None:
    host, port = edge.place
    with edge.wire() as victim, edge.wire("127.0.0.33") as stranger:
        invented = {
            "Route": f"<sip:{host}:{port};lr>",
            "To": "<sip:x@deskbell>;tag=invented",
            "X-Deskbell-Phone": "101",
        }
        request = stranger.request("INFO", f"sip:x@{victim.place}", user="x", headers=invented)
        stranger.send(request)
        arrived = edge.switch.wait_for("INFO")
        assert not arrived.all("X-Deskbell-Phone")
        edge.switch.answer(arrived, 481)
        assert stranger.wait_for(481).status == 481
        assert victim.receive(0.2) is None


def test_the_lines_process_reaches_the_switch_with_its_own_headers(edge: RunningEdge) -> None:
    host, _, port = edge.settings.lines.rpartition(":")
    with Wire(edge.place, host, int(port)) as lines:
        request = lines.request("INVITE", "sip:9@deskbell", user="line-1", headers={"X-Deskbell-Line": "line-1"})
        assert _arrives(edge, lines, request)["X-Deskbell-Line"] == "line-1"


def test_only_the_lines_process_says_by_what_evidence_a_number_answered(edge: RunningEdge) -> None:
    host, _, port = edge.settings.lines.rpartition(":")
    with Wire(edge.place, host, int(port)) as lines:
        to = f"sip:0312345678@{edge.settings.lines};line=line-1"
        edge.switch.send(edge.switch.request("INVITE", to, user="5551234"))
        lines.answer(lines.wait_for("INVITE"), 200, "OK", {"X-Deskbell-Evidence": "speech"})
        assert edge.switch.wait_for(200).all("X-Deskbell-Evidence") == ["speech"]
    with edge.phone("101") as phone:
        edge.switch.send(edge.switch.request("INVITE", "sip:101@deskbell", user="5551234"))
        phone.answer(phone.wait_for("INVITE"), 200, "OK", {"X-Deskbell-Evidence": "speech"})
        assert edge.switch.wait_for(200).all("X-Deskbell-Evidence") == []


def _arrives(edge: RunningEdge, caller: Wire, invite: Message) -> Message:
    """What the switch gets; it answers 486, and the caller hears that."""
    caller.send(invite)
    arrived = edge.switch.wait_for("INVITE")
    edge.switch.answer(arrived, 486, "Busy Here")
    busy = caller.wait_for(486)
    caller.acknowledge(invite, busy)
    edge.switch.wait_for("ACK")
    return arrived


def _nothing_arrived(edge: RunningEdge) -> None:
    assert edge.switch.never_hears("INVITE")
