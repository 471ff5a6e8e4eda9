"""`python -m hw.probe DEVICE [COUNTRY]`: say what a modem is and whether it will do as a line card.

It initialises the modem as the phone system would and never goes off-hook.
"""

import argparse
import select
import sys
import time

from hw.errors import ModemError
from hw.modem.chipsets import Chipset
from hw.modem.countries import country
from hw.modem.driver import Modem
from hw.modem.events import Failed, Ready
from hw.modem.port import SerialPort


def probe(device: str, code: str) -> str:
    """What the modem at `device` is, in lines for a person. Raises ModemError when it will not do."""
    port, modem = SerialPort(device), Modem(country(code))
    try:
        ready = _bring_up(port, modem)
    finally:
        port.close()
    found, trouble = modem.identity, ready.alarm or ready.line_alarm
    lines = [
        f"{device}: {ready.identity}",
        f"  driven as     {found.chipset.name}",
        f"  voice format  {found.coding.name}, +VSM={found.form}",
        f"  verdict       {_verdict(found.chipset, trouble)}",
    ]
    return "\n".join(lines)


def _verdict(chipset: Chipset, trouble: str) -> str:
    """What a person is told; a stream both ways shows only off-hook (fxo §1.3)."""
    verdict = f"will do, but {trouble}" if trouble else "will do"
    if chipset.is_half_duplex or chipset.is_duplex_proven:
        return verdict
    return f"{verdict}; whether it carries both voices at once shows when its line is examined (deskbell doctor --line)"


def _bring_up(port: SerialPort, modem: Modem) -> Ready:
    modem.start(time.monotonic(), is_quick=True)
    out = b""
    while True:
        out += modem.outgoing()
        out = out[port.write(out) :]
        port.set_dtr(modem.wants_dtr)
        due = modem.next_deadline()
        wait = 0.05 if due is None else max(0.0, due - time.monotonic())
        readable, _, _ = select.select([port], [], [], wait)
        now = time.monotonic()
        events = modem.receive(port.read(), now) if readable else []
        for event in (*events, *modem.tick(now)):
            if isinstance(event, Ready):
                return event
            if isinstance(event, Failed):
                raise ModemError(f"{port.device} will not do: {event.why}")


def main() -> int:
    """The command; 0 when the modem will do, 1 with the reason otherwise."""
    parser = argparse.ArgumentParser(prog="hw.probe", description="Say what a voice modem is and whether it will do.")
    parser.add_argument("device", help="the serial device, best by its path under /dev/serial/by-path")
    parser.add_argument("country", nargs="?", default="JP", help="two-letter country of the line (default JP)")
    asked = parser.parse_args()
    try:
        print(probe(asked.device, asked.country))
    except ModemError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
