"""What is done with a modem, step by step: bring it up, take the line, let go of it, ask whether it is well.

Section numbers are those of the project's FXO specification. Every step of the bring-up is survivable unless its
failure is raised as ModemError here.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Final

from hw.errors import ModemError
from hw.modem.callerid import Telling
from hw.modem.chipsets import Chipset, Identity, recognise, voice_format, voice_forms
from hw.modem.countries import Country
from hw.modem.events import (
    DialFailed,
    LineChecked,
    ModemEvent,
    Ready,
    Released,
    Result,
    Seized,
    SeizeFailed,
    StreamStopped,
    Way,
)
from hw.modem.steps import Ask, DropDtr, Leave, Part, Procedure, Reply, Settle, Step, Tell, ask
from hw.modem.voltage import trouble, volts_in

VOLTAGE_PAUSE: Final = 0.7
LOOK_AT_LINE: Final = 300.0  # the voltage of an idle line, and of one that had trouble
LOOK_AGAIN: Final = 30.0
LOOK_AFTER_CALL: Final = 0.5
NOISE_BYTES: Final = 400  # 50 ms of samples; answers to a dead program's last command are shorter
DIAL_WAIT, DIAL_RESULT = 5.0, 10.0
DIALLED_DIGIT, PULSED_DIGIT = 0.25, 2.0
REST: Final = 1.8  # on-hook before the line may be taken again, with what the rest of the bring-up takes


def recover() -> Generator[Step, Reply, bool]:
    """The ladder of recovery (§2.10), levels 0 to 2; closing the port (3) and waiting (4) are its owner's.

    True when the modem was found in a stream, and so perhaps off-hook. Raises ModemError when nothing helps.
    """
    try:
        return (yield from preamble())
    except ModemError:
        yield from ask("ATZ", 3.0)
    reply = yield from ask("AT", tries=2)
    if not reply.is_good:
        yield DropDtr()
        return (yield from preamble())
    return True


def preamble() -> Generator[Step, Reply, bool]:
    """Recovery level 0 (§2.10): end any stream a dead program left, then find a modem that answers AT.

    True when there was a stream. Raises ModemError when nothing answers.
    """
    dropped = 0
    for leave in (b"\x10\x03", b"\x10\x10\x10\x5e", b"\x10\x21"):  # some obey only right after a DLE pair
        dropped += (yield Tell(leave, 0.2)).dropped
    yield Tell(b"\r", 0.0)
    yield Settle(quiet=0.3, cap=3.0)
    was_streaming = dropped > NOISE_BYTES
    reply = yield Ask("AT", 0.3)
    if reply.is_good:
        return was_streaming
    for within in (0.3, 0.3, 1.0):
        reply = yield Ask("AT", within)
        if reply.is_good:
            yield Settle(quiet=0.5)  # or the late answers to the ATs before would answer what is asked next
            return was_streaming
    raise ModemError("it does not answer AT with OK: not a modem, a wrong device, or one that needs unplugging")


def bring_up(
    country: Country,
    extra: tuple[str, ...],
    has_parallel: bool = False,
    *,
    is_quick: bool = False,
    is_half_duplex: bool = False,
    telling: Telling = Telling.TEXT,
) -> Generator[Step, Reply, tuple[Identity, Ready]]:
    """Initialise a modem just opened (§2.2) and leave it on-hook in data mode, where RING and caller ID are text."""
    was_streaming = yield from preamble() if is_quick else recover()
    yield from _must("AT&F0", within=3.0)
    yield from _must("ATE0V1Q0X4")
    yield from _must("ATS0=0")  # never let it answer by itself
    yield from ask("ATH0")
    if was_streaming:
        yield Settle(quiet=REST, cap=REST)
    identity = replace((yield from _identify()), telling=telling)
    identity = identity.without_duplex() if is_half_duplex else identity
    alarm = yield from _set_country(country)
    chipset = identity.chipset
    voltage = chipset.watch_shared if has_parallel else chipset.watch_alone
    for command in (*extra, "AT+IFC=2,2", *chipset.setup, *voltage, "AT&D2"):
        yield from ask(command)
    alarm = alarm or (yield from _ask_for_caller_id(telling))
    yield from ask("ATM0L0")
    wire = yield from check_line(identity, country, tries=1)
    if identity.chipset.is_half_duplex:
        alarm = alarm or no_conversation(identity)
    return identity, Ready(identity.label, alarm, identity.chipset.is_half_duplex, wire.alarm, wire.volts)


def no_conversation(identity: Identity) -> str:
    """Why a half-duplex modem takes no call that is to be talked on (§1.5)."""
    return (
        f"{identity.label} is half duplex: it announces and records in turns. Callers are led to voicemail and never "
        "to a person, and no call goes out on it, not even an emergency call; a CX93010 class modem would do both"
    )


def seize(identity: Identity, one_by_one: bool, way: Way = Way.DUPLEX, *, or_announce: bool = False) -> Procedure:
    """Go off-hook and open the stream (§2.3). On failure the line is let go before the outcome is told.

    `or_announce`: a modem that turns out to have no stream both ways keeps the caller, and announces.
    """
    if way is Way.DUPLEX and identity.chipset.is_half_duplex:
        return SeizeFailed(no_conversation(identity), is_stream_refused=True)
    command, reply = "", Reply(Result.OK)
    for command, within in _seize_commands(identity, one_by_one, way):
        # Silence is asked again in the second round only, and never a stream that may have begun unheard.
        reply = yield from ask(command, within, tries=2 if one_by_one and command != way.value else 1)
        if reply.result is Result.ERROR and command == way.value:  # a lost byte must not look like a missing stream
            reply = yield from ask(command, within)
        if not reply.is_good:
            break
    if reply.result is Result.CONNECT:
        return Seized()
    if or_announce and _is_refused(identity, command, reply):
        announcing = yield from ask(Way.ANNOUNCE.value, 2.0)
        if announcing.result is Result.CONNECT:
            return Seized(is_stream_refused=True)
    why = f"{command} was answered {reply.result.value!r}; OK, then CONNECT for {way.value}, would be right"
    # A stream that was asked for may have begun unheard: then only its exit code reaches the modem.
    yield from release(identity, in_stream=reply.result is Result.TIMEOUT and command == way.value, way=way)
    return SeizeFailed(why, _is_refused(identity, command, reply), had_hook="+FCLASS" not in command)


def dial(identity: Identity, number: str, pulses: bool, is_off: Callable[[], bool]) -> Procedure:
    """Let the modem dial (§2.4, mode B), then open the stream. On failure the line is let go.

    `is_off` tells whether somebody rang or gave up meanwhile: then nothing is dialled, and who rings rings on.
    """
    silence, letter = identity.chipset.no_silence, "P" if pulses else "T"
    for command in (f"AT+FCLASS=8;{silence};+VIT=0", f"AT+VSM={identity.form}"):
        reply = yield from ask(command, tries=2)
        if reply.result is Result.ERROR:  # perhaps a byte was lost on the way
            reply = yield from ask(command, tries=2)
        if not reply.is_good:
            yield from release(identity, in_stream=False)
            return SeizeFailed(f"{command} was answered {reply.result.value!r}; OK would be right")
    yield from ask("AT+VRN=0")  # else it listens to the ringing itself, and tells nothing meanwhile
    reply = Reply(Result.NO_CARRIER)
    if not is_off():
        within = DIAL_WAIT + (PULSED_DIGIT if pulses else DIALLED_DIGIT) * len(number) + DIAL_RESULT
        reply = yield Ask(f"ATD{letter}{number}", within, dies_of_a_byte=True)
    if not reply.is_good:
        yield from release(identity, in_stream=False)
        return DialFailed(reply.result)
    for command, within in (("AT+VLS=1", 3.0), (Way.DUPLEX.value, 2.0)):
        reply = yield from ask(command, within)
        if not reply.is_good:
            yield from release(identity, in_stream=reply.result is Result.TIMEOUT and command == Way.DUPLEX.value)
            why = f"{command} was answered {reply.result.value!r} after the digits"
            return SeizeFailed(why, _is_refused(identity, command, reply), had_hook=True)
    return Seized()


def _is_refused(identity: Identity, command: str, reply: Reply) -> bool:
    """Whether the modem has no stream both ways, which is not believed of a family that has."""
    is_refused = reply.result is Result.ERROR and command == Way.DUPLEX.value
    return is_refused and not identity.chipset.is_duplex_proven


def turn(identity: Identity, was: Way, way: Way) -> Procedure:
    """From announcing to recording or back, off-hook all the while. On failure the line is let go."""
    yield from _leave(identity.chipset, was)
    reply = yield from ask(way.value, 2.0)
    if reply.result is Result.CONNECT:
        return Seized()
    yield from release(identity, in_stream=reply.result is Result.TIMEOUT, way=way)
    return SeizeFailed(f"{way.value} was answered {reply.result.value!r}; CONNECT would be right")


def retake(identity: Identity) -> Procedure:
    """It rings on although the line was taken (§2.3, seen on USR): off the hook once more, and a new stream."""
    yield from _leave(identity.chipset)
    yield from ask("AT+VLS=0", 3.0)
    yield Settle(quiet=0.3, cap=0.3)
    for command, within in (("AT+VLS=1", 3.0), ("AT+VTR", 2.0)):
        reply = yield from ask(command, within)
        if not reply.is_good:
            yield from release(identity, in_stream=command == "AT+VTR")
            return SeizeFailed(f"it rang on after AT+VLS=1, and then {command} was answered {reply.result.value!r}")
    return None


def flash(identity: Identity, seconds: float) -> Procedure:
    """Open the loop for a moment in a call (§2.5): out of the stream, the flash, and a new stream.

    A modem that does not know the flash goes on without it. On failure the line is let go.
    """
    yield from _leave(identity.chipset)
    yield from ask(f"AT+VTS={{!,{round(100 * seconds)}}}", seconds + 1.0)
    reply = yield from ask("AT+VTR", 2.0)
    if not reply.is_good:
        yield from release(identity, in_stream=reply.result is Result.TIMEOUT)
        return SeizeFailed(f"after a hook flash AT+VTR was answered {reply.result.value!r}; CONNECT would be right")
    return None


def release(identity: Identity, in_stream: bool, way: Way = Way.DUPLEX) -> Procedure:
    """Go on-hook (§2.6). Raises ModemError when the modem confirms it by neither command: closing it will."""
    if in_stream:
        yield from _leave(identity.chipset, way)
    hooked = yield from ask("AT+VLS=0", 3.0)
    dropped = yield from ask("ATH0", tries=2)
    yield from ask("AT+FCLASS=0", tries=2)
    yield from ask(identity.telling.command)
    if not (hooked.is_good or dropped.is_good):
        raise ModemError("it confirms neither AT+VLS=0 nor ATH0, so it may still hold the line; closing it drops DTR")
    return Released()


def await_stopped_stream() -> Procedure:
    """The modem ended the stream unasked (S6): take in the result that follows, so that it answers nothing else."""
    yield Leave(b"", 0.5)
    return StreamStopped()


def check_line(identity: Identity, country: Country, tries: int = 3) -> Generator[Step, Reply, LineChecked]:
    """Look at the voltage of an idle line (§2.2, §2.6); a line just let go of is given two seconds to recover."""
    if not identity.chipset.has_line_voltage:
        return LineChecked()
    checked = LineChecked()
    for turn in range(tries):
        if turn:
            yield Settle(quiet=VOLTAGE_PAUSE, cap=VOLTAGE_PAUSE)
        reply = yield from ask("AT-TRV")
        volts = volts_in(reply.text)
        checked = LineChecked(trouble(volts, country.in_use_v), volts)
        if not checked.alarm:
            break
    return checked


def next_look(outcome: ModemEvent | None, now: float, planned: float | None) -> float | None:
    """When the line's voltage is to be looked at after that outcome; as `planned` where it changes nothing."""
    match outcome:
        case Ready(line_alarm=trouble) | LineChecked(alarm=trouble):
            return now + (LOOK_AGAIN if trouble else LOOK_AT_LINE)
        case Released():
            return now + LOOK_AFTER_CALL
    return planned


