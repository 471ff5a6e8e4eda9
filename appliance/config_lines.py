"""A telephone line in the configuration: its keys, and what of them cannot be.

What differs from line to line or has been measured on no modem yet is a key here, with a default (docs/bench-list.md).
"""

import re
from collections.abc import Iterator
from typing import Annotated

from appliance.config_section import Section
from appliance.config_section import about as _about
from hw.modem.countries import COUNTRIES


class Line(Section, frozen=True, kw_only=True):
    """An analogue telephone line on a serial voice modem."""

    id: Annotated[str, _about("Short name.")]
    device: Annotated[str, _about("The modem's tty; /dev/serial/by-path/... keeps lines and sockets together.")]
    queue: Annotated[str, _about("Queue that the line's callers enter, or `menu:ID`.")]
    consent: Annotated[str, _about("As in a queue, for who calls by this line; empty: as the queue says.")] = ""
    ring_hold_s: Annotated[
        float,
        _about(
            "So long it rings on unanswered while an agent is rung, free of charge; 0: it must answer (T-ringhold)."
        ),
    ] = 15.0
    country: Annotated[str, _about("One of JP US CA UK DE FR IT ES NL BE CH DK NO FI SE AT AU NZ PL IL CL.")] = "JP"
    keys: Annotated[
        str, _about("Who is believed about keys that callers press: audio (the box) or modem, if its chip mutes them.")
    ] = "audio"
    echo_cancelling: Annotated[bool, _about("Take the echo of our own sound out of the line.")] = True
    parallel_phones: Annotated[bool, _about("Other telephones share the pair: a voltage drop is no hang-up.")] = False
    dial: Annotated[
        str,
        _about("Who dials calls out: audio (the box, by tones), modem (itself, by tones) or pulse (it, by pulses)."),
    ] = "audio"
    caller_id: Annotated[
        str,
        _about(
            "How the modem tells who calls: text, raw (the exchange's packet, where its words are wrong) or off, where "
            "it waits for a number and never rings."
        ),
    ] = "text"
    flash_s: Annotated[float, _about("How long a hook flash opens the line; 0: as long as the country wants it.")] = 0.0
    reversal: Annotated[
        str,
        _about(
            "Whether the wires are swapped when the far end of a call out answers: country (as usual there), yes, no."
        ),
    ] = "country"
    tones_db: Annotated[
        float, _about("So much louder (or, below 0, softer) than usual are the keys that the box sends; -12 to 2.")
    ] = 0.0
    in_use_v: Annotated[
        float,
        _about("An idle line of fewer volts is taken for used by another telephone; lower it behind a weak adapter."),
    ] = 20.0
    card_ms: Annotated[
        int, _about("The most sound kept in the modem, in ms: it grows up to this when the modem runs dry; 60 to 250.")
    ] = 120
    modem_init: Annotated[
        tuple[str, ...], _about("Commands that this modem needs besides, such as AT!4886=01 for caller ID of a clone.")
    ] = ()


def contradictions(line: Line) -> Iterator[str]:
    """What is wrong with the line, a sentence each."""
    if line.country not in COUNTRIES:
        yield f"line {line.id}: country {line.country!r} is not known; one of {', '.join(COUNTRIES)} would be right"
    if line.keys not in ("audio", "modem"):
        yield f"line {line.id}: keys is {line.keys!r}; audio or modem would be right"
    if line.dial not in ("audio", "modem", "pulse"):
        yield f"line {line.id}: dial is {line.dial!r}; audio, modem or pulse would be right"
    if line.caller_id not in ("text", "raw", "off"):
        yield f"line {line.id}: caller_id is {line.caller_id!r}; text, raw or off would be right"
    if line.flash_s and not 0.05 <= line.flash_s <= 1.5:
        yield f"line {line.id}: flash_s is {line.flash_s:g}; 0.05 to 1.5 seconds would be right, or 0 for the country's"
    if line.reversal not in ("country", "yes", "no"):
        yield f"line {line.id}: reversal is {line.reversal!r}; country, yes or no would be right"
    if not -12 <= line.tones_db <= 2:
        yield f"line {line.id}: tones_db is {line.tones_db:g}; -12 to 2 would be right, for louder ones are clipped"
    if not 3 <= line.in_use_v <= 40:
        yield f"line {line.id}: in_use_v is {line.in_use_v:g}; 3 to 40 volts would be right, idle lines have about 48"
    if not 60 <= line.card_ms <= 250:
        yield f"line {line.id}: card_ms is {line.card_ms}; 60 to 250 would be right, less has gaps, more is delay"
    for command in line.modem_init:
        if not re.fullmatch(r"AT[ -~]{1,50}", command):
            yield f"line {line.id}: modem_init has {command!r}; a command such as AT!4886=01 would be right"
