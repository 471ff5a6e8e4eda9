"""Calls through the edge: to phones and trunks, given up, answered, ended, and phones that are not there."""

import socket
import time

import pytest

from tests.support.running_edge import RunningEdge
from tests.support.sip_wire import Message, Wire


def test_a_phone_is_rung_answers_talks_and_hangs_up(edge: RunningEdge) -> None:
    with edge.phone("101") as phone:
        invite = _ring(edge.switch, "101", {"X-Deskbell-Contact": "17"})
        rung = phone.wait_for("INVITE")
        assert not rung.all("Route")
        assert not [name for name, _ in rung.headers if name.lower().startswith("x-deskbell")]
        phone.answer(rung, 180)
        assert edge.switch.wait_for(180).status == 180
        phone.answer(rung, 200, "OK", {"X-Deskbell-Phone": "forged"})
        answered = edge.switch.wait_for(200)
        assert not answered.all("X-Deskbell-Phone")
        edge.switch.acknowledge(invite, answered)
        assert phone.wait_for("ACK").method == "ACK"

        phone.send(_in_dialog_of_callee(phone, "BYE", rung))
        bye = edge.switch.wait_for("BYE")
        edge.switch.answer(bye, 200, "OK")
        assert phone.wait_for(200)["CSeq"].endswith("BYE")


