"""`python -m tests.lines.idle_port`: a pseudo-terminal of nobody's, to know how late the machine itself is.

What a card writes reaches its host by a thread of the kernel's at ordinary priority, whatever priority card and host
have. Here both ends are in one thread that does nothing else: a piece that arrives late was held up by the machine.
Prints `SECONDS LATE` (when it was due, by how much) for each that was.
"""

import os
import select
import time
import tty

from hw.priority import come_first

EVERY = 0.010
LATE = 0.015
PIECE = bytes(80)


def main() -> None:
    """Watch until killed."""
    come_first()
    master, slave = os.openpty()
    tty.setraw(slave)
    print("ready", flush=True)
    due = time.monotonic()
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        os.write(master, PIECE)
        came = 0
        while came < len(PIECE):
            select.select([slave], [], [])
            came += len(os.read(slave, len(PIECE)))
        now = time.monotonic()
        if now - due > LATE:
            print(f"{due:.3f} {now - due:.3f}", flush=True)
        due = max(due + EVERY, now)


if __name__ == "__main__":
    main()
