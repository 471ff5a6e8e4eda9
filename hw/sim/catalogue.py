"""The failure catalogue of line cards, F01 to F40, each made to happen by its name (specs: fxo §3.5).

`--fault F12` on the command line, the verb `F12` over the socket, `VirtualCard.fault("F12")`: the faults of `faults`
that make up the entry, with their usual doses. What is not the card's or the line's to do (a driver that is stopped or
killed, numbers that are dialled) has none, and says how it is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hw.sim.errors import SimulatorError
from hw.sim.faults import Injection as Do

_WORDS = b"\r\nOK\r\n\r\nRING\r\n\r\nNO CARRIER\r\n".hex()
_TRICKY = "7f1010017f10107e10101a10107f"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what goes wrong, the faults that make it, and what a host has to do besides."""

    what: str
    faults: tuple[Do, ...] = ()
    by_hand: str = ""


CATALOGUE: Mapping[str, Entry] = {
    "F01": Entry("DLE anywhere in the stream", (Do("remote.bytes", text=_TRICKY),)),
    "F02": Entry("DLE SUB and DLE ETX look-alikes in the audio", (Do("remote.bytes", text="101003101a0310101003"),)),
    "F03": Entry("audio that spells OK, RING, NO CARRIER", (Do("remote.bytes", text=_WORDS),)),
    "F04": Entry(
        "RING and caller ID between a command and its OK",
        (Do("card.next_result", 600, "late"), Do("card.garbage", text=b"\r\nRING\r\nNMBR = 0312345678\r\n".hex())),
    ),
    "F05": Entry("random bytes in command mode", (Do("card.garbage", 4096),)),
    "F06": Entry("garbage in a stream, a lone DLE in it", (Do("card.garbage", 200), Do("card.garbage", text="10"))),
    "F07": Entry(
        "the far end sends only 0x10, 30.4 kB/s budget",
        (Do("card.byte_budget", 30_400), Do("remote.bytes", text="10")),
    ),
    "F08": Entry("a small transmit buffer", (Do("card.tx_fifo", 512),)),
    "F09": Entry("the driver is stalled", by_hand="SIGSTOP the driver for 50, 200 and 1000 ms, then SIGCONT"),
    "F10": Entry("a crystal 200 ppm off", (Do("card.ppm", 200),)),
    "F11": Entry("a flood of u and bursts of o", (Do("card.flood", 2, "u", 5), Do("card.flood", 2, "o"))),
    "F12": Entry("the card freezes", (Do("card.freeze", 3000),)),
    "F13": Entry("unplugged", (Do("card.unplug"),), by_hand="`card.plug` brings it back, 1: under another number"),
    "F14": Entry("two cards alike", by_hand="two --link; unplug both, plug them in in the other order"),
    "F15": Entry("another program holds the port", (Do("card.second_opener", 1),)),
    "F16": Entry("the card is found stuck in a stream", (Do("card.stuck_stream"),)),
    "F17": Entry("the driver is killed in a call", by_hand="SIGKILL the driver and start it again"),
    "F18": Entry("a command is not answered", (Do("card.next_result", 2500, "none"),)),
    "F19": Entry("the caller gives up", (Do("line.give_up"),), by_hand="as the driver answers"),
    "F20": Entry("a ring of nobody", (Do("card.garbage", text=b"\r\nRING\r\n".hex()),)),
    "F21": Entry(
        "strange caller ID",
        (Do("card.garbage", text="\r\nNMBR=P\r\nNAME = J\xf6rg\x01\r\nDATE=9999\r\n".encode("latin-1").hex()),),
    ),
    "F22": Entry("the far end hangs up", (Do("remote.hang_up", text="busy_tone"),)),
    "F23": Entry("something like a busy tone", (Do("remote.sound", text="singing"),)),
    "F24": Entry("keys in band", (Do("remote.sound", text="keys"),)),
    "F25": Entry("a voice that is no key", (Do("remote.sound", text="babble"),)),
    "F26": Entry("a hybrid that sends our prompts back", (Do("line.echo", 6),)),
    "F27": Entry("no dial tone", (Do("line.dial_tone", -1),), by_hand="`line.numbers` says who answers and how"),
    "F28": Entry("what was dialled is heard", by_hand="dial; the event `dialled` says what the exchange heard"),
    "F29": Entry("redialling", (Do("line.numbers", text="busy"),), by_hand="dial one number again and again"),
    "F30": Entry("hook flash", by_hand="flash; the events `went_on_hook` and `went_off_hook` say how long"),
    "F31": Entry("a parallel telephone is lifted", (Do("line.parallel", 1),)),
    "F32": Entry("the line cord is out", (Do("line.cord", 0),)),
    "F33": Entry("lightning resets the card", (Do("card.reset"),)),
    "F34": Entry("another country is read back", (Do("card.pin", text="+GCI=3D"),)),
    "F35": Entry("hours of calls", by_hand="python -m tests.lines.soak MINUTES"),
    "F36": Entry("a half-duplex modem", by_hand="--personality si2494_half or generic_half"),
    "F37": Entry("echo", (Do("line.echo", 12),)),
    "F38": Entry("the wall clock jumps", by_hand="date -s; nothing here asks it"),
    "F39": Entry("no modem lines", by_hand="a pseudo-terminal has none"),
    "F40": Entry("any modem, any mishap", by_hand="--personality chaos, and faults by chance"),
}


def steps_of(asked: Do) -> tuple[Do, ...]:
    """The faults that a name means: an entry's, or the one of that name. SimulatorError for an entry that has none."""
    entry = CATALOGUE.get(asked.name)
    if entry is None:
        return (asked,)
    if not entry.faults:
        raise SimulatorError(f"asked for {asked.name} ({entry.what}), which the host makes: {entry.by_hand}")
    return entry.faults


def listing() -> str:
    """The entries, a line each."""
    return "\n".join(f"{name:<20} {entry.what}{_how(entry)}" for name, entry in CATALOGUE.items())


def _how(entry: Entry) -> str:
    names = ", ".join(dict.fromkeys(one.name for one in entry.faults))
    return "".join(f" ({part})" for part in (names, entry.by_hand) if part)
