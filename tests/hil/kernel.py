"""The test kernel from outside: where it is, how it boots, what it reports.

A kernel is one process tree of ours (User-mode Linux): it has the host's files read only, no network and nothing else
of the host. Its standard output carries records (`inside/run.py` writes them) and what its programs print.
"""

import contextlib
import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
BUILD: Final = ROOT / "image-build" / "uml" / "build.py"
MARK: Final = "\x1e"
MEMORY_MB: Final = 512
BEFORE_OTHERS: Final = -10
SILENCE_S: Final = 400.0
"""A kernel that tells nothing for so long hangs: inside, a test has 120 s and at most three tries."""
SHOWN_LINES: Final = 30


class KernelError(Exception):
    """There is no test kernel, or it died. The text is a whole sentence."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing the kernel told: `report` of a test, `over`, `up`, or `broken` (a file that cannot be imported)."""

    what: str
    test: str
    facts: dict[str, Any]


def kernel_path() -> Path:
    """The kernel that set-up built. Raises KernelError saying why there is none."""
    asked = subprocess.run([sys.executable, BUILD, "--path"], capture_output=True, text=True, check=False)
    kernel = Path(asked.stdout.strip() or "/nowhere")
    if asked.returncode == 0:
        return kernel
    why = kernel.parents[2] / "uml-build.failed"
    reason = why.read_text().strip() if why.is_file() else "it was never tried: ./deskbell test builds it once"
    raise KernelError(f"There is no test kernel at {kernel}: {reason}")


def memory_folder(needed: int = MEMORY_MB * 1_000_000) -> str:
    """Where the kernel's memory can lie as a file: executable (containers forbid it in /dev/shm) and roomy."""
    places = ["/dev/shm", f"/run/user/{os.getuid()}", tempfile.gettempdir(), "/var/tmp", str(Path.home() / ".cache")]
    for place in places:
        with contextlib.suppress(OSError):
            flags = os.statvfs(place)
            is_roomy = flags.f_bavail * flags.f_frsize > needed
            if is_roomy and not flags.f_flag & os.ST_NOEXEC and os.access(place, os.W_OK):
                return place
    raise KernelError(f"None of {', '.join(places)} may hold {needed // 1_000_000} MB of executable memory")


class Kernel:
    """One boot of the test kernel with a list of tests to run. Use it as a context manager."""

    def __init__(self, tests: list[str]) -> None:
        """Boot. Raises KernelError when there is no kernel."""
        kernel = kernel_path()
        self.folder = Path(tempfile.mkdtemp(prefix="deskbell-hil-"))
        request = self.folder / "tests"
        request.write_text("\n".join(tests) + "\n")
        self._printed: deque[str] = deque(maxlen=2000)
        self._records: queue.SimpleQueue[Record | None] = queue.SimpleQueue()
        self._messages = (self.folder / "kernel.log").open("w+b")
        self._child = subprocess.Popen(
            [str(kernel), *_command_line(request)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            env={**os.environ, "TMPDIR": memory_folder()},
            start_new_session=True,
        )
        # Each of the host's files that it has looked at stays open: more than the thousand that a user begins with.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.prlimit(self._child.pid, resource.RLIMIT_NOFILE, (most, most))
        with contextlib.suppress(PermissionError):  # its programs keep real time, the tests beside it do not
            os.setpriority(os.PRIO_PROCESS, self._child.pid, BEFORE_OTHERS)
        self._reader = threading.Thread(target=self._read, name="test kernel", daemon=True)
        self._reader.start()

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def next_record(self, timeout: float = SILENCE_S) -> Record:
        """The next thing it tells. Raises KernelError when it died or says nothing for so long."""
        try:
            record = self._records.get(timeout=timeout)
        except queue.Empty:
            raise KernelError(f"The test kernel has told nothing for {timeout:.0f} s. {self._last_words()}") from None
        if record is None:
            self._records.put(None)
            raise KernelError(f"The test kernel has ended. {self._last_words()}")
        return record

    def close(self) -> None:
        """Switch it off, wherever it is; nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._reader.join(5.0)
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._messages.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait(self, timeout: float) -> int:
        """Until it switched itself off; its exit status."""
        return self._child.wait(timeout)

    def _read(self) -> None:
        assert self._child.stdout is not None
        for raw in self._child.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            before, mark, told = line.partition(MARK)
            if before:
                self._printed.append(before)
            if mark:
                facts = json.loads(told)
                self._records.put(Record(facts.pop("what"), facts.pop("test", ""), facts))
        self._records.put(None)

    def _last_words(self) -> str:
        self._messages.seek(0)
        messages = self._messages.read().decode("utf-8", "replace").splitlines()
        said = [*list(self._printed)[-SHOWN_LINES:], *messages[-SHOWN_LINES:]]
        return "It last said:\n" + "\n".join(said)


def _command_line(request: Path) -> Iterator[str]:
    yield from (f"mem={MEMORY_MB}M", f"uml_dir={request.parent}/")  # else it leaves a folder in ~/.uml
    yield from ("root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "quiet", "con=null", "con0=null,fd:1")
    yield f"init={ROOT / 'tests' / 'hil' / 'inside' / 'init.sh'}"
    yield from (f"HIL_PYTHON={sys.executable}", f"HIL_ROOT={ROOT}", f"HIL_REQUEST={request}")
