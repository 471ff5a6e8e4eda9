"""Work that takes seconds of one core has a process of its own, at the lowest priority: no call waits for it."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Final

from appliance.errors import DeskbellError, StorageError

PATIENCE_S: Final = 1800.0
_NICEST: Final = 19


async def run_aside(module: str, *arguments: str, patience_s: float = PATIENCE_S) -> str:
    """What a module of ours said on stdout as a process. Raises StorageError, with its last words, when it failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(patience_s):
            told, wrong = await process.communicate()
    except TimeoutError:
        raise StorageError(f"it took more than {patience_s / 60:.0f} minutes") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        last = wrong.decode(errors="replace").strip().splitlines()[-1:] or ["no reason was given"]
        raise StorageError(last[0])
    return told.decode().strip()


def tell(what: Callable[..., str], *arguments: str) -> int:
    """Be such a process: print what the function says; 1 with a sentence on stderr when it cannot."""
    os.nice(_NICEST)
    try:
        print(what(*arguments))
    except DeskbellError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0
