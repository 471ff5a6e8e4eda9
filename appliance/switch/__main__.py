"""`python -m appliance.switch SETTINGS.json`: the switch process. Prints `ready` once SIP and the seam are open.

Exit status: 0 after SIGTERM or SIGINT, 3 when it could not start (one sentence says why), 70 when it failed.
`--capacity` prints how many legs this build of pjsua2 really holds and ends.
"""

import argparse
import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Final

from appliance import wire
from appliance.errors import DeskbellError
from appliance.switch import settings as of_switch
from appliance.switch.server import Server
from appliance.switch.settings import SwitchSettings

_COULD_NOT_START: Final = 3
_FAILED: Final = 70
_STOP_WITHIN: Final = 1.6


def main() -> None:
    """Run as the command line says; never returns."""
    options = argparse.ArgumentParser(prog="appliance.switch", description="The switch: SIP dialogs and audio.")
    options.add_argument("settings", nargs="?", type=Path, help="the JSON file that the supervisor wrote")
    options.add_argument("--capacity", action="store_true", help="print how many legs pjsua2 holds, found by trying")
    chosen = options.parse_args()
    try:
        if chosen.capacity:
            _print_capacity()
        elif chosen.settings is None:
            options.error("a settings file is needed")
        else:
            _serve(of_switch.load(chosen.settings))
    except DeskbellError as failed:
        print(f"switch: {failed}", file=sys.stderr, flush=True)
        _leave(_COULD_NOT_START)
    _leave(0)


def _serve(settings: SwitchSettings) -> None:
    level = "DEBUG" if settings.log_level == "TRACE" else settings.log_level
    logging.basicConfig(level=level, format="%(levelname).1s %(name)s: %(message)s", stream=sys.stderr)
    gc.disable()  # collected by the SIP thread
    asyncio.run(_run(settings))


async def _run(settings: SwitchSettings) -> None:
    from appliance.switch.sip_thread import SipThread  # loads pjsua2

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(Path(settings.socket))

    def emit(event: wire.Message) -> None:
        loop.call_soon_threadsafe(server.tell, event)

    sip = SipThread(settings, secrets.token_hex(3), emit)
    sip.start(lambda: _leave(_FAILED))
    await server.open(sip)
    print("ready", flush=True)
    await stop.wait()
    await asyncio.to_thread(sip.stop, _STOP_WITHIN)
    await asyncio.sleep(0)  # the last events are on their way to the desk
    await server.close()


def _print_capacity() -> None:
    from appliance.switch.capacity import count_capacity

    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own,
    ):
        sink.bind(("127.0.0.1", 0))
        own.bind(("127.0.0.1", 0))
        port = own.getsockname()[1]
        own.close()
        here = tempfile.gettempdir()
        edge = f"127.0.0.1:{sink.getsockname()[1]}"
        settings = SwitchSettings(f"127.0.0.1:{port}", edge, here, here, "", "")
        print(count_capacity(settings), flush=True)


def _leave(status: int) -> None:
    """End at once: interpreter shutdown after pjlib is not safe."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
