"""`deskbell doctor --line LINE`: one analogue line of the running box examined, in plain words.

The line must be idle. It is off-hook for about five seconds; afterwards the person is asked to call it, so that ringing
and caller ID are seen. Talks to the lines process over its socket, as the desk does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from appliance import wire
from appliance.desk.line_report import sentence
from appliance.errors import DeskbellError, WireError
from appliance.wire_lines import CheckLine, LineFound
from appliance.wire_stream import Wire

EXAMINED_S: Final = 25.0
CALL_S: Final = 60.0
ASK: Final = {
    "en": "Now call this line from another telephone (within a minute).",
    "ja": "では、別の電話からこの回線に電話をかけてください（1分以内）。",
}
NUMBERLESS: Final = {
    "en": "Is Number Display ordered, and does another telephone on the line take it?",
    "ja": "ナンバー・ディスプレイの契約と、並列の電話機を確認してください。",
}

Say = Callable[[str], None]


async def examine(
    socket: Path, line: str, language: str, say: Say, *, waits_for_call: bool = True, forgets: bool = False
) -> bool:
    """Examine the line and say each finding; True when all is well. Raises DeskbellError when it cannot be asked."""
    try:
        connected = Wire(*await asyncio.open_unix_connection(socket))
    except OSError as wrong:
        raise DeskbellError(f"{socket}: the lines process does not answer ({wrong}); is the box running?") from wrong
    try:
        await connected.greet("desk", frozenset({"lines"}))
        connected.send(CheckLine(line, forgets))
        found = [one async for one in _findings(connected, line)]
        for one in found:
            say(_marked(one, language))
        if waits_for_call and found[-1].what not in ("not_free", "given_up", "somebody_there"):
            say(ASK[language])
            found.append(await _called(connected, line, language))
            say(_marked(found[-1], language))
        return all(one.is_well for one in found)
    finally:
        await connected.close()


def _marked(found: LineFound, language: str) -> str:
    return f"{'ok  ' if found.is_well else 'FAIL'}  {sentence(found, language)}"


async def _findings(connected: Wire, line: str) -> AsyncIterator[LineFound]:
    """What is found, until the last one."""
    try:
        async with asyncio.timeout(EXAMINED_S):
            while (message := await connected.receive()) is not None:
                if isinstance(message, LineFound) and message.line == line:
                    yield message
                    if message.is_last:
                        return
    except TimeoutError:
        raise WireError(f"line {line} told nothing within {EXAMINED_S:.0f} s; is that its name?") from None
    raise WireError("the lines process ended while it examined the line")


async def _called(connected: Wire, line: str, language: str) -> LineFound:
    """Wait for a call: was its number seen?"""
    rang = False
    try:
        async with asyncio.timeout(CALL_S):
            while (message := await connected.receive()) is not None:
                if not isinstance(message, wire.LineState) or message.line != line:
                    continue
                if rang and message.state != "ringing":
                    break  # answered, or given up: no number will come any more
                rang = rang or message.state == "ringing"
                if rang and message.number:
                    return LineFound(line, "caller_id", True, message.at, detail=message.number)
    except TimeoutError:
        pass
    if rang:
        return LineFound(line, "caller_id", False, 0.0, detail=NUMBERLESS[language])
    return LineFound(line, "no_ring", False, 0.0, value=CALL_S)
