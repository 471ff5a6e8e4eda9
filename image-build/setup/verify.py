"""See that an environment just made is the one that was meant; run with its own Python.

Prints one sentence for each thing that is wrong and ends with status 1, or 2 when only pjsua2 is (its wheel is stale).
"""

from __future__ import annotations

import subprocess
import sys

OURS = "import pjsua2 as pj; ep = pj.Endpoint(); ep.libCreate(); print('pjsua2', ep.libVersion().full)"


def pjsua2_fault() -> str:
    """Say what is wrong with pjsua2; empty when it loads. Tried in a process of its own: a bad one may abort."""
    tried = subprocess.run([sys.executable, "-c", OURS], capture_output=True, text=True, check=False)
    if tried.returncode == 0 and "pjsua2" in tried.stdout:
        return ""
    last = (tried.stderr.strip().splitlines() or [f"it ended with status {tried.returncode}"])[-1]
    return f"pjsua2 does not load: {last}"


def main() -> int:
    """Check it and return the exit status described above."""
    wrong = pjsua2_fault()
    if wrong:
        print(wrong)
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
