"""What the test kernel is built from and how: the facts, and the key that says whether a cached one is still right.

The source is Debian's own `linux-source` package, as this machine's apt gives it (signed); any point release of a
series will do, so a security update does not build it anew. Standard library only.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from building import cache_dir, system_name  # noqa: E402  (a script's own folder is all that is on the path)

# Count this up when build.py changes so that something else comes out of the same facts.
REVISION = 1
# Debian 13's own; Debian 12 has it among its security updates.
SERIES = "6.12"
CONFIG = HERE / "um.config"
FAULT_IS_OVER = "\t} while (!pte_present(*pte));\n\terr = 0;\n"
# What is changed in the source: a file, what stands there, and what is to.
PATCHES = (
    # User-mode Linux ticks 100 times a second and offers no choice; dummy_hcd moves a USB frame with a tick.
    ("arch/um/Kconfig", "config HZ\n\tint\n\tdefault 100\n", "config HZ\n\tint\n\tdefault 1000\n"),
    # It has room for the registers of processors up to AVX-512. One with AMX has 11008 bytes of them, and the machine
    # under us takes all of them back or none ("ptrace set fp regs failed"); of more room it uses what it needs.
    # They lie on the stacks of programs, which are the larger for it in um.config.
    ("arch/x86/um/user-offsets.c", "DEFINE_LONGS(HOST_FP_SIZE, 2696);", "DEFINE_LONGS(HOST_FP_SIZE, 12288);"),
    # A page of fresh memory costs three stops of the program under ptrace, and Python takes thousands of them to start.
    ("arch/um/kernel/trap.c", FAULT_IS_OVER, FAULT_IS_OVER + (HERE / "fresh_pages.c").read_text()),
)
# Large folders no file of which is compiled; their Kconfig files are needed all the same.
LEFT_OUT = (
    *(f"*/{folder}/*.[chS]" for folder in ("drivers/gpu", "drivers/media", "drivers/staging", "drivers/net/ethernet")),
    *(f"*/{folder}/*.[chS]" for folder in ("drivers/net/wireless", "drivers/scsi", "drivers/infiniband", "sound")),
    *(f"*/Documentation/*.{kind}" for kind in ("rst", "yaml", "txt", "svg", "json")),
    *(f"*/arch/{name}/*.[chS]" for name in ("arm", "arm64", "powerpc", "mips", "s390", "sparc", "riscv", "m68k", "sh")),
    *("*.dts", "*.dtsi"),
    *("*/tools/testing", "*/tools/perf", "*/fs/xfs/*.[ch]", "*/fs/btrfs/*.[ch]", "*/drivers/net/dsa/*.[ch]"),
)
NEEDED_TOOLS = {
    "cc": "build-essential",
    "make": "build-essential",
    "flex": "flex",
    "bison": "bison",
    "bc": "bc",
    "xz": "xz-utils",
}
PROCESSORS = ("x86_64",)
FREE_BYTES_NEEDED = 2_500_000_000
# Object files a whole build leaves behind; only the percentage that is printed depends on it.
EXPECTED_OBJECTS = 730


def recipe_key() -> str:
    """Give twelve digits that change whenever the configuration or a patch does."""
    facts = [str(REVISION), *(text for patch in PATCHES for text in patch), CONFIG.read_text()]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:12]


def kernel_path() -> Path:
    """Say where the finished kernel is, or will be once it has been built."""
    return cache_dir() / "kernels" / f"{recipe_key()}-{system_name()}-{platform.machine()}" / "linux"


def failure_path() -> Path:
    """Say where the last build's failure is told, in a sentence, for whoever wants to boot the kernel."""
    return cache_dir() / "uml-build.failed"
