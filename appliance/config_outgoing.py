"""What must fit together about calls that agents make as a queue: ways, the number shown, recording (S-10, S-07)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from appliance.config_words import known

if TYPE_CHECKING:  # config.py calls us
    from appliance.config import Config, Queue, Trunk

RECORD: Final = ("in", "out", "both", "none")
_NUMBER: Final = re.compile(r"\+?[0-9]{3,15}")


def contradictions(config: "Config") -> Iterator[str]:
    """Every sentence about an identity that cannot be as it is written."""
    for trunk in config.trunks:
        for number in trunk.shows:
            if not _NUMBER.fullmatch(number):
                yield f"trunk {trunk.id}: shows has {number!r}; digits such as '0312345678' would be right"
    for queue in config.queues:
        if queue.record not in RECORD:
            yield f"queue {queue.id}: record is {queue.record!r}; one of {', '.join(RECORD)} would be right"
        yield from _identity(config, queue)


def _identity(config: "Config", queue: "Queue") -> Iterator[str]:
    lines, trunks = [line.id for line in config.lines], {trunk.id: trunk for trunk in config.trunks}
    for way in queue.call_by:
        yield from known("line or trunk", way, [*lines, *trunks], f"queue {queue.id}: call_by")
        if way in trunks and not trunks[way].host and not trunks[way].secret:
            yield f"queue {queue.id}: call_by names trunk {way!r}, which has no host: nothing goes out there"
    if not queue.call_by and (queue.call_number or queue.wrap_on_failed_outbound):
        which = "call_number" if queue.call_number else "wrap_on_failed_outbound"
        yield f"queue {queue.id} has {which} but no way for such calls; call_by = ['line-1'] would be one"
    if queue.call_number and not _NUMBER.fullmatch(queue.call_number):
        yield f"queue {queue.id}: call_number is {queue.call_number!r}; digits such as '0312345678' would be right"
    used = [trunks[way] for way in queue.call_by if way in trunks]
    if queue.call_number and used and not any(queue.call_number in permitted(trunk) for trunk in used):
        yield (
            f"queue {queue.id}: call_number {queue.call_number} is shown by none of its trunks; listed in shows or "
            f"numbers of trunk {used[0].id} it would be"
        )


def permitted(trunk: "Trunk") -> tuple[str, ...]:
    """The numbers that calls out may show on this trunk."""
    return (*trunk.numbers, *trunk.shows)
