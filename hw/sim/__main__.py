"""`python -m hw.sim`: virtual line cards in a process of their own, controlled over a Unix socket.

Prints one line beginning with `ready` when drivers may open the cards; ends on SIGTERM, SIGINT or the verb `stop`.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from hw.priority import CRYSTAL, come_first
from hw.sim.card import VirtualCard
from hw.sim.catalogue import listing as entries
from hw.sim.countries import COUNTRIES
from hw.sim.errors import SimulatorError
from hw.sim.faults import from_word, listing
from hw.sim.personalities import PERSONALITIES
from hw.sim.server import ControlRoom, ControlServer


def arguments(words: list[str] | None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(
        prog="line-sim",
        description="Virtual telephone line cards on pseudo-terminals.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket for JSON-lines control")
    parser.add_argument(
        "--link", type=Path, action="append", required=True, help="where a card appears; repeat for more"
    )
    parser.add_argument("--country", default="JP", help=f"whose exchange: {', '.join(COUNTRIES)}")
    parser.add_argument("--personality", default="cx93001_2013", help=f"which modem: {', '.join(PERSONALITIES)}")
    parser.add_argument("--ppm", type=float, default=0.0, help="error of the cards' crystals")
    parser.add_argument("--echo-db", type=float, default=None, help="return loss of the hybrid; without it no echo")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[=VALUE]", help="broken from the start")
    parser.add_argument(
        "--list-faults", action="version", version=f"{listing()}\n{entries()}", help="name the faults and end"
    )
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input closes (parent gone)")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Runs until told to stop; 1 with a sentence if the cards cannot be made."""
    asked = arguments(words)
    come_first(CRYSTAL)
    # A signal only writes a byte for a thread to find: nothing is ever interrupted half done. (Blocking the signals and
    # waiting for them would not do: numpy's own threads exist already, and would take them.)
    told, tell = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os.write(tell, b"!"))
    cards: list[VirtualCard] = []
    try:
        for place, link in enumerate(asked.link):
            cards.append(VirtualCard(asked.country, link, asked.personality, asked.ppm, asked.echo_db, seed=place + 1))
            for word in asked.fault:
                asked_for = from_word(word)
                cards[-1].fault(asked_for.name, asked_for.value, asked_for.text, asked_for.count)
        return _serve(asked, cards, told)
    except (SimulatorError, OSError) as error:
        print(f"line-sim: {error}", file=sys.stderr)
        return 1
    finally:
        for card in cards:
            card.close()


def _serve(asked: argparse.Namespace, cards: list[VirtualCard], told: int) -> int:
    room = ControlRoom(cards)
    server = ControlServer(room, asked.socket)
    try:
        threading.Thread(target=_stop_at_signal, args=(room, told), daemon=True).start()
        if asked.stop_with_stdin:
            threading.Thread(target=_stop_at_end_of_input, args=(room,), daemon=True).start()
        places = ", ".join(card.path for card in cards)
        print(f"ready: {len(cards)} card(s) at {places}; control at {asked.socket}", flush=True)
        room.stop_asked.wait()
    finally:
        server.close()
    return 0


def _stop_at_signal(room: ControlRoom, told: int) -> None:
    os.read(told, 1)
    room.stop_asked.set()


def _stop_at_end_of_input(room: ControlRoom) -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock, held here, would abort the interpreter's end
        pass
    room.stop_asked.set()


if __name__ == "__main__":
    sys.exit(main())
