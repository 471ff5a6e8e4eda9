"""What the desk relies on at the seam, asked of the fake switch and of the real one: a fake must not promise more."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance import wire
from appliance.wire import EndCause
from tests.support.fake_desk import FakeDesk, dial
from tests.support.fake_switch import FakeSwitch
from tests.support.running_switch import RunningSwitch, switch_settings

NOBODY = "sip:101@127.0.0.1:9"
"""A phone that is not there."""


@dataclass
class Peer:
    """A switch of either kind, and how it is killed and started again."""

    socket: Path
    reborn: Callable[[], Awaitable[None]]


@pytest.fixture(params=["fake", "real"])
async def peer(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Peer]:
    if request.param == "fake":
        async with FakeSwitch(tmp_path / "switch.sock", alerts=False) as fake:
            yield Peer(fake.path, fake.die)
        return
    pytest.importorskip("pjsua2", reason="pjsua2 is built by set-up")
    async with RunningSwitch(tmp_path, switch_settings(tmp_path)) as real:

        async def reborn() -> None:
            await real.kill()
            await real.start()

        yield Peer(real.socket, reborn)


async def test_an_idle_switch_has_a_boot_and_room(peer: Peer) -> None:
    async with FakeDesk(peer.socket) as desk:
        snapshot = await desk.snapshot()
    assert snapshot.legs == snapshot.recordings == snapshot.missed == ()
    assert snapshot.boot
    assert snapshot.capacity >= 4


@pytest.mark.parametrize(
    "command",
    [
        wire.Ring("gone", "c1"),
        wire.Hold("gone"),
        wire.Play("gone", ("nobody_available",)),
        wire.Tell("gone", ("nobody_available",)),
        wire.Leave("gone"),
        wire.Hangup("gone"),
        wire.RecordVoice("v1", "gone", 60.0, 5.0),
    ],
    ids=lambda command: type(command).__name__,
)
async def test_a_command_to_a_leg_that_never_was_is_answered_with_its_end(peer: Peer, command: wire.Command) -> None:
    async with FakeDesk(peer.socket) as desk:
        desk.ask(command)
        assert (await desk.hears(wire.Ended, leg="gone")).cause is EndCause.GONE


async def test_a_bridge_to_a_leg_that_never_was_tells_which_one(peer: Peer) -> None:
    async with FakeDesk(peer.socket) as desk:
        desk.ask(wire.Bridge("gone-a", "gone-b"))
        await desk.hears(wire.Ended, leg="gone-a", cause=EndCause.GONE)
        await desk.hears(wire.Ended, leg="gone-b", cause=EndCause.GONE)


async def test_joining_a_leg_that_never_was_tells_which_one(peer: Peer) -> None:
    async with FakeDesk(peer.socket) as desk:
        desk.ask(wire.Join("gone-a", "gone-b", wire.Joining.LISTEN))
        await desk.hears(wire.Ended, leg="gone-a", cause=EndCause.GONE)
        await desk.hears(wire.Ended, leg="gone-b", cause=EndCause.GONE)


async def test_a_phone_that_gives_no_sign_is_unreachable_and_dialling_it_again_by_that_name_says_so_again(
    peer: Peer,
) -> None:
    async with FakeDesk(peer.socket) as desk:
        desk.ask(dial("o1.abc", NOBODY, alert_s=0.3))
        first = await desk.hears(wire.Ended, leg="o1.abc")
        assert first.cause is EndCause.UNREACHABLE
        since = len(desk.told)
        desk.ask(dial("o1.abc", NOBODY, alert_s=0.3))
        assert (await desk.hears(wire.Ended, leg="o1.abc", since=since)).cause is EndCause.UNREACHABLE


async def test_a_leg_we_hang_up_ends_by_us_at_once(peer: Peer) -> None:
    async with FakeDesk(peer.socket) as desk:
        desk.ask(dial("o2.abc", NOBODY), wire.Hangup("o2.abc"))
        assert (await desk.hears(wire.Ended, leg="o2.abc", timeout=1.0)).cause is EndCause.US


async def test_a_dialled_leg_is_in_the_snapshot_with_its_contact_and_uri(peer: Peer) -> None:
    async with FakeDesk(peer.socket) as desk:
        desk.ask(dial("o3.abc", NOBODY))
        (leg,) = (await desk.snapshot()).legs
        assert (leg.leg, leg.origin, leg.contact, leg.called) == ("o3.abc", wire.Origin.DIALLED, "k1", NOBODY)


async def test_what_ends_while_no_desk_listens_is_in_the_next_snapshot_once(peer: Peer) -> None:
    async with FakeDesk(peer.socket) as desk:
        desk.ask(dial("o4.abc", NOBODY, alert_s=0.3))
        await desk.snapshot()
    async with contextlib.AsyncExitStack() as stack:
        missed: list[wire.Ended | wire.RecordingClosed] = []
        desk = await stack.enter_async_context(FakeDesk(peer.socket))
        while not missed and not desk.of(wire.Ended):
            missed += (await desk.snapshot()).missed
        told = [*missed, *desk.of(wire.Ended)]
        assert [(event.leg, event.cause) for event in told if isinstance(event, wire.Ended)] == [
            ("o4.abc", EndCause.UNREACHABLE)
        ]
        assert (await desk.snapshot()).missed == ()


async def test_a_switch_that_was_killed_has_another_boot(peer: Peer) -> None:
    async with FakeDesk(peer.socket) as desk:
        first = await desk.snapshot()
    await peer.reborn()
    async with FakeDesk(peer.socket) as desk:
        assert (await desk.snapshot()).boot != first.boot
