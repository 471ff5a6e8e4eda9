"""The edge with two faces: phones on the office network, the switch on loopback."""

import socket
from collections.abc import Iterator

import pytest

from appliance.selftest.ports import free_port
from tests.support.running_edge import RunningEdge, secret_of
from tests.support.sip_wire import Message, Wire, register


def _address_on_the_network() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # sends nothing; asks the kernel which address it would use
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return None if address.startswith("127.") else address


ADDRESS = _address_on_the_network()
pytestmark = pytest.mark.skipif(ADDRESS is None, reason="this machine has no network address besides loopback")


@pytest.fixture(params=["0.0.0.0", "address"], scope="module")
def office(request: pytest.FixtureRequest) -> Iterator[RunningEdge]:
    host = ADDRESS if request.param == "address" else "0.0.0.0"
    running = RunningEdge(sip=(f"{host}:{free_port()}",), exempt=("127.0.0.1", str(ADDRESS)))
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_a_phone_on_the_network_is_rung_talks_and_hangs_up(office: RunningEdge, tcp: bool) -> None:
    server = (str(ADDRESS), office.settings.inside.port)
    number = "102" if tcp else "101"
    with Wire(server, str(ADDRESS), tcp=tcp) as phone:
        assert register(phone, number, secret_of(number)).status == 200
        invite = office.switch.request("INVITE", f"sip:{number}@deskbell", user="5551234")
        office.switch.send(invite)
        rung = phone.wait_for("INVITE")
        assert str(ADDRESS) in rung["Via"]
        assert str(ADDRESS) in rung["Record-Route"]
        phone.answer(rung, 200, "OK")
        answered = office.switch.wait_for(200)
        assert "127.0.0.1" in answered.all("Record-Route")[-1]
        office.switch.acknowledge(invite, answered)
        phone.wait_for("ACK")
        phone.send(_bye_of_callee(phone, rung))
        bye = office.switch.wait_for("BYE")
        assert not bye.all("Route")
        office.switch.answer(bye, 200, "OK")
        assert phone.wait_for(200)["CSeq"].endswith("BYE")


def test_the_switch_ends_a_talk_that_a_phone_on_the_network_began(office: RunningEdge) -> None:
    server = (str(ADDRESS), office.settings.inside.port)
    with Wire(server, "127.0.0.1") as nobody, Wire(office.place, "127.0.0.3") as trunk:
        assert nobody.ask(nobody.request("OPTIONS", f"sip:{server[0]}:{server[1]}", user="x")).status == 200
        invite = trunk.request("INVITE", "sip:9@deskbell", user="5551234")
        trunk.send(invite)
        arrived = office.switch.wait_for("INVITE")
        office.switch.answer(arrived, 200, "OK")
        trunk.acknowledge(invite, trunk.wait_for(200))
        office.switch.wait_for("ACK")
        office.switch.send(_bye_of_callee(office.switch, arrived))
        trunk.answer(trunk.wait_for("BYE"), 200, "OK")
        assert office.switch.wait_for(200)["CSeq"].endswith("BYE")


def _bye_of_callee(callee: Wire, invite: Message) -> Message:
    headers = {"From": f"{invite['To']};tag=t{callee.port}", "To": invite["From"]}
    target = invite["Contact"].strip("<>")
    request = callee.request("BYE", target, user="x", call_id=invite["Call-ID"], cseq=1, headers=headers)
    request.headers[1:1] = [("Route", value) for value in invite.all("Record-Route")]
    return request
