"""Starting the edge where something is in its way, and as whom it runs."""

import os
import socket
import sqlite3
import stat
from pathlib import Path

import pytest

from appliance.edge import process
from appliance.edge.render import render
from appliance.edge.settings import EdgeSettings, Trunk
from appliance.errors import ConfigError, EdgeError
from appliance.selftest.ports import free_port
from tests.support.running_edge import RunningEdge


def test_the_edge_runs_unprivileged_and_its_files_are_its_own(own_edge: RunningEdge) -> None:
    own_edge.start()
    status = Path(f"/proc/{own_edge.pid}/status").read_text(encoding="ascii")
    uid = int(next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1])
    assert uid != 0
    assert int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16) == 0
    for path in (own_edge.settings.config_file, own_edge.settings.location_db):
        found = path.stat()
        assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (uid, 0o600), path


def test_no_secret_is_in_the_rendered_configuration(own_edge: RunningEdge) -> None:
    own_edge.start()
    text = own_edge.settings.config_file.read_text(encoding="utf-8")
    assert "secret-of" not in text
    assert render(own_edge.settings) != text, "the decoy is drawn anew at every start"


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["UDP", "TCP"])
def test_a_port_in_use_is_named_with_the_program_that_has_it(own_edge: RunningEdge, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(own_edge.place)
        if kind == socket.SOCK_STREAM:
            holder.listen()
        with pytest.raises(EdgeError) as caught:
            process.prepare(own_edge.settings)
    sentence = str(caught.value)
    assert f"port {own_edge.place[1]} is held by process {os.getpid()}" in sentence
    assert ("UDP" if kind == socket.SOCK_DGRAM else "TCP") in sentence


def test_a_second_edge_does_not_share_the_port_of_the_first(own_edge: RunningEdge) -> None:
    own_edge.start()
    second = RunningEdge(sip=own_edge.settings.sip)
    try:
        with pytest.raises(EdgeError, match=r"is held by process \d+ \(kamailio\)"):
            process.prepare(second.settings)
    finally:
        second.close()


def test_debians_own_kamailio_is_recognised_by_its_command_line() -> None:
    assert process.is_stock_kamailio(["/usr/sbin/kamailio", "-P", "/run/k.pid", "-f", "/etc/kamailio/kamailio.cfg"])
    assert process.is_stock_kamailio(["kamailio"])
    assert not process.is_stock_kamailio(["/usr/sbin/kamailio", "-f", "/var/lib/deskbell/edge/kamailio.cfg"])
    assert not process.is_stock_kamailio(["/usr/bin/sipp", "-f", "/etc/kamailio/kamailio.cfg"])


def test_a_configuration_that_kamailio_refuses_is_an_error_with_its_complaint(own_edge: RunningEdge) -> None:
    process.prepare(own_edge.settings)
    process.check(own_edge.settings)
    with own_edge.settings.config_file.open("a", encoding="utf-8") as config:
        config.write("\nroute[BROKEN] { no_such_function(); }\n")
    with pytest.raises(EdgeError, match="no_such_function"):
        process.check(own_edge.settings)


def test_a_missing_kamailio_is_said(own_edge: RunningEdge) -> None:
    own_edge.settings = _changed(own_edge.settings, kamailio=("kamailio-that-is-not-there",))
    with pytest.raises(EdgeError, match="kamailio-that-is-not-there is not installed"):
        process.prepare(own_edge.settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the edge under another account")
def test_a_state_folder_the_account_cannot_reach_is_said_before_the_start(own_edge: RunningEdge) -> None:
    own_edge.folder.chmod(0o700)
    with pytest.raises(EdgeError, match=f"cannot pass through {own_edge.folder}"):
        process.prepare(own_edge.settings)


@pytest.mark.parametrize("damage", ["rubbish", "older version", "no tables"])
def test_a_useless_database_of_registrations_is_begun_anew(own_edge: RunningEdge, damage: str) -> None:
    process.prepare(own_edge.settings)
    path = own_edge.settings.location_db
    if damage == "rubbish":
        path.write_bytes(b"not a database" * 999)
    elif damage == "no tables":
        path.write_bytes(b"")
    else:
        with sqlite3.connect(path) as database:
            database.execute("UPDATE version SET table_version = 3 WHERE table_name = 'location'")
        database.close()
    own_edge.start()
    with own_edge.phone("101"):
        assert own_edge.ask(lambda rpc: rpc.registered()) == {"101"}


def test_asking_an_edge_that_is_down_says_so(own_edge: RunningEdge) -> None:
    process.prepare(own_edge.settings)
    assert own_edge.ask(lambda rpc: rpc.is_up()) is False
    with pytest.raises(EdgeError, match="is the edge running"):
        own_edge.ask(lambda rpc: rpc.registrations())
    with pytest.raises(EdgeError, match=r"no answer at .* within 0\.1 s"):
        own_edge.ask(lambda rpc: rpc.wait_until_up(0.1))


def test_an_answer_that_is_a_refusal_is_an_error(own_edge: RunningEdge) -> None:
    own_edge.start()
    own_edge.ask(lambda rpc: rpc.drop_secret("101"))
    assert own_edge.ask(lambda rpc: rpc.secrets_loaded()) == len(own_edge.settings.phones)
    with pytest.raises(EdgeError, match=r"Kamailio refused htable\.delete"):
        own_edge.ask(lambda rpc: rpc.lift_ban("192.0.2.77"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phones": ('101") = 1; exit; #',)}, "is no extension"),
        ({"realm": 'x"; exit; #'}, "realm"),
        ({"sip": ("pbx.example:5060",)}, "no IPv4 address with a port"),
        ({"sip": ("0.0.0.0:5060", "127.0.0.1:5060")}, "give it alone"),
        ({"sip": ()}, "no address to listen on"),
        ({"switch": "192.0.2.1:5070"}, "only a loopback address"),
        ({"advertise": "203.0.113.9:5060"}, "exactly one listening address"),
        ({"exempt": ("everybody",)}, "exempt"),
        ({"workers": 0}, "workers"),
        ({"save_s": 0}, "saved every"),
        ({"state_dir": Path("state")}, "absolute"),
        ({"state_dir": Path('/tmp/a"b')}, "quote"),
        ({"state_dir": Path("/tmp") / ("x" * 90)}, "too long for a socket"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        EdgeSettings(**{"state_dir": Path("/tmp/state"), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "trunk", [{"id": 'a"b'}, {"id": "isp", "addresses": ("example.net",)}, {"id": "isp", "host": "203.0.113.5"}]
)
def test_a_trunk_that_cannot_be_right_is_refused(trunk: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="edge"):
        Trunk(**trunk)  # type: ignore[arg-type]


def test_an_advertised_address_is_what_phones_see() -> None:
    running = RunningEdge()
    running.settings = _changed(running.settings, advertise=f"203.0.113.9:{free_port()}")
    try:
        running.start()
        with running.phone("101") as phone:
            running.switch.send(running.switch.request("INVITE", "sip:101@deskbell", user="5551234"))
            rung = phone.wait_for("INVITE")
            assert running.settings.advertise in rung["Via"]
            assert running.settings.advertise in rung["Record-Route"]
    finally:
        running.close()


def _changed(settings: EdgeSettings, **changes: object) -> EdgeSettings:
    known = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return EdgeSettings(**{**known, **changes})