def test_the_switch_ends_a_talk_with_a_trunk(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        invite = trunk.request("INVITE", "sip:9@deskbell", user="5551234")
        trunk.send(invite)
        arrived = edge.switch.wait_for("INVITE")
        edge.switch.answer(arrived, 200, "OK")
        trunk.acknowledge(invite, trunk.wait_for(200))
        edge.switch.wait_for("ACK")
        edge.switch.send(_in_dialog_of_callee(edge.switch, "BYE", arrived))
        bye = trunk.wait_for("BYE")
        assert not bye.all("Route")
        trunk.answer(bye, 200, "OK")
        assert edge.switch.wait_for(200)["CSeq"].endswith("BYE")


def test_a_caller_in_a_dialog_reaches_the_switch_along_the_recorded_route(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        invite = trunk.request("INVITE", "sip:9@deskbell", user="5551234")
        trunk.send(invite)
        edge.switch.answer(edge.switch.wait_for("INVITE"), 200, "OK")
        answered = trunk.wait_for(200)
        trunk.acknowledge(invite, answered)
        edge.switch.wait_for("ACK")
        trunk.send(trunk.in_dialog("BYE", invite, answered))
        edge.switch.answer(edge.switch.wait_for("BYE"), 200, "OK")
        assert trunk.wait_for(200).status == 200


def test_two_phones_on_one_number_both_ring_and_the_second_stops_when_the_first_answers(edge: RunningEdge) -> None:
    """R-47: two phones, one answer."""
    with edge.phone("102") as desk, edge.phone("102") as handset:
        _ring(edge.switch, "102")
        at_desk, at_handset = desk.wait_for("INVITE"), handset.wait_for("INVITE")
        handset.answer(at_handset, 180)
        edge.switch.wait_for(180)
        desk.answer(at_desk, 200, "OK")
        assert edge.switch.wait_for(200).status == 200
        assert handset.wait_for("CANCEL")["CSeq"].endswith("CANCEL")


def test_a_phone_on_tcp_is_rung_over_its_own_connection(edge: RunningEdge) -> None:
    with edge.phone("104", tcp=True) as phone:
        invite = _ring(edge.switch, "104")
        rung = phone.wait_for("INVITE")
        phone.answer(rung, 486, "Busy Here")
        edge.switch.acknowledge(invite, edge.switch.wait_for(486))


def test_a_phone_whose_tcp_connection_is_closed_fails_at_once_and_is_not_connected_to(edge: RunningEdge) -> None:
    phone = edge.phone("105", tcp=True)
    phone.socket.close()
    edge.wait_for_tcp()  # one process serves all connections in turn: it has seen the close when it answers this
    with socket.create_server((phone.host, phone.port)) as there_again:
        there_again.settimeout(0.2)
        invite = _ring(edge.switch, "105")
        while (answer := edge.switch.receive(2.0)) is not None and answer.status < 300:
            pass
        assert answer is not None
        edge.switch.acknowledge(invite, answer)
        assert answer.status == 477
        with pytest.raises(TimeoutError):
            there_again.accept()


def test_a_phone_that_is_not_registered_is_refused_at_once(edge: RunningEdge) -> None:
    invite = _ring(edge.switch, "106")
    refused = edge.switch.wait_for(480, timeout=1.0)
    edge.switch.acknowledge(invite, refused)


def test_a_number_that_is_no_phone_is_not_found(edge: RunningEdge) -> None:
    invite = _ring(edge.switch, "999")
    edge.switch.acknowledge(invite, edge.switch.wait_for(404, timeout=1.0))


def test_a_phone_behind_a_wrong_contact_is_rung_where_it_registered_from(edge: RunningEdge) -> None:
    with edge.wire() as elsewhere, edge.phone("107") as phone:
        invite = _ring(edge.switch, "107")
        rung = phone.wait_for("INVITE")
        phone.answer(rung, 200, "OK", {"Contact": f"<sip:107@{elsewhere.place}>"})
        answered = edge.switch.wait_for(200)
        edge.switch.acknowledge(invite, answered)
        assert phone.wait_for("ACK").method == "ACK"
        assert elsewhere.receive(0.2) is None


def test_a_caller_who_gives_up_stops_the_call_at_the_switch(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        invite = trunk.request("INVITE", "sip:9@deskbell", user="5551234")
        trunk.send(invite)
        arrived = edge.switch.wait_for("INVITE")
        edge.switch.answer(arrived, 180)
        trunk.wait_for(180)
        kept = [(n, v) for n, v in invite.headers if n in ("Via", "Max-Forwards", "From", "To", "Call-ID")]
        trunk.send(Message("CANCEL sip:9@deskbell SIP/2.0", [*kept, ("CSeq", "1 CANCEL")]))
        cancel = edge.switch.wait_for("CANCEL")
        edge.switch.answer(cancel, 200, "OK")
        edge.switch.answer(arrived, 487, "Request Terminated")
        trunk.acknowledge(invite, trunk.wait_for(487))
        assert edge.switch.wait_for("ACK").method == "ACK"


def test_the_switch_withdraws_an_offer_and_the_phone_stops_ringing(edge: RunningEdge) -> None:
    with edge.phone("108") as phone:
        invite = _ring(edge.switch, "108")
        rung = phone.wait_for("INVITE")
        phone.answer(rung, 180)
        edge.switch.wait_for(180)
        kept = [(n, v) for n, v in invite.headers if n in ("Via", "Max-Forwards", "From", "To", "Call-ID")]
        edge.switch.send(Message(f"CANCEL {invite.first.split()[1]} SIP/2.0", [*kept, ("CSeq", "1 CANCEL")]))
        phone.answer(phone.wait_for("CANCEL"), 200, "OK")
        phone.answer(rung, 487, "Request Terminated")
        edge.switch.acknowledge(invite, edge.switch.wait_for(487))


def test_a_repeated_invite_reaches_the_switch_once(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        invite = trunk.request("INVITE", "sip:9@deskbell", user="5551234")
        for _ in range(3):
            trunk.send(invite)
            trunk.wait_for(100)
        arrived = edge.switch.wait_for("INVITE")
        assert edge.switch.never_hears("INVITE", 0.3)
        edge.switch.answer(arrived, 486)
        trunk.acknowledge(invite, trunk.wait_for(486))
        edge.switch.wait_for("ACK")


def test_the_switch_calls_out_by_a_trunk_and_nowhere_else(edge: RunningEdge) -> None:
    with Wire(edge.place, "127.0.0.3") as trunk, edge.wire("127.0.0.40") as elsewhere:
        invite = edge.switch.request("INVITE", f"sip:0312345678@{trunk.place}", user="101")
        edge.switch.send(invite)
        at_trunk = trunk.wait_for("INVITE")
        assert at_trunk.first.startswith("INVITE sip:0312345678@")
        trunk.answer(at_trunk, 486)
        edge.switch.acknowledge(invite, edge.switch.wait_for(486))
        refused = edge.switch.ask(edge.switch.request("INVITE", f"sip:0312345678@{elsewhere.place}", user="101"))
        assert refused.status == 403
        assert elsewhere.receive(0.2) is None


def test_the_switch_calls_out_by_a_trunk_that_registered_with_us(edge: RunningEdge) -> None:
    with edge.phone("gateway") as gateway:
        invite = edge.switch.request("INVITE", "sip:0312345678@gateway", user="101")
        edge.switch.send(invite)
        at_gateway = gateway.wait_for("INVITE")
        assert at_gateway.first.split()[1] == f"sip:0312345678@{gateway.place}"
        gateway.answer(at_gateway, 486)
        edge.switch.acknowledge(invite, edge.switch.wait_for(486))


def test_a_dead_phone_and_a_dead_switch_are_given_up_after_about_four_and_a_half_seconds(own_edge: RunningEdge) -> None:
    own_edge.start()
    with own_edge.wire("127.0.0.3") as trunk:
        own_edge.phone("101").socket.close()
        began = time.monotonic()
        trunk.send(trunk.request("INVITE", "sip:9@deskbell", user="5551234"))
        invite = _ring(own_edge.switch, "101")
        given_up = own_edge.switch.wait_for(408, timeout=8)
        took = time.monotonic() - began
        own_edge.switch.acknowledge(invite, given_up)
        unanswered = trunk.wait_for(503, timeout=3)
    assert 3.5 < took < 6.5
    assert unanswered["Retry-After"] == "5"


def test_hundred_invites_cross_the_edge_without_loss(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.3") as trunk:
        crossed = []
        for _ in range(100):
            invite = trunk.request("INVITE", "sip:9@deskbell", user="5551234")
            began = time.monotonic()
            trunk.send(invite)
            arrived = edge.switch.wait_for("INVITE")
            crossed.append(time.monotonic() - began)
            edge.switch.answer(arrived, 486)
            trunk.acknowledge(invite, trunk.wait_for(486))
            edge.switch.wait_for("ACK")
    crossed.sort()
    print(f"INVITE through the edge: median {crossed[50] * 1000:.2f} ms, p99 {crossed[98] * 1000:.2f} ms")


def _ring(switch: Wire, number: str, headers: dict[str, str] | None = None) -> Message:
    """The switch rings a phone; it names the edge as its outbound proxy, as pjsua2 does."""
    host, port = switch.server
    route = {"Route": f"<sip:{host}:{port};lr>", **(headers or {})}
    invite = switch.request("INVITE", f"sip:{number}@deskbell", user="5551234", headers=route)
    switch.send(invite)
    return invite


def _in_dialog_of_callee(callee: Wire, method: str, invite: Message) -> Message:
    """A request of the called side within the dialog of `invite`."""
    headers = {"From": f"{invite['To']};tag=t{callee.port}", "To": invite["From"]}
    target = invite["Contact"].strip("<>")
    request = callee.request(method, target, user="x", call_id=invite["Call-ID"], cseq=1, headers=headers)
    request.headers[1:1] = [("Route", value) for value in invite.all("Record-Route")]
    return request
