"""What is done with a modem, step by step: bring it up, take the line, let go of it, ask whether it is well.

Section numbers are those of the project's FXO specification. Every step of the bring-up is survivable unless its
failure is raised as ModemError here.
"""

import re
from collections.abc import Generator
from typing import Final

from hw.errors import ModemError
from hw.modem.chipsets import Chipset, Identity, recognise, ulaw_format
from hw.modem.countries import Country
from hw.modem.events import Ready, Released, Result, Seized, SeizeFailed, StreamStopped
from hw.modem.steps import Ask, Leave, Part, Procedure, Reply, Settle, Step, Tell, ask

NO_LINE_VOLTS: Final = 3.0


def preamble() -> Generator[Step, Reply, None]:
    """Recovery level 0 (§2.10): end any stream a dead program left, then find a modem that answers AT.

    Raises ModemError when nothing does.
    """
    for leave in (b"\x10\x03", b"\x10\x5e", b"\x10\x21"):
        yield Tell(leave, 0.2)
    yield Tell(b"\r", 0.0)
    yield Settle(quiet=0.3, cap=3.0)
    reply = yield Ask("AT", 0.3)
    if reply.is_good:
        return
    for within in (0.3, 0.3, 1.0):
        reply = yield Ask("AT", within)
        if reply.is_good:
            yield Settle(quiet=0.5)  # or the late answers to the ATs before would answer what is asked next
            return
    raise ModemError("it does not answer AT with OK: not a modem, a wrong device, or one that needs unplugging")


def bring_up(country: Country, extra: tuple[str, ...]) -> Generator[Step, Reply, tuple[Identity, Ready]]:
    """Initialise a modem just opened (§2.2) and leave it on-hook in data mode, where RING and caller ID are text."""
    yield from preamble()
    yield from _must("AT&F0", within=3.0)
    yield from _must("ATE0V1Q0X4")
    yield from _must("ATS0=0")  # never let it answer by itself
    yield from ask("ATH0")
    identity = yield from _identify()
    alarm = yield from _set_country(country)
    for command in (*extra, "AT+IFC=2,2", *identity.chipset.setup, "AT&D2"):
        yield from ask(command)
    alarm = alarm or (yield from _enable_caller_id())
    yield from ask("ATM0L0")
    alarm = alarm or (yield from _check_line(identity.chipset))
    return identity, Ready(identity.label, alarm)


def seize(identity: Identity, one_by_one: bool) -> Procedure:
    """Go off-hook and open the duplex stream (§2.3). On failure the line is let go before the outcome is told."""
    command, reply = "", Reply(Result.OK)
    for command, within in _seize_commands(identity, one_by_one):
        reply = yield from ask(command, within)
        if not reply.is_good:
            break
    if reply.result is Result.CONNECT:
        return Seized()
    why = f"{command} was answered {reply.result.value!r}; OK, then CONNECT for AT+VTR, would be right"
    # A stream that was asked for may have begun unheard: then only its exit code reaches the modem.
    yield from release(identity, in_stream=reply.result is Result.TIMEOUT and command == "AT+VTR")
    return SeizeFailed(why)


def release(identity: Identity, in_stream: bool) -> Procedure:
    """Go on-hook (§2.6). Raises ModemError when the modem confirms it by neither command: closing it will."""
    if in_stream:
        yield from _leave(identity.chipset)
    hooked = yield from ask("AT+VLS=0", 3.0)
    dropped = yield from ask("ATH0", tries=2)
    yield from ask("AT+FCLASS=0", tries=2)
    yield from ask("AT+VCID=1")
    if not (hooked.is_good or dropped.is_good):
        raise ModemError("it confirms neither AT+VLS=0 nor ATH0, so it may still hold the line; closing it drops DTR")
    return Released()


def await_stopped_stream() -> Procedure:
    """The modem ended the stream unasked (S6): take in the result that follows, so that it answers nothing else."""
    yield Leave(b"", 0.5)
    return StreamStopped()


