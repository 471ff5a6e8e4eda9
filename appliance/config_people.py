"""What must fit together about people, how their names are read, and recordings in a configuration."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from appliance.config_words import known, twice

if TYPE_CHECKING:  # config.py calls us
    from appliance.config import Config, Queue

CONSENT = ("none", "notice", "beep", "ask")


def contradictions(config: "Config") -> Iterator[str]:
    """Every sentence about supervisors whose phone, queues or PIN cannot be, about readings and about pauses."""
    phones, queues = [one.number for one in config.phones], [one.id for one in config.queues]
    yield from twice("supervisor", [one.id for one in config.supervisors])
    yield from twice("supervisor's phone", [one.phone for one in config.supervisors])
    for one in config.supervisors:
        yield from known("phone", one.phone, phones, f"supervisor {one.id}")
        for named in one.queues:
            yield from known("queue", named, queues, f"supervisor {one.id}")
        if one.pin and not re.fullmatch(r"[0-9]{4,12}", one.pin):
            yield f"supervisor {one.id}: the pin has {len(one.pin)} characters; 4 to 12 digits would be right"
    yield from _readings(config)
    pins = [one.pin for one in config.supervisors if one.pin]
    if len(set(pins)) < len(pins):
        yield "two supervisors have the same pin; each their own would be right, the journal names who it was"
    for queue in config.queues:
        if queue.pause_s <= 0:
            yield f"queue {queue.id}: pause_s is {queue.pause_s:g}; a time above 0 would be right, every pause ends"
        if queue.wrap_extensions < 0:
            yield f"queue {queue.id}: wrap_extensions is {queue.wrap_extensions}; 0 or more would be right"
        for code in queue.codes:
            if not re.fullmatch(r"[0-9]{1,8}", code):
                yield f"queue {queue.id}: code {code!r} cannot be keyed; 1 to 8 digits would be right"
        yield from _recording(config, queue)
    yield from _of_ways_in(config)


def _of_ways_in(config: "Config") -> Iterator[str]:
    for way, consent in _ways_in(config):
        if consent and consent not in CONSENT:
            yield f"{way}: consent is {consent!r}; one of {', '.join(CONSENT)}, or empty, would be right"


def _ways_in(config: "Config") -> list[tuple[str, str]]:
    """Lines and trunks, and what they tell their callers of recording."""
    lines = [(f"line {line.id}", line.consent) for line in config.lines]
    return lines + [(f"trunk {trunk.id}", trunk.consent) for trunk in config.trunks]


def _recording(config: "Config", queue: "Queue") -> Iterator[str]:
    """What a queue records and tells callers of it; the 1 of who is asked must mean nothing else there."""
    if queue.consent not in CONSENT:
        yield f"queue {queue.id}: consent is {queue.consent!r}; one of {', '.join(CONSENT)} would be right"
    is_asked = "ask" in (queue.consent, *(consent for _, consent in _ways_in(config)))
    for key, digit in (("voicemail_digit", queue.voicemail_digit), ("callback_digit", queue.callback_digit)):
        if is_asked and digit == "1":
            yield f"queue {queue.id}: {key} is 1, by which callers agree to be recorded; another digit would be right"
    if queue.pause_recording and queue.record == "none":
        yield f"queue {queue.id} lets recordings be paused but does not record; record = 'both' would be right"


def _readings(config: "Config") -> Iterator[str]:
    for kind, name, reading in (
        *(("phone", one.number, one.reading) for one in config.phones),
        *(("agent", one.id, one.reading) for one in config.agents),
        *(("queue", one.id, one.reading) for one in config.queues),
    ):
        if odd := re.search(r"[^ぁ-ゖァ-ヺーｦ-ﾟa-zA-Zâêîôûāēīōū'・･ \u3000-]", reading):
            yield f"{kind} {name}: the reading {reading!r} has {odd[0]!r}; kana or Latin letters would be right"
