"""A real third-party phone: Debian's baresip, registered with digest, driven over its TCP control port.

It plays a tone of its own and writes what it hears to a WAV (module sndfile), so a test can prove who heard whom.
The tone is module ausine's, and nothing plays: a thread of aufile's player can come to life when its sound is over
already, and takes Debian 13's phone down (baresip pull request 2917). Without a player or a jitter buffer every frame
goes into the WAV as it comes. ausine knows one rate only, and Debian 12's always two channels.
"""

import asyncio
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from appliance.selftest.ports import free_port
from appliance.selftest.sound import Samples
from appliance.selftest.whole_box import CRYSTAL_FIRST
from appliance.supervisor import come_first

_WAV_HEADER = 44  # its length fields are right only when the call is over

_CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{sip}
call_local_timeout 120
call_max_calls 4
audio_source ausine,{hz}
ausrc_srate 48000
ausrc_channels 2
rtp_ports {rtp}-{rtp_last}
jitter_buffer_delay 0-0
net_interface 127.0.0.1
module_path /usr/lib/baresip/modules
module g711.so
module ausine.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
ring_aufile none
ringback_disable yes
snd_path {folder}
"""


class Baresip:
    """One phone. Create with `await Baresip.register(...)`; events are kept in order and can be waited for."""

    def __init__(self, number: str, folder: Path, process: asyncio.subprocess.Process) -> None:
        self.number, self.folder = number, folder
        self.events: list[tuple[str, str]] = []
        self._process = process
        self._news = asyncio.Event()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._seen = 0
        self._tokens = itertools.count()
        self._answers: dict[str, asyncio.Future[dict[str, object]]] = {}

    @classmethod
    async def register(cls, number: str, secret: str, edge: str, folder: Path, tone_hz: float) -> "Baresip":
        """Start the phone, register it at the edge and wait until that is done."""
        control = await asyncio.to_thread(_furnish, folder, number, secret, edge, tone_hz)
        with (folder / "baresip.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                "baresip", "-f", str(folder), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )
        come_first(process.pid, CRYSTAL_FIRST)  # a real phone has a processor of its own
        phone = cls(number, folder, process)
        await phone._connect(control)
        await until(lambda: b"200 OK" in (folder / "baresip.log").read_bytes(), f"phone {number} registered")
        return phone

    async def answer(self) -> None:
        """Lift the handset."""
        await self._order("accept")

    async def decline(self) -> None:
        """Refuse the call that rings (486), as the red key does."""
        await self._order("hangup")

    async def hang_up(self) -> None:
        """End the call."""
        await self._order("hangup")

    async def dial(self, number: str) -> None:
        """Call a number through the box."""
        await self._order("dial", number)

    async def transfer(self, number: str) -> None:
        """Pass the other side on (REFER)."""
        await self._order("transfer", number)

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self._order("hold")

    async def resume(self) -> None:
        """Take the other side back from hold."""
        await self._order("resume")

    async def press(self, digits: str) -> None:
        """Send digits in the call (RFC 4733)."""
        for digit in digits:
            await self._order("sndcode", digit)

    async def wait_for(self, kind: str, timeout_s: float = 15.0) -> None:
        """Wait for the next event of this kind that no earlier wait has used."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for place in range(self._seen, len(self.events)):
                        if self.events[place][0] == kind:
                            self._seen = place + 1
                            return
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            log = (self.folder / "baresip.log").read_text(errors="replace")[-800:]
            raise AssertionError(f"phone {self.number} saw {self.events}, not {kind} in {timeout_s} s\n{log}") from None

    def saw(self, kind: str) -> int:
        """How often this kind of event has happened."""
        return sum(1 for seen, _ in self.events if seen == kind)

    def heard(self) -> Samples:
        """Everything its ear heard in its calls so far, in order of the calls."""
        ears = sorted(self.folder.glob("dump-*-dec.wav"))
        heard = [_samples(path.read_bytes()[_WAV_HEADER:]) for path in ears]
        return np.concatenate(heard) if heard else np.zeros(0, np.int16)

    async def unplug(self) -> None:
        """Pull the plug: no BYE, no unregister."""
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Switch the phone off and wait for it."""
        if self._listening:
            self._listening.cancel()
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _connect(self, port: int) -> None:
        async with asyncio.timeout(10):
            while self._writer is None:
                try:
                    self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.05)  # baresip opens its port when its modules are loaded
        self._listening = asyncio.create_task(self._listen())

    async def _order(self, command: str, parameters: str = "") -> None:
        """Press until the phone does it: one that just began to ring or to call may not be ready for it yet."""
        async with asyncio.timeout(10):
            while not (await self._asked(command, parameters))["ok"]:
                await asyncio.sleep(0.05)  # a person's finger is slower

    async def _asked(self, command: str, parameters: str) -> dict[str, object]:
        """What the phone says to one command."""
        assert self._writer is not None
        token = f"{command} {next(self._tokens)}"
        answer = self._answers[token] = asyncio.get_running_loop().create_future()
        text = json.dumps({"command": command, "params": parameters, "token": token})
        self._writer.write(f"{len(text)}:{text},".encode())
        await self._writer.drain()
        return await answer

    async def _listen(self) -> None:
        assert self._reader is not None
        while True:
            length = await self._reader.readuntil(b":")
            message = json.loads(await self._reader.readexactly(int(length[:-1])))
            await self._reader.readexactly(1)
            if message.get("response"):
                self._answers.pop(message["token"]).set_result(message)
            if message.get("event"):
                self.events.append((message["type"], str(message.get("param", ""))))
                self._news.set()


def _furnish(folder: Path, number: str, secret: str, edge: str, tone_hz: float) -> int:
    """Lay out the phone's folder; returns its control port."""
    folder.mkdir(parents=True, exist_ok=True)
    control, rtp = free_port(), free_port(run=10)
    ports = {"sip": free_port(run=2), "control": control, "rtp": rtp, "rtp_last": rtp + 9}
    (folder / "config").write_text(_CONFIG.format(folder=folder, hz=round(tone_hz), **ports))
    account = f"<sip:{number}@{edge};transport=udp>;auth_pass={secret};answermode=manual;regint=300"
    (folder / "accounts").write_text(f'"{number}" {account};outbound="sip:{edge};transport=udp"\n')
    (folder / "contacts").touch()
    return control


def _samples(pcm: bytes) -> Samples:
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2")


async def until(condition: Callable[[], bool], what: str, timeout_s: float = 10.0) -> None:
    """Wait for a condition that has no event of its own to wait on; `what` is told when it never comes."""
    try:
        async with asyncio.timeout(timeout_s):
            while not condition():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {timeout_s} s") from None