def check_health() -> Procedure:
    """An idle modem must answer AT (§2.2). Raises ModemError when it does not."""
    reply = yield from ask("AT", tries=3)
    if not reply.is_good:
        raise ModemError(f"the idle modem answered AT with {reply.result.value!r}; OK would be right")
    return None


def _must(command: str, within: float = 1.0) -> Part:
    """A vital step. Raises ModemError when the modem refuses it."""
    reply = yield from ask(command, within, tries=3)
    if not reply.is_good:
        raise ModemError(f"{command} was answered {reply.result.value!r}; OK would be right")
    return reply


def _identify() -> Generator[Step, Reply, Identity]:
    answers: list[str] = []
    for question in ("AT+GMI", "ATI0", "ATI3"):
        reply = yield from ask(question, tries=2)
        answers += reply.text
    chipset = recognise(tuple(answers))
    label = " ".join(answers)[:80] or "an unnamed modem"
    classes = yield from _must("AT+FCLASS=?")
    if "8" not in re.findall(r"\d+", " ".join(classes.text)):
        raise ModemError(
            f"{label} has no voice class 8 (AT+FCLASS=? said {' '.join(classes.text)!r}): a data/fax modem"
        )
    yield from _must("AT+FCLASS=8")
    formats = yield from _must("AT+VSM=?")
    yield from _must("AT+FCLASS=0")
    return Identity(chipset, label, ulaw_format(formats.text))


def _set_country(country: Country) -> Generator[Step, Reply, str]:
    """Set +GCI and read it back. Raises ModemError when the modem runs another country's profile (§2.9)."""
    yield from ask(f"AT+GCI={country.gci}")
    reply = yield from ask("AT+GCI?", tries=2)
    found = re.search(r"([0-9A-F]{2})\s*$", " ".join(reply.text).upper())
    if found is None:
        return "the modem does not tell which country it is set to (AT+GCI?); ringing and caller ID may not be seen"
    if found[1] != country.gci:
        raise ModemError(
            f"the line is in {country.code} (+GCI {country.gci}) but the modem stays at {found[1]}: its firmware lacks "
            "that country, and would neither ring nor hang up rightly"
        )
    return ""


def _enable_caller_id() -> Generator[Step, Reply, str]:
    reply = yield from ask("AT+VCID=1", tries=2)
    return "" if reply.is_good else "the modem refuses caller ID (AT+VCID=1): callers will have no number"


def _check_line(chipset: Chipset) -> Generator[Step, Reply, str]:
    if not chipset.has_line_voltage:
        return ""
    reply = yield from ask("AT-TRV")
    volts = re.search(r"(\d+(?:[.,]\d+)?)", " ".join(reply.text))
    if volts is None or float(volts[1].replace(",", ".")) >= NO_LINE_VOLTS:
        return ""
    return f"no phone line: {volts[1]} V between tip and ring where 40 to 56 V would be right; is the cable in?"


def _seize_commands(identity: Identity, one_by_one: bool) -> tuple[tuple[str, float], ...]:
    silence, form = identity.chipset.no_silence, f"+VSM={identity.ulaw},8000"
    if one_by_one:
        singly = ("+FCLASS=8", silence, "+VIT=0", form, "+VLS=1")
        return (*((f"AT{part}", 3.0) for part in singly), ("AT+VTR", 2.0))
    return (f"AT+FCLASS=8;{silence};+VIT=0", 1.0), (f"AT{form};+VLS=1", 3.0), ("AT+VTR", 2.0)


def _leave(chipset: Chipset) -> Generator[Step, Reply, None]:
    reply = yield Leave(chipset.leave)
    if reply.result is Result.TIMEOUT:
        yield Tell(b"\x10\x03\x10\x5e", 0.3)
        yield Tell(b"\r", 0.1)
        yield Settle(quiet=0.3, cap=1.0)
