"""`python -m hw.identify`: which socket is which line? Lists the modems; call a line, and the one that rings is told.

Modems that another program holds (the phone system's own lines) are listed and left alone: the page shows which of
those rings. Nothing is ever answered.
"""

import argparse
import select
import sys
import time
from dataclasses import dataclass

from hw.errors import ModemError
from hw.modem.countries import country
from hw.modem.driver import Modem
from hw.modem.events import CallerIdLine, Failed, ModemEvent, Ring
from hw.modem.port import SerialPort
from hw.modem.usb import UsbModem, modems


@dataclass(slots=True)
class _Listener:
    name: str
    port: SerialPort
    modem: Modem


def listing(found: tuple[UsbModem, ...]) -> str:
    """The modems, a line each, with a warning where two claim the same serial number."""
    lines = [f"USB port {one.port:<10} {one.device}  {one.model}, serial {one.serial or 'none'}" for one in found]
    serials = [one.serial for one in found if one.serial]
    if len(serials) != len(set(serials)):
        lines.append("two of them carry the same serial number: name lines by path, never by id")
    return "\n".join(lines) or "no modem of a known kind is plugged in"


def which_rings(devices: tuple[str, ...], code: str, seconds: float) -> str:
    """The device that rings within so many seconds, "" when none does. Raises ModemError when none can be heard."""
    listeners: list[_Listener] = []
    troubles: list[str] = []
    try:
        for device in devices:
            try:
                listeners.append(_Listener(device, SerialPort(device), Modem(country(code))))
            except ModemError as wrong:
                troubles.append(str(wrong))
        if not listeners:
            raise ModemError("no modem can be listened to: " + "; ".join(troubles or ["none was named"]))
        return _listen(listeners, time.monotonic() + seconds)
    finally:
        for listener in listeners:
            listener.port.close()


def _listen(listeners: list[_Listener], until: float) -> str:
    for listener in listeners:
        listener.modem.start(time.monotonic())
    while listeners and (now := time.monotonic()) < until:
        for listener in listeners:
            out = listener.modem.outgoing()
            listener.modem.keep(out[listener.port.write(out) :] if out else b"")
        readable, _, _ = select.select([one.port for one in listeners], [], [], min(0.05, until - now))
        for listener in list(listeners):
            came = listener.port.read() if listener.port in readable else b""
            events = [*listener.modem.receive(came, now), *listener.modem.tick(now)]
            if any(isinstance(event, Ring | CallerIdLine) for event in events):
                return listener.name
            if _has_failed(events):
                listener.port.close()
                listeners.remove(listener)
    return ""


def _has_failed(events: list[ModemEvent]) -> bool:
    return any(isinstance(event, Failed) for event in events)


def main() -> int:
    """The command; 0 when a line rang, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="hw.identify", description="Which modem is which line? Call it and see.")
    parser.add_argument("devices", nargs="*", help="serial devices; without any, every modem of a known kind")
    parser.add_argument("--country", default="JP", help="two-letter country of the lines (%(default)s)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to wait for the call (%(default)s)")
    asked = parser.parse_args()
    found = modems()
    print(listing(found))
    devices = tuple(asked.devices) or tuple(one.device for one in found)
    try:
        print("Now call the line you look for.", flush=True)
        rang = which_rings(devices, asked.country, asked.seconds)
    except ModemError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    print(f"it rings at {rang}" if rang else f"nothing rang within {asked.seconds:.0f} s")
    return 0 if rang else 1


if __name__ == "__main__":
    sys.exit(main())