def is_well(country: Country) -> Generator[Step, Reply, bool]:
    """Whether an idle modem answers AT (§2.2) and is still set to its country; a reset would have lost that (F33)."""
    reply = yield from ask("AT", tries=2)
    if not reply.is_good:
        return False
    reply = yield from ask("AT+GCI?", tries=2)
    found = _country_in(reply)
    return found is None or found == country.gci


def _must(command: str, within: float = 1.0) -> Part:
    """A vital step. Raises ModemError when the modem refuses it."""
    reply = yield from ask(command, within, tries=3)
    if reply.result is Result.ERROR:  # perhaps a byte was lost on the way
        reply = yield from ask(command, within, tries=2)
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
    number, coding = voice_format(formats.text)
    form = yield from _taken_form(voice_forms(number))
    yield from ask("AT+FCLASS=0", tries=2)
    return Identity(chipset, label, form, coding)


def _taken_form(forms: tuple[str, ...]) -> Generator[Step, Reply, str]:
    """The first way of saying the format that the modem takes; the usual one where it takes none while on-hook."""
    for form in forms:
        reply = yield from ask(f"AT+VSM={form}", tries=2)
        if reply.result is Result.ERROR:  # perhaps a byte was lost on the way
            reply = yield from ask(f"AT+VSM={form}", tries=2)
        if reply.is_good:
            return form
    return forms[0]


