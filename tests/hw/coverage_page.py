"""Makes docs/coverage-line.md: which tests prove which fault of the line card's failure catalogue (fxo §3.5).

`python -m tests.hw.coverage_page > docs/coverage-line.md`. A test proves a fault when its name begins with the fault's
id (`test_f05_...`); a docstring with "F05 partly: ..." says what it leaves open. What nothing proves is said too.
"""

import re
from collections.abc import Iterator

from tests.support.proofs import Proof, row, tests_in
from tests.support.proofs import proofs as claimed

FAULTS = {
    "F01": "DLE split at every byte position",
    "F02": "DLE SUB and DLE ETX look-alikes in the audio",
    "F03": "audio that spells OK, RING, NO CARRIER",
    "F04": "RING and caller ID between a command and its OK",
    "F05": "1 to 4096 random bytes in command mode",
    "F06": "garbage in a stream",
    "F07": "the far end sends only 0x10, 30.4 kB/s budget",
    "F08": "transmit buffers of 512 to 8192 bytes",
    "F09": "the driver stopped for 50, 200, 1000 ms",
    "F10": "crystals ±200 ppm for 30 min",
    "F11": "bursts of o, floods of u",
    "F12": "card frozen for 300 ms, 3 s, for ever",
    "F13": "unplugged idle, ringing, in a call; back under another number",
    "F14": "two cards with the same USB serial number",
    "F15": "another process holds the port",
    "F16": "card found stuck in a duplex stream",
    "F17": "process killed in a call",
    "F18": "ERROR, no answer, late answer to every command",
    "F19": "caller abandons around the answer",
    "F20": "ring patterns of 12 countries, CAR, spurious and lost rings",
    "F21": "every form of caller ID",
    "F22": "far-end hang-up: modes × countries × noise",
    "F23": "music, fax, singing that resembles busy tone",
    "F24": "DTMF per Q.24",
    "F25": "talk-off on speech",
    "F26": "our own prompt in the echo",
    "F27": "outgoing calls: every way they can end",
    "F28": "digits heard equal digits asked",
    "F29": "redial limiter",
    "F30": "hook flash",
    "F31": "parallel telephone lifted",
    "F32": "line cord out, idle and in a call",
    "F33": "card reset by lightning",
    "F34": "wrong country read back",
    "F35": "four lines, 8 h soak",
    "F36": "half-duplex modem",
    "F37": "echo canceller",
    "F38": "clock jump",
    "F39": "DTR unsupported",
    "F40": "random modems and transcripts",
}
FOLDERS = ("hw", "lines", "media", "hil")  # other folders have fault catalogues of their own
_NAMED = re.compile(r"test_(f\d\d)_")


def proofs() -> Iterator[Proof]:
    """Every test named after a fault, by file and line."""
    return claimed(tests_in(*FOLDERS), lambda name, _: (fault[1].upper() for fault in [_NAMED.match(name)] if fault))


def page() -> str:
    """The page."""
    found = list(proofs())
    lines = [
        "# What is proven of the line card's failure catalogue",
        "",
        "Made by `python -m tests.hw.coverage_page > docs/coverage-line.md`; a test fails when it is stale.",
        "",
        "| Fault | What goes wrong | Proven by | Still open |",
        "| --- | --- | --- | --- |",
        *(row(fault, what, found, "**no test named after it**") for fault, what in FAULTS.items()),
    ]
    missing = [fault for fault in FAULTS if not any(proof.id == fault for proof in found)]
    lines += ["", f"Without a test of their own: {', '.join(missing) or 'none'}.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(), end="")
