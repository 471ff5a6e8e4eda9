"""The same rendered configuration runs on Debian 12's Kamailio 5.6 and on Debian 13's 6.0."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.edge import process
from tests.support.other_debian import kamailio_of, version_of
from tests.support.running_edge import RunningEdge, secret_of
from tests.support.sip_wire import register

RELEASES = {"bookworm": "5.6", "trixie": "6.0"}


@pytest.fixture(params=RELEASES, scope="module")
def release_edge(request: pytest.FixtureRequest) -> Iterator[RunningEdge]:
    """An edge on this release's Kamailio: the machine's own where it is the one, else unpacked from the mirror."""
    wanted = RELEASES[request.param]
    own = shutil.which("kamailio", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if own and version_of((own,)).startswith(wanted):
        running = RunningEdge()
    else:
        words = kamailio_of(request.param)
        assert version_of(words).startswith(wanted)
        schemas = Path(words[3]).parents[1] / "share/kamailio/db_sqlite"
        running = RunningEdge(kamailio=words, schemas=schemas, user="root")  # the cache may lie in a home of ours alone
    try:
        running.start()
        yield running
    finally:
        running.close()


def test_kamailio_accepts_the_rendered_configuration(release_edge: RunningEdge) -> None:
    process.check(release_edge.settings)


def test_a_phone_registers_and_is_rung(release_edge: RunningEdge) -> None:
    with release_edge.phone("101") as phone:
        known = release_edge.ask(lambda rpc: rpc.registrations())
        assert {one.source for one in known if one.user == "101"} == {f"sip:{phone.place}"}
        invite = release_edge.switch.request("INVITE", "sip:101@deskbell", user="5551234")
        release_edge.switch.send(invite)
        phone.answer(phone.wait_for("INVITE"), 486)
        release_edge.switch.acknowledge(invite, release_edge.switch.wait_for(486))


def test_a_trunk_is_admitted_and_named(release_edge: RunningEdge) -> None:
    with release_edge.wire("127.0.0.3") as trunk:
        invite = trunk.request("INVITE", "sip:9@deskbell", user="5551234", headers={"X-Deskbell-Phone": "101"})
        trunk.send(invite)
        arrived = release_edge.switch.wait_for("INVITE")
        assert (arrived.all("X-Deskbell-Trunk"), arrived.all("X-Deskbell-Phone")) == (["isp"], [])
        release_edge.switch.answer(arrived, 486)
        trunk.acknowledge(invite, trunk.wait_for(486))


def test_refusals_and_bans_work(release_edge: RunningEdge) -> None:
    with release_edge.wire("127.0.0.90") as stranger:
        body = stranger.request(
            "INVITE", "sip:9@deskbell", user="x", headers={"Content-Type": "multipart/mixed"}, body="-"
        )
        assert stranger.ask(body).status == 415
        assert [register(stranger, "101", "guess").status for _ in range(7)] == [401] * 6 + [403]
    assert "101@127.0.0.90" in {ban.name for ban in release_edge.ask(lambda rpc: rpc.bans())}
    assert release_edge.ask(lambda rpc: rpc.secrets_loaded()) == len(release_edge.settings.phones) + 1


def test_registrations_outlive_a_restart(release_edge: RunningEdge) -> None:
    with release_edge.wire() as wire:
        assert register(wire, "102", secret_of("102")).status == 200
        release_edge.wait_until_saved("102")
        release_edge.stop()
        release_edge.start()
        release_edge.wait_until_known("102")
