"""Whose texts reach the switch and how the switch's reach a phone (S-20, RFC 3428), on a real Kamailio."""

import pytest

from appliance.edge.render import TEXT_BYTES, TEXTS_A_MINUTE
from tests.support.running_edge import RunningEdge, secret_of
from tests.support.sip_wire import Message, Wire, again_with, credentials


def text(phone: Wire, user: str, body: str = "hello", secret: str = "", shown: str = "") -> Message:
    """A text with the answer to its challenge, not yet sent."""
    plain = {"Content-Type": "text/plain", "X-Deskbell-Phone": "102"}
    request = phone.request("MESSAGE", "sip:200@deskbell", user=shown or user, headers=plain, body=body)
    challenge = phone.ask(request)
    assert challenge.status == 407
    return again_with(request, credentials(challenge, request, user, secret or secret_of(user)))


def test_s20_a_phones_text_reaches_the_switch_with_its_name_and_the_phone_hears_the_switchs_answer(
    edge: RunningEdge,
) -> None:
    with edge.wire() as phone:
        request = text(phone, "111", "折り返し願います")
        phone.send(request)
        arrived = edge.switch.wait_for("MESSAGE")
        assert arrived.all("X-Deskbell-Phone") == ["111"]
        assert not arrived.all("Proxy-Authorization")
        assert (arrived.body, arrived.first.split()[1]) == ("折り返し願います", "sip:200@deskbell")
        edge.switch.answer(arrived, 202, "Kept")
        assert phone.wait_for(202).first == "SIP/2.0 202 Kept"


def test_a_phone_is_told_when_the_switch_says_nothing(edge: RunningEdge) -> None:
    with edge.wire() as phone:
        phone.send(text(phone, "112"))
        edge.switch.wait_for("MESSAGE")
        assert phone.wait_for(503, timeout=6)["Retry-After"] == "5"
    while edge.switch.receive(0.1) is not None:
        pass  # what the edge repeated meanwhile


@pytest.mark.parametrize(("user", "shown", "status"), [("113", "114", 403), ("gateway", "", 403)])
def test_only_a_phone_writes_and_only_as_itself(edge: RunningEdge, user: str, shown: str, status: int) -> None:
    with edge.wire() as phone:
        assert phone.ask(text(phone, user, shown=shown)).status == status
    assert edge.switch.never_hears("MESSAGE")


def test_a_stranger_or_a_trunk_gets_no_further_than_the_challenge(edge: RunningEdge) -> None:
    with edge.wire("127.0.0.34") as stranger:
        assert stranger.ask(text(stranger, "115", secret="guess")).status == 407
    with edge.wire("127.0.0.3") as trunk:
        assert trunk.ask(trunk.request("MESSAGE", "sip:200@deskbell", user="115")).status == 407
    assert edge.switch.never_hears("MESSAGE")


def test_a_text_that_is_too_long_is_refused_before_anybody_is_asked_for_a_secret(edge: RunningEdge) -> None:
    with edge.wire() as phone:
        plain = {"Content-Type": "text/plain"}
        body = "x" * (TEXT_BYTES + 1)
        assert (
            phone.ask(phone.request("MESSAGE", "sip:200@deskbell", user="116", headers=plain, body=body)).status == 513
        )


def test_more_texts_than_a_person_types_are_refused_for_a_minute(edge: RunningEdge) -> None:
    with edge.wire() as phone:
        for _ in range(TEXTS_A_MINUTE):
            phone.send(text(phone, "117"))
            edge.switch.answer(edge.switch.wait_for("MESSAGE"), 200)
            phone.wait_for(200)
        refused = phone.ask(text(phone, "117"))
        assert (refused.status, refused["Retry-After"]) == (480, "60")
    with edge.wire() as other:
        other.send(text(other, "118"))
        edge.switch.answer(edge.switch.wait_for("MESSAGE"), 200)
        other.wait_for(200)


def test_the_switchs_text_reaches_the_phone_and_one_for_a_phone_that_is_away_comes_back(edge: RunningEdge) -> None:
    with edge.phone("119") as phone:
        edge.switch.send(
            edge.switch.request(
                "MESSAGE", "sip:119@deskbell", user="200", headers={"Content-Type": "text/plain"}, body="x"
            )
        )
        arrived = phone.wait_for("MESSAGE")
        assert arrived["From"].startswith("<sip:200@deskbell>")
        phone.answer(arrived, 200)
        assert edge.switch.wait_for(200).method == "MESSAGE"
    away = edge.switch.ask(edge.switch.request("MESSAGE", "sip:120@deskbell", user="200", body="x"))
    assert away.status == 480
