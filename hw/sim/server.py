"""A simulator process: several virtual cards driven over a Unix socket, in an interpreter of their own.

One thread per connection (a `wait` holds up only its own), beside each card's own. The socket is the owner's alone.
"""

import os
import socketserver
import threading
from pathlib import Path

from hw.sim.caller import Caller
from hw.sim.card import VirtualCard
from hw.sim.catalogue import CATALOGUE
from hw.sim.countries import CallerIdTime
from hw.sim.dialled import Fate, Subscriber
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp
from hw.sim.sound import to_wav
from hw.sim.verbs import EventReply, Reply, Request, StatsReply, from_line, to_line


class ControlRoom:
    """The cards of a process and everybody who ever rang them."""

    def __init__(self, cards: list[VirtualCard]) -> None:
        """The cards are their maker's to close."""
        self.stop_asked = threading.Event()
        self._cards = cards
        self._callers: list[Caller] = []
        self._lock = threading.Lock()

    def answer(self, line: bytes) -> Reply:
        """Does what a line of JSON asks; every refusal is a sentence in `error`."""
        try:
            return self.do(from_line(Request, line))
        except (SimulatorError, OSError, ValueError, TypeError) as error:
            return Reply(error=str(error) or type(error).__name__)

    def do(self, ask: Request) -> Reply:
        """Does one request; SimulatorError (or ValueError for a word that is none) if it makes no sense."""
        match ask.verb:
            case "cards":
                return Reply(paths=tuple(card.path for card in self._cards))
            case "stop":
                self.stop_asked.set()
                return Reply()
            case "ring":
                return self._ring(ask)
            case "subscriber":
                return self._subscribe(self._card(ask.card), ask)
            case "called":
                return self._called(self._card(ask.card), ask)
            case "say" | "digits" | "hangup" | "give_up" | "caller" | "wait" | "wait_heard" | "heard":
                return self._of_caller(self._caller(ask.caller), ask)
            case _:
                return self._of_card(self._card(ask.card), ask)

    def _ring(self, ask: Request) -> Reply:
        voice = ask.voice.sound() if ask.voice is not None else None
        when = CallerIdTime(ask.caller_id) if ask.caller_id is not None else None
        caller = self._card(ask.card).ring(ask.number, ask.name, voice, when, ask.rings)
        with self._lock:
            self._callers.append(caller)
            return Reply(caller=len(self._callers) - 1, state=caller.state.value)

    def _subscribe(self, card: VirtualCard, ask: Request) -> Reply:
        """Somebody has this number from now on ("" is everybody): `mode` is the fate, `seconds` the ringback."""
        voice = ask.voice.sound() if ask.voice is not None else None
        has = Subscriber(Fate(ask.mode), voice, ask.seconds, reverses=ask.is_so)
        card.with_core(lambda core, now: core.line.numbering.subscribers.update({ask.number or "": has}))
        return Reply()

    def _called(self, card: VirtualCard, ask: Request) -> Reply:
        """Whoever was reached by the `count`th call out, waited for at most `timeout` seconds."""
        reached = card.called
        if not card.wait_until(lambda: len(reached) >= ask.count, ask.timeout):
            raise SimulatorError(
                f"asked for the answer of call {ask.count} within {ask.timeout} s; {len(reached)} were"
            )
        party = reached[ask.count - 1]
        with self._lock:
            self._callers.append(Caller(card, party))
            return Reply(caller=len(self._callers) - 1, state=party.state.value)

    def _of_caller(self, caller: Caller, ask: Request) -> Reply:
        at, is_so = 0.0, False
        match ask.verb:
            case "say":
                if ask.voice is None:
                    raise SimulatorError("asked to say nothing; give a voice (kind silence is one)")
                at = caller.say(ask.voice.sound())
            case "digits":
                at = caller.send_digits(ask.keys, ask.on, ask.off)
            case "hangup":
                caller.hang_up(HangUp(ask.mode), ask.milliseconds)
            case "give_up":
                caller.give_up()
            case "wait":
                is_so = caller.wait_for(CallerState(ask.state), ask.timeout)
            case "wait_heard":
                is_so = caller.wait_heard(ask.seconds, ask.timeout)
            case "heard":
                heard = caller.heard()
                to_wav(Path(ask.path), heard.samples)
                return Reply(first_at=heard.first_at, rate=heard.rate, samples=len(heard.samples))
        return Reply(state=caller.state.value, at=at, is_so=is_so)

    def _of_card(self, card: VirtualCard, ask: Request) -> Reply:
        is_so = False
        match ask.verb:
            case "stats":
                return Reply(stats=_stats(card))
            case "events":
                events = (event for event in card.events if event.at >= ask.since)
                return Reply(events=tuple(EventReply(e.at, e.sample, e.what.value, e.detail) for e in events))
            case "wait_hook":
                is_so = card.wait_hook(ask.is_so, ask.timeout)
            case "wait_event":
                is_so = card.wait_event(What(ask.event), ask.timeout, ask.count)
            case "loop_drop":
                card.loop_drop(ask.milliseconds)
            case "cord":
                card.set_cord(ask.is_so)
            case "dtr":
                card.set_dtr(ask.is_so)
            case "unplug":
                card.unplug()
            case "plug":
                card.plug()
            case name if name.startswith(("card.", "line.", "remote.")) or name in CATALOGUE:
                card.fault(name, ask.value, ask.text, ask.count)
            case _:
                raise SimulatorError(
                    f"asked the verb {ask.verb!r}, which is not known; docs: hw.sim.server.ControlRoom"
                )
        return Reply(is_so=is_so, paths=(card.path,))

    def _card(self, number: int) -> VirtualCard:
        if not 0 <= number < len(self._cards):
            raise SimulatorError(f"asked for card {number}; there are {len(self._cards)}, counted from 0")
        return self._cards[number]

    def _caller(self, number: int) -> Caller:
        with self._lock:
            if not 0 <= number < len(self._callers):
                raise SimulatorError(f"asked for caller {number}; {len(self._callers)} have rung, counted from 0")
            return self._callers[number]


def _stats(card: VirtualCard) -> StatsReply:
    stats = card.stats
    return StatsReply(
        is_off_hook=stats.is_off_hook,
        line=stats.line.value,
        rx_samples=stats.rx_samples,
        tx_samples=stats.tx_samples,
        underruns=stats.underruns,
        starved=stats.starved,
        overruns=stats.overruns,
        seizures=stats.seizures,
        longest_off_hook=stats.longest_off_hook,
        latest_tick=card.latest_tick,
    )


class ControlServer:
    """The socket of a `ControlRoom`."""

    def __init__(self, room: ControlRoom, socket_path: Path) -> None:
        """Listens at once; a socket left by a dead process is replaced."""
        self._path = socket_path
        socket_path.parent.mkdir(parents=True, exist_ok=True)
        socket_path.unlink(missing_ok=True)

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    self.wfile.write(to_line(room.answer(line)))

        mask = os.umask(0o177)
        try:
            self._server = socketserver.ThreadingUnixStreamServer(str(socket_path), Conversation)
        finally:
            os.umask(mask)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, name="simulator control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listens no more; the socket is gone."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
        self._path.unlink(missing_ok=True)
