"""Who may register, what a stranger learns, and what a restart keeps."""

import re
import signal

from tests.support.running_edge import RunningEdge, secret_of
from tests.support.sip_wire import Message, Wire, again_with, credentials, register


def test_a_phone_with_the_right_secret_registers(edge: RunningEdge) -> None:
    with edge.phone("101") as phone:
        known = edge.ask(lambda rpc: rpc.registrations())
        mine = next(one for one in known if one.user == "101")
        assert mine.source == f"sip:{phone.place}"
        assert 200 < mine.expires_s <= 300
        edge.wait_for_log(f"101 registered from {phone.place} over udp")


def test_a_wrong_secret_and_an_unknown_user_get_the_same_answer(edge: RunningEdge) -> None:
    with edge.wire() as wire:
        wrong = register(wire, "102", "not-the-secret")
        unknown = register(wire, "777", "not-the-secret")
    assert wrong.status == unknown.status == 401
    assert _without_chance(wrong) == _without_chance(unknown)
    assert "102" not in edge.ask(lambda rpc: rpc.registered())


def test_an_extension_cannot_register_another(edge: RunningEdge) -> None:
    with edge.wire() as wire:
        request = wire.request("REGISTER", "sip:deskbell", user="103", to="sip:104@deskbell")
        challenge = wire.ask(request)
        answer = wire.ask(again_with(request, credentials(challenge, request, "103", secret_of("103"))))
    assert answer.status == 403
    assert "104" not in edge.ask(lambda rpc: rpc.registered())


def test_credentials_of_one_user_do_not_vouch_for_another_in_the_same_request(edge: RunningEdge) -> None:
    with edge.wire() as wire:
        request = wire.request("REGISTER", "sip:deskbell", user="104", to="sip:104@deskbell")
        challenge = wire.ask(request)
        name, good = credentials(challenge, request, "103", secret_of("103"))
        bad = good.replace('username="103"', 'username="104"').replace('realm="deskbell"', 'realm="elsewhere"')
        forged = again_with(again_with(request, (name, bad)), (name, good))
        assert wire.ask(forged).status in (401, 403)
    assert "104" not in edge.ask(lambda rpc: rpc.registered())


def test_thirty_phones_register_at_the_same_moment(edge: RunningEdge) -> None:
    phones = {number: edge.wire() for number in edge.settings.phones}
    try:
        requests = {n: w.request("REGISTER", "sip:deskbell", user=n, to=f"sip:{n}@deskbell") for n, w in phones.items()}
        for number, wire in phones.items():
            wire.send(requests[number])
        challenges = {number: wire.wait_for(401) for number, wire in phones.items()}
        for number, wire in phones.items():
            header = credentials(challenges[number], requests[number], number, secret_of(number))
            wire.send(again_with(requests[number], header))
        assert [wire.wait_for(200).status for wire in phones.values()] == [200] * 30
        assert edge.ask(lambda rpc: rpc.registered()) >= set(phones)
    finally:
        for wire in phones.values():
            wire.socket.close()


def test_a_phone_that_unregisters_is_gone_at_once(edge: RunningEdge) -> None:
    with edge.phone("105") as phone:
        before = edge.ask(lambda rpc: rpc.registrations())
        assert register(phone, "105", secret_of("105"), expires=0).status == 200
        after = edge.ask(lambda rpc: rpc.registrations())
    gone = {(one.user, one.source) for one in before} - {(one.user, one.source) for one in after}
    assert gone == {("105", f"sip:{phone.place}")}


def test_a_phone_registers_over_tcp(edge: RunningEdge) -> None:
    with edge.phone("106", tcp=True) as phone:
        known = edge.ask(lambda rpc: rpc.registrations())
        assert f"sip:{phone.place};transport=tcp" in {one.source for one in known if one.user == "106"}


def test_an_options_question_is_answered_and_names_nobody(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.21") as wire:
        host, port = edge.place
        answer = wire.ask(wire.request("OPTIONS", f"sip:{host}:{port}", user="probe"))
    assert answer.status == 200
    assert not answer.all("Server")


def test_until_the_desk_has_given_the_secrets_phones_are_told_to_come_back(own_edge: RunningEdge) -> None:
    own_edge.start(with_secrets=False)
    assert own_edge.ask(lambda rpc: rpc.secrets_loaded()) == 0
    with own_edge.wire() as wire:
        request = wire.request("REGISTER", "sip:deskbell", user="101", to="sip:101@deskbell")
        early = wire.ask(request)
        assert (early.status, early["Retry-After"]) == (503, "2")
        own_edge.put_secrets()
        assert own_edge.ask(lambda rpc: rpc.secrets_loaded()) == len(own_edge.settings.phones) + 1
        assert register(wire, "101", secret_of("101")).status == 200


def test_registrations_outlive_a_kill_and_secrets_do_not(own_edge: RunningEdge) -> None:
    own_edge.start()
    with own_edge.phone("101") as phone:
        own_edge.wait_until_saved("101")
        own_edge.stop(signal.SIGKILL)
        own_edge.start(with_secrets=False)
        own_edge.wait_until_known("101")
        assert own_edge.ask(lambda rpc: rpc.registered()) == {"101"}
        assert own_edge.ask(lambda rpc: rpc.secrets_loaded()) == 0
        _ring(own_edge.switch, "101")
        assert phone.wait_for("INVITE").method == "INVITE"


def test_after_a_killed_parent_the_next_edge_has_the_port_to_itself(own_edge: RunningEdge) -> None:
    own_edge.start()
    own_edge.kill_main_only()
    own_edge.start()
    with own_edge.phone("101"):
        assert own_edge.ask(lambda rpc: rpc.registered()) == {"101"}


def _ring(switch: Wire, number: str) -> Message:
    invite = switch.request("INVITE", f"sip:{number}@deskbell", user="5551234")
    switch.send(invite)
    return invite


def _without_chance(answer: Message) -> bytes:
    """The answer without what differs between any two: nonce, tags and the question's own headers."""
    text = answer.text().decode()
    text = re.sub(r'nonce="[^"]*"', "nonce", text)
    text = re.sub(r"(?m)^(Via|From|To|Call-ID|CSeq): .*$", r"\1", text)
    return text.encode()
