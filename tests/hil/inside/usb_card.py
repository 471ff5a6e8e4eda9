"""`python -m tests.hil.inside.usb_card`: `hw.sim` with its one card behind a USB modem instead of a pseudo-terminal.

The same exchange, the same card, the same control socket. RI is raised while it rings, DCD while a voice stream runs.
"""

import argparse
import os
import sys
import tempfile
import threading
from pathlib import Path

from hw.priority import CRYSTAL, come_first
from hw.sim.card import VirtualCard
from hw.sim.eventlog import What
from hw.sim.server import ControlRoom, ControlServer
from tests.hil.inside.usb_modem import DCD, DSR, RI, UsbModem, UsbPort

RING_S = 1.0


def main() -> None:
    """Run until the verb `stop` or a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--link", type=Path, required=True)
    parser.add_argument("--country", default="JP")
    asked = parser.parse_args()
    come_first(CRYSTAL)
    modem = UsbModem(Path(tempfile.mkdtemp()))
    card = VirtualCard(asked.country, asked.link, ports=lambda link, other_than: UsbPort(modem, link))
    modem.on_change = lambda: card.with_core(lambda core, now: None)  # let the card look at DTR
    threading.Thread(target=ModemLines(card, modem).run, daemon=True).start()
    room = ControlRoom([card])
    server = ControlServer(room, asked.socket)
    print(f"ready: a card at {card.path}; control at {asked.socket}", flush=True)
    room.stop_asked.wait()
    server.close()
    card.close()
    sys.stdout.flush()
    os._exit(0)  # threads that wait in the kernel for a plug never end by themselves


class ModemLines:
    """RI, DSR and DCD as the card's log has them."""

    def __init__(self, card: VirtualCard, modem: UsbModem) -> None:
        self._card, self._modem = card, modem
        self._state = DSR

    def run(self) -> None:
        """Follow the log for ever."""
        shown = 0
        while True:
            events = self._card.events
            for event in events[shown:]:
                self._follow(event.what)
            shown = len(events)
            self._card.wait_until(lambda seen=shown: len(self._card.events) > seen, 3600.0)

    def _follow(self, what: What) -> None:
        if what is What.RING_STARTED:
            self._modem.show(self._state | RI)
            timer = threading.Timer(RING_S, lambda: self._modem.show(self._state))
            timer.daemon = True
            timer.start()
        elif what in (What.STREAM_STARTED, What.STREAM_ENDED):
            self._state = DSR | DCD if what is What.STREAM_STARTED else DSR
            self._modem.show(self._state)


if __name__ == "__main__":
    main()
