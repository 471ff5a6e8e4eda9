"""Everything that can be made to go wrong with a virtual card and its line, by name (specs: fxo §3.4, §3.5).

`inject(core, now, Injection("card.freeze", value=300))`; over the socket the name is the verb. `VirtualCard` adds the
faults of the plug, which a core has not.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hw.sim.core import CardCore
from hw.sim.dialled import Fate, Subscriber
from hw.sim.errors import SimulatorError
from hw.sim.exchange import CLEARING_DROP_MS
from hw.sim.hybrid import Hybrid
from hw.sim.mischief import Whim
from hw.sim.party import HangUp
from hw.sim.sound import Recording, Silence, Sound, digits
from hw.sim.voices import babble, fax_answering, fax_calling, music, singing


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault asked for: `value` in the fault's own unit, `text` and `count` where it needs them."""

    name: str
    value: float = 0.0
    text: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """What a name does, in words for `--list-faults`, and how."""

    does: str
    inject: Callable[[CardCore, float, Injection], None]


def _freeze(core: CardCore, now: float, asked: Injection) -> None:
    core.freeze(asked.value / 1000, now)


def _garbage(core: CardCore, now: float, asked: Injection) -> None:
    count = int(asked.value)
    core.babble(bytes.fromhex(asked.text) if asked.text else random.Random(asked.count).randbytes(count))


def _drop(core: CardCore, now: float, asked: Injection) -> None:
    core.cable.lost = asked.value


def _double(core: CardCore, now: float, asked: Injection) -> None:
    core.cable.doubled = asked.value


def _slow(core: CardCore, now: float, asked: Injection) -> None:
    core.mischief.slow = asked.value


def _latency(core: CardCore, now: float, asked: Injection) -> None:
    core.mischief.latency = asked.value / 1000


def _next_result(core: CardCore, now: float, asked: Injection) -> None:
    whim, _, command = asked.text.partition(" ")
    core.mischief.plan(Whim(whim.lower()), command, asked.value / 1000 or 2.0, asked.count)


def _event(core: CardCore, now: float, asked: Injection) -> None:
    for _ in range(asked.count):
        core.emit(asked.text.encode("latin-1"), now)


def _tx_fifo(core: CardCore, now: float, asked: Injection) -> None:
    core.set_tx_fifo(int(asked.value))


def _budget(core: CardCore, now: float, asked: Injection) -> None:
    core.cable.ration(asked.value or None)


def _stick(core: CardCore, now: float, asked: Injection) -> None:
    core.stick(now)


def _stuck_hook(core: CardCore, now: float, asked: Injection) -> None:
    core.stuck_hook = asked.count


def _reset(core: CardCore, now: float, asked: Injection) -> None:
    core.reset(now)


def _pin(core: CardCore, now: float, asked: Injection) -> None:
    name, _, value = asked.text.partition("=")
    core.settings.pin(name, value)


def _parallel(core: CardCore, now: float, asked: Injection) -> None:
    core.line.set_parallel(bool(asked.value), now)


def _reverse(core: CardCore, now: float, asked: Injection) -> None:
    core.line.reverse(now)


def _loop_drop(core: CardCore, now: float, asked: Injection) -> None:
    core.line.loop_drop(int(asked.value), now)


def _noise(core: CardCore, now: float, asked: Injection) -> None:
    core.noise.hiss = asked.value if asked.value < 0 else None


def _hum(core: CardCore, now: float, asked: Injection) -> None:
    core.noise.hum = asked.value if asked.value < 0 else None
    core.noise.hertz = float(asked.count) if asked.count > 1 else 50.0


def _cord(core: CardCore, now: float, asked: Injection) -> None:
    core.line.set_cord(bool(asked.value), now)


def _ppm(core: CardCore, now: float, asked: Injection) -> None:
    core.clock.set_ppm(asked.value, now)


def _flood(core: CardCore, now: float, asked: Injection) -> None:
    for turn in range(round(asked.value * 100)):
        for _ in range(asked.count):
            core.agenda.at(now + turn / 100, lambda due: core.emit(asked.text.encode("latin-1"), due))


def _echo(core: CardCore, now: float, asked: Injection) -> None:
    core.hybrid = Hybrid(asked.value) if asked.value else None


def _give_up(core: CardCore, now: float, asked: Injection) -> None:
    core.line.give_up(now)


def _hang_up(core: CardCore, now: float, asked: Injection) -> None:
    core.line.hang_up(HangUp(asked.text or "busy_tone"), now, int(asked.value) or CLEARING_DROP_MS)


def _dial_tone(core: CardCore, now: float, asked: Injection) -> None:
    core.line.dial_tone_delay = asked.value if asked.value >= 0 else None


def _numbers(core: CardCore, now: float, asked: Injection) -> None:
    fate, _, number = asked.text.partition(" ")
    core.line.numbering.subscribers[number] = Subscriber(Fate(fate), answer_after=asked.value or 2.0)


def _bytes(core: CardCore, now: float, asked: Injection) -> None:
    _speak(core, Recording(bytes.fromhex(asked.text), loop=True), now)


def _sound(core: CardCore, now: float, asked: Injection) -> None:
    make = SOUNDS.get(asked.text)
    if make is None:
        raise ValueError(f"sounds are {', '.join(SOUNDS)}")
    _speak(core, make(), now)


