"""pjlib's greeting, kept off our stdout, which says `ready` and nothing else."""

import os
import sys
from collections.abc import Callable


def hushed(work: Callable[[], None]) -> None:
    """pjlib greets on stdout before it can be told not to."""
    sys.stdout.flush()
    spoken, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        work()
    finally:
        os.dup2(spoken, 1)
        os.close(spoken)
        os.close(nowhere)
