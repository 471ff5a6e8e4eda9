"""The desk's window on the lines: everything at once, then changes; strangers are shown the door."""

import asyncio

import pytest

from appliance.lines.desk_link import DeskLink
from appliance.wire import Hello, LineState
from appliance.wire_stream import Wire, encode


def state(line: str, now: str) -> LineState:
    return LineState(line, now, "", "", 1.0)


@pytest.fixture
async def link(tmp_path):
    link = DeskLink(tmp_path / "lines.sock")
    await link.start()
    yield link
    await link.stop()


async def connect(tmp_path) -> Wire:
    return Wire(*await asyncio.open_unix_connection(tmp_path / "lines.sock"))


async def test_a_desk_hears_every_line_at_once_and_then_each_change_and_so_does_a_second(link, tmp_path):
    link.publish(state("a", "idle"))
    link.publish(state("b", "fault"))
    desks = [await connect(tmp_path) for _ in range(2)]
    for desk in desks:
        assert await desk.greet("desk", frozenset({"lines"})) == "lines"
        assert [await desk.receive() for _ in range(2)] == [state("a", "idle"), state("b", "fault")]
    link.publish(state("a", "ringing"))
    for desk in desks:
        assert await asyncio.wait_for(desk.receive(), 2.0) == state("a", "ringing")
        await desk.close()


@pytest.mark.parametrize("hello", [Hello("desk", version=999), Hello("switch")])
async def test_a_peer_of_another_version_or_role_is_shown_the_door(link, tmp_path, hello):
    link.publish(state("a", "idle"))
    reader, writer = await asyncio.open_unix_connection(tmp_path / "lines.sock")
    writer.write(encode(hello))
    told = await asyncio.wait_for(reader.read(), 2.0)
    assert told == encode(Hello("lines")), "a greeting, then the end; nothing of the lines"
    writer.close()


async def test_a_socket_file_left_by_a_dead_process_is_replaced(tmp_path):
    (tmp_path / "lines.sock").touch()
    link = DeskLink(tmp_path / "lines.sock")
    await link.start()
    desk = await connect(tmp_path)
    assert await desk.greet("desk", frozenset({"lines"})) == "lines"
    await desk.close()
    await link.stop()
    assert not (tmp_path / "lines.sock").exists()