def _speak(core: CardCore, sound: Sound, now: float) -> None:
    if core.line.party is None:
        raise SimulatorError("asked for a sound of the far end, but nobody is there; ring first")
    core.line.party.say(sound, core.clock.lead_at(now))


SOUNDS: Mapping[str, Callable[[], Sound]] = {
    "babble": lambda: babble(30.0),
    "music": lambda: music(30.0),
    "singing": lambda: singing(30.0),
    "keys": lambda: Recording(digits("0123456789*#").read(10**6), loop=True),
    "fax": fax_calling,
    "fax_answers": fax_answering,
    "silence": Silence,
}

FAULTS: Mapping[str, Fault] = {
    "card.freeze": Fault("neither reads nor writes for VALUE ms; 0 is until the plug is pulled", _freeze),
    "card.garbage": Fault("says VALUE random bytes, or those of the hexadecimal TEXT", _garbage),
    "card.drop_bytes": Fault("the cable loses each byte with probability VALUE", _drop),
    "card.dup_bytes": Fault("the cable doubles each byte with probability VALUE", _double),
    "card.slow": Fault("every command takes VALUE times as long", _slow),
    "card.latency": Fault("every command takes VALUE ms more", _latency),
    "card.next_result": Fault(
        "TEXT is error, none (done, unanswered), deaf (not even done) or late (VALUE ms), then the command it is for "
        "(any if none is named), COUNT times",
        _next_result,
    ),
    "card.event": Fault("tells the DLE event TEXT, COUNT times", _event),
    "card.tx_fifo": Fault("the transmit FIFO holds VALUE bytes", _tx_fifo),
    "card.byte_budget": Fault("VALUE bytes a second both ways in a stream; 0 is no limit", _budget),
    "card.stuck_stream": Fault("finds itself streaming and off-hook, as a crashed host left it", _stick),
    "card.stuck_hook": Fault("says OK to COUNT seizures but stays on-hook", _stuck_hook),
    "card.reset": Fault("the firmware starts anew: E1, FCLASS 0, its own country", _reset),
    "card.pin": Fault("TEXT is NAME=VALUE, as +GCI=B5: shown when asked for, whatever was set", _pin),
    "line.parallel": Fault("a second telephone on the pair is lifted (VALUE 1) or put down (0)", _parallel),
    "line.reverse": Fault("the exchange swaps the wires", _reverse),
    "line.loop_drop": Fault("the loop is open for VALUE ms", _loop_drop),
    "line.noise": Fault("hiss of VALUE dBFS; 0 is none", _noise),
    "line.hum": Fault("hum of VALUE dBFS at COUNT Hz (50 if 1); 0 is none", _hum),
    "line.cord": Fault("the telephone cord is in (VALUE 1) or out (0)", _cord),
    "line.echo": Fault("the hybrid's return loss is VALUE dB; 0 is no echo", _echo),
    "line.dial_tone": Fault("dial tone comes VALUE seconds after off-hook; -1 is never", _dial_tone),
    "line.numbers": Fault(
        f"TEXT is a fate ({', '.join(fate.value for fate in Fate)}) and a number, every number if none is named; it "
        "rings for VALUE seconds",
        _numbers,
    ),
    "line.give_up": Fault("the caller gives up while it rings", _give_up),
    "remote.hang_up": Fault(f"the far end hangs up; TEXT is how: {', '.join(mode.value for mode in HangUp)}", _hang_up),
    "remote.bytes": Fault("the far end says the hexadecimal µ-law bytes of TEXT again and again", _bytes),
    "remote.sound": Fault(f"the far end says TEXT: {', '.join(SOUNDS)}", _sound),
    "card.ppm": Fault("the crystal is VALUE millionths off", _ppm),
    "card.flood": Fault("tells the DLE event TEXT COUNT hundred times a second for VALUE seconds", _flood),
}
PLUG_FAULTS: Mapping[str, str] = {
    "card.unplug": "the USB cable is pulled",
    "card.plug": "it is put in again; VALUE 1: under another number of the kernel's",
    "card.second_opener": "another program locks the port (VALUE 1) or lets go of it (0)",
}


def inject(core: CardCore, now: float, asked: Injection) -> None:
    """Makes it happen now; SimulatorError for a name or a text that means nothing."""
    fault = FAULTS.get(asked.name)
    if fault is None:
        raise SimulatorError(
            f"asked for the fault {asked.name!r}; known are {', '.join(sorted([*FAULTS, *PLUG_FAULTS]))}"
        )
    try:
        fault.inject(core, now, asked)
    except ValueError as wrong:
        raise SimulatorError(f"asked for {asked.name} with {asked.text!r} ({wrong}); it {fault.does}") from None


def from_word(word: str) -> Injection:
    """A fault of the command line: NAME, NAME=VALUE or NAME=TEXT. SimulatorError if there is no such name."""
    name, _, rest = word.partition("=")
    if name not in FAULTS and name not in PLUG_FAULTS and not re.fullmatch(r"F(?:0[1-9]|[123]\d|40)", name):
        raise SimulatorError(f"asked for the fault {name!r}; --list-faults names those there are")
    try:
        return Injection(name, value=float(rest or 0))
    except ValueError:
        return Injection(name, text=rest)


def listing() -> str:
    """The names and what they do, a line each."""
    told = {**{name: fault.does for name, fault in FAULTS.items()}, **PLUG_FAULTS}
    return "\n".join(f"{name:<20} {does}" for name, does in sorted(told.items()))
