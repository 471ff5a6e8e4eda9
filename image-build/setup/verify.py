"""See that an environment just made is the one that was meant; run with its own Python.

Prints one sentence for each thing that is wrong and ends with status 1, or 2 when only pjsua2 is (its wheel is stale).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys

SMALLEST_LGPIO = (0, 2)
OURS = "import pjsua2 as pj; ep = pj.Endpoint(); ep.libCreate(); print('pjsua2', ep.libVersion().full)"


def lgpio_fault() -> str:
    """Say what is wrong with lgpio; empty when it is real, or absent as on Python 3.13."""
    try:
        version = importlib.metadata.version("lgpio")
    except importlib.metadata.PackageNotFoundError:
        return ""
    number = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if number < SMALLEST_LGPIO or importlib.util.find_spec("_lgpio") is None:
        return (
            f"lgpio {version} is the empty placeholder that the package index gives to Pythons it has no wheel for: it "
            "has no driver inside and every lamp would stay dark. It is refused; lgpio 0.2.2.0 or later is right."
        )
    return ""


def pjsua2_fault() -> str:
    """Say what is wrong with pjsua2; empty when it loads. Tried in a process of its own: a bad one may abort."""
    tried = subprocess.run([sys.executable, "-c", OURS], capture_output=True, text=True, check=False)
    if tried.returncode == 0 and "pjsua2" in tried.stdout:
        return ""
    last = (tried.stderr.strip().splitlines() or [f"it ended with status {tried.returncode}"])[-1]
    return f"pjsua2 does not load: {last}"


def main() -> int:
    """Check everything and return the exit status described above."""
    lgpio, pjsua2 = lgpio_fault(), pjsua2_fault()
    for sentence in filter(None, (lgpio, pjsua2)):
        print(sentence)
    if lgpio:
        return 1
    return 2 if pjsua2 else 0


if __name__ == "__main__":
    sys.exit(main())
