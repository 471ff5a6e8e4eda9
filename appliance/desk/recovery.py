"""The start: open the store, fold the journal behind the newest whole checkpoint, and hand over a core as it was.

A database of a newer Deskbell stops the start. A damaged one is moved aside with an alarm and the office begins anew:
calls matter more than history. A broken checkpoint only costs time: the one before it is taken, or the whole journal.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import msgspec

from appliance.acd.engine import Acd, fold
from appliance.acd.model import State
from appliance.desk.clock import boot_id, monotonic
from appliance.storage.database import Damaged, move_aside
from appliance.storage.journal import Checkpoint
from appliance.storage.store import Store, open_store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """An open store, the core as the journal tells it, and sentences about what was not as it should be."""

    store: Store
    acd: Acd
    damage: tuple[str, ...] = ()


async def recover(path: Path) -> Recovered:
    """Open the store at `path` and fold it. Raises StorageError when it is newer or cannot be written."""
    try:
        return await _recover(path, ())
    except Damaged as wrong:
        aside = move_aside(path)
        sentence = f"The database was damaged and is kept as {aside.name}; the office began anew ({wrong})"
        logger.error("%s", sentence)
        return await _recover(path, (sentence,))


async def _recover(path: Path, damage: tuple[str, ...]) -> Recovered:
    store = await open_store(path, boot_id(), monotonic())
    try:
        acd, seen = await _folded(store)
    except BaseException:
        await store.close()
        raise
    return Recovered(store, acd, (*damage, *seen))


async def _folded(store: Store) -> tuple[Acd, tuple[str, ...]]:
    """The core as of the last record, and what had to be left out on the way."""
    for checkpoint in await store.checkpoints():
        if (state := _state(checkpoint)) is not None:
            return await _fold_behind(store, state, checkpoint.seq)
    return await _fold_behind(store, State(), 0)


async def _fold_behind(store: Store, state: State, seq: int) -> tuple[Acd, tuple[str, ...]]:
    reading = await store.batches(after=seq)
    for sentence in reading.damage:
        logger.error("%s", sentence)
    return fold(((batch.events, batch.at) for batch in reading.batches), state), reading.damage


def _state(checkpoint: Checkpoint) -> State | None:
    try:
        return msgspec.msgpack.decode(checkpoint.state, type=State)
    except msgspec.MsgspecError as wrong:
        logger.warning("Checkpoint %d is of another shape and is passed over: %s", checkpoint.seq, wrong)
        return None
