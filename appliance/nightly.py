"""Each night the calls of the day are added up (M-00); when they do not, an alarm says so until a night when they do.

Folding the journal takes seconds of one core, so a process of its own does it (`appliance.aside`):
`python -m appliance.nightly STATE DAY ZONE` prints nothing when the calls add up, else the sentence of the alarm. The
desk remembers the last day that was checked, so that a box switched off at midnight checks when it is back.
"""

import datetime
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from appliance import incident as incidents
from appliance.acd import metrics
from appliance.acd.metrics_counts import count
from appliance.api import Refusal
from appliance.aside import run_aside, tell
from appliance.desk.desk import Desk
from appliance.errors import StorageError

logger = logging.getLogger(__name__)

CONSERVATION: Final = "conservation"
_KEY: Final = "nightly"

Check = Callable[[str], Awaitable[str]]
"""Given a day (YYYY-MM-DD), the sentence of the alarm, "" when its calls add up. Raises StorageError."""


async def watch(desk: Desk, check: Check) -> None:
    """Check each day once it is over, until cancelled."""
    checked, _, sentence = (await _remembered(desk)).partition("\n")
    if sentence:
        _show(desk, checked, sentence)
    async for _ in desk.control.changes():
        over = _day_before(desk.control.acd.state.day)
        if over > checked:
            sentence, checked = await _checked(over, check), over
            _show(desk, over, sentence)
            await _remember(desk, f"{over}\n{sentence}")


async def in_another_process(day: str, state_dir: Path, zone: str) -> str:
    """What the module said as a process about this day. Raises StorageError when it fails or takes too long."""
    try:
        return await run_aside("appliance.nightly", str(state_dir), day, zone)
    except StorageError as wrong:
        raise StorageError(f"the calls of {day} could not be added up: {wrong}") from wrong


def conservation_of(day: str, state_dir: Path, zone: str) -> str:
    """The sentence about one day of the box in `state_dir`, "" when its calls add up. Raises StorageError."""
    incident = incidents.read(day, state_dir, zone)
    acd, ledger = incident.begun((incident.interval.start, incident.interval.end))
    for batch in incident.batches:
        ledger.handle(acd, batch.events, batch.at, batch.wall)
    ledger.finish(acd, ledger.at, ledger.wall)
    return metrics.conservation(count(ledger, incident.interval))


async def _remembered(desk: Desk) -> str:
    """The last day that was checked and the sentence about it; "" when the disk does not say."""
    try:
        return ((await desk.office.get_secret(_KEY)) or b"").decode()
    except Refusal as wrong:
        logger.warning("Which day was added up last is not known: %s", wrong)
        return ""


async def _remember(desk: Desk, what: str) -> None:
    try:
        await desk.office.put_secret(_KEY, what.encode())
    except Refusal as wrong:
        logger.warning("The next start adds this day up again: %s", wrong)


def _day_before(day: str) -> str:
    """The day before an ISO date, "" for none."""
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat() if day else ""


async def _checked(day: str, check: Check) -> str:
    try:
        return await check(day)
    except (StorageError, OSError) as wrong:
        return f"Whether the calls add up (M-00) is not known: {wrong}"


def _show(desk: Desk, day: str, sentence: str) -> None:
    if sentence:
        desk.alarms.raise_(CONSERVATION, f"{day}: {sentence}")
    else:
        desk.alarms.clear(CONSERVATION)
        logger.info("The calls of %s add up (M-00)", day)


if __name__ == "__main__":
    sys.exit(tell(lambda state_dir, day, zone: conservation_of(day, Path(state_dir), zone), *sys.argv[1:4]))