def _set_country(country: Country) -> Generator[Step, Reply, str]:
    """Set +GCI and read it back. Raises ModemError when the modem runs another country's profile (§2.9)."""
    found = None
    for _ in range(2):  # a byte lost on the way must not look like a firmware without the country
        yield from ask(f"AT+GCI={country.gci}")
        found = _country_in((yield from ask("AT+GCI?", tries=2)))
        if found == country.gci:
            return ""
    if found is None:
        return "the modem does not tell which country it is set to (AT+GCI?); ringing and caller ID may not be seen"
    raise ModemError(
        f"the line is in {country.code} (+GCI {country.gci}) but the modem stays at {found}: its firmware lacks "
        "that country, and would neither ring nor hang up rightly"
    )


def _country_in(reply: Reply) -> str | None:
    found = re.search(r"([0-9A-F]{2})\s*$", " ".join(reply.text).upper())
    return None if found is None else found[1]


def _ask_for_caller_id(telling: Telling) -> Generator[Step, Reply, str]:
    reply = yield from ask(telling.command, tries=2)
    if reply.is_good or telling is Telling.OFF:
        return ""
    return f"the modem refuses caller ID ({telling.command}): callers will have no number"


def _seize_commands(identity: Identity, one_by_one: bool, way: Way) -> tuple[tuple[str, float], ...]:
    silence, form = identity.chipset.no_silence, f"+VSM={identity.form}"
    if one_by_one:
        singly = ("+FCLASS=8", silence, "+VIT=0", form, "+VLS=1")
        return (*((f"AT{part}", 3.0) for part in singly), (way.value, 2.0))
    return (f"AT+FCLASS=8;{silence};+VIT=0", 1.0), (f"AT{form};+VLS=1", 3.0), (way.value, 2.0)


def _leave(chipset: Chipset, way: Way = Way.DUPLEX) -> Generator[Step, Reply, None]:
    ends = {Way.DUPLEX: chipset.leave, Way.ANNOUNCE: b"\x10\x03", Way.RECORD: b"\x10\x21"}
    reply = yield Leave(ends[way])
    if reply.result is Result.TIMEOUT:  # some obey only right after a DLE pair
        reply = yield Leave(b"\x10\x10\x10\x03\x10\x10\x10\x5e")
    if reply.result is Result.TIMEOUT:
        yield Tell(b"\r", 0.1)
        yield Settle(quiet=0.3, cap=1.0)
