"""Driving a simulator process from another one, with the words of `VirtualCard` and `Caller`.

    with SimClient(socket_path) as sim:
        caller = sim.card(0).ring("0312345678", voice=SoundSpec("tone", (1000,)))
        caller.wait_for(CallerState.CONNECTED, timeout=5)

Blocking and for one thread at a time; a second thread makes a second client. Times are CLOCK_MONOTONIC, as here.
"""

import socket
import tempfile
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np

from hw.sim.countries import CallerIdTime
from hw.sim.dialled import Fate
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp, Heard
from hw.sim.verbs import EventReply, Reply, Request, SoundSpec, StatsReply, from_line, to_line


class SimClient:
    """A connection to `python -m hw.sim`."""

    def __init__(self, socket_path: Path | str) -> None:
        """Raises OSError if nobody listens there."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(str(socket_path))
        except OSError:
            self._socket.close()
            raise
        self._replies = self._socket.makefile("rb")

    def __enter__(self) -> "SimClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up the control connection; the cards stay."""
        self._replies.close()
        self._socket.close()

    def ask(self, request: Request) -> Reply:
        """One request and its reply; SimulatorError with the simulator's sentence if it refused or is gone."""
        self._socket.sendall(to_line(request))
        line = self._replies.readline()
        if not line:
            raise SimulatorError(f"asked {request.verb!r}, but the simulator ended before it answered")
        reply = from_line(Reply, line)
        if reply.error:
            raise SimulatorError(reply.error)
        return reply

    def paths(self) -> tuple[str, ...]:
        """What drivers open, card by card."""
        return self.ask(Request("cards")).paths

    def card(self, number: int = 0) -> "RemoteCard":
        """One of the cards."""
        return RemoteCard(self, number)

    def stop(self) -> None:
        """Ends the simulator process."""
        self.ask(Request("stop"))


class RemoteCard:
    """A card of the simulator process."""

    def __init__(self, client: SimClient, number: int) -> None:
        """Made by `SimClient.card`."""
        self._client, self._number = client, number

    @property
    def path(self) -> str:
        """What a driver opens."""
        return self._client.paths()[self._number]

    @property
    def stats(self) -> StatsReply:
        """Counts so far."""
        stats = self._ask(Request("stats")).stats
        if stats is None:
            raise SimulatorError("asked for stats; the simulator answered without them")
        return stats

    def ring(
        self,
        number: str | None,
        name: str | None = None,
        voice: SoundSpec | None = None,
        caller_id: CallerIdTime | None = None,
        rings: int | None = None,
    ) -> "RemoteCaller":
        """Somebody dials this line; see `VirtualCard.ring`."""
        when = None if caller_id is None else caller_id.value
        reply = self._ask(Request("ring", number=number, name=name, voice=voice, caller_id=when, rings=rings))
        return RemoteCaller(self._client, reply.caller, number)

    def has(
        self, number: str, fate: Fate = Fate.ANSWERS, voice: SoundSpec | None = None, answer_after: float = 1.0,
        reverses: bool = False,
    ) -> None:  # fmt: skip
        """Somebody has this number ("" is everybody) and meets this fate when it is dialled."""
        self._ask(
            Request("subscriber", number=number, mode=fate.value, voice=voice, seconds=answer_after, is_so=reverses)
        )

    def called(self, count: int = 1, timeout: float = 15.0) -> "RemoteCaller":
        """Whoever answered the `count`th call out; SimulatorError when nobody did in time."""
        reply = self._ask(Request("called", count=count, timeout=timeout))
        return RemoteCaller(self._client, reply.caller, None)

    def dialled(self) -> list[str]:
        """What numbers the exchange heard, oldest first."""
        return [event.detail for event in self.events() if event.what == What.DIALLED.value]

    def events(self, since: float = 0.0) -> tuple[EventReply, ...]:
        """What happened since monotonic `since`."""
        return self._ask(Request("events", since=since)).events

    def wait_hook(self, off: bool, timeout: float) -> bool:
        """Whether the hook is (or within `timeout` seconds gets) off, or on."""
        return self._ask(Request("wait_hook", is_so=off, timeout=timeout)).is_so

    def wait_event(self, what: What, timeout: float, count: int = 1) -> bool:
        """Whether so many events of that kind have been (or within `timeout` seconds get) logged."""
        return self._ask(Request("wait_event", event=what.value, timeout=timeout, count=count)).is_so

    def loop_drop(self, milliseconds: int) -> None:
        """The exchange opens the loop for a moment."""
        self._ask(Request("loop_drop", milliseconds=milliseconds))

    def set_cord(self, is_in: bool) -> None:
        """The telephone cord is put in or pulled."""
        self._ask(Request("cord", is_so=is_in))

    def fault(self, name: str, value: float = 0.0, text: str = "", count: int = 1) -> None:
        """Makes one of `hw.sim.faults` happen."""
        self._ask(Request(name, value=value, text=text, count=count))

    def unplug(self) -> None:
        """Pulls the USB cable."""
        self._ask(Request("unplug"))

    def plug(self) -> str:
        """Plugs it in again; the path to open."""
        return self._ask(Request("plug")).paths[0]

    def _ask(self, request: Request) -> Reply:
        return self._client.ask(replace(request, card=self._number))


class RemoteCaller:
    """A caller in the simulator process."""

    def __init__(self, client: SimClient, number_in_sim: int, number: str | None) -> None:
        """Made by `RemoteCard.ring`."""
        self._client, self._number_in_sim = client, number_in_sim
        self.number = number

    @property
    def state(self) -> CallerState:
        """Where the caller stands."""
        return CallerState(self._ask(Request("caller")).state)

    def wait_for(self, state: CallerState, timeout: float) -> bool:
        """Whether the caller is (or within `timeout` seconds gets) there."""
        return self._ask(Request("wait", state=state.value, timeout=timeout)).is_so

    def wait_heard(self, seconds: float, timeout: float) -> bool:
        """Whether the caller has been (or within `timeout` seconds gets) listening for so long."""
        return self._ask(Request("wait_heard", seconds=seconds, timeout=timeout)).is_so

    def say(self, voice: SoundSpec) -> float:
        """Speaks; the monotonic time at which the first sample is on the line."""
        return self._ask(Request("say", voice=voice)).at

    def send_digits(self, keys: str, on: float = 0.1, off: float = 0.1) -> float:
        """Presses keys in band; the monotonic time of the first sample."""
        return self._ask(Request("digits", keys=keys, on=on, off=off)).at

    def hang_up(self, mode: HangUp = HangUp.BUSY_TONE, drop_ms: int = 500) -> None:
        """Hangs up; see `Caller.hang_up`."""
        self._ask(Request("hangup", mode=mode.value, milliseconds=drop_ms))

    def give_up(self) -> None:
        """Hangs up while it rings."""
        self._ask(Request("give_up"))

    def heard_wav(self, path: Path) -> Reply:
        """Writes what the caller heard as 16-bit WAV; `first_at`, `rate` and `samples` of the reply describe it."""
        return self._ask(Request("heard", path=str(path.absolute())))

    def heard(self) -> Heard:
        """What the caller heard since the connection."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "heard.wav"
            reply = self.heard_wav(path)
            with wave.open(str(path), "rb") as file:
                samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)
        return Heard(reply.first_at, reply.rate, samples)

    def _ask(self, request: Request) -> Reply:
        return self._client.ask(replace(request, caller=self._number_in_sim))
