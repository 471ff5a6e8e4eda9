"""The rig itself: a kernel that is ours alone, and failures inside that are failures here."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hil.kernel import ROOT, Kernel, KernelError, kernel_path, memory_folder

OUTSIDE = Path(__file__).parent / "inside" / "written_inside"
PROBE = f"""
import ctypes, pathlib, pytest

def test_fails(): assert 1 + 1 == 3, "meant to fail"
def test_writes(): pathlib.Path({str(OUTSIDE)!r}).write_text("only in memory")
def test_is_skipped(): pytest.skip("a reason")
def test_dies(): ctypes.CDLL(None).reboot(0x4321FEDC)
def test_comes_after_a_death(): pass
"""


def test_set_up_has_built_the_kernel() -> None:
    version = subprocess.run([kernel_path(), "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("6.12.")


def test_a_machine_without_the_kernel_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(KernelError, match=r"it was never tried: \./deskbell test builds it once"):
        kernel_path()
    (tmp_path / "deskbell").mkdir()
    (tmp_path / "deskbell" / "uml-build.failed").write_text("it could not be built. The disk is full.\n")
    with pytest.raises(KernelError, match=r"it could not be built\. The disk is full\."):
        kernel_path()


def test_too_little_room_for_its_memory_is_a_sentence() -> None:
    with pytest.raises(KernelError, match="may hold 1000000000 MB of executable memory"):
        memory_folder(10**15)


def test_what_is_told_of_a_dead_kernel_is_its_last_words(tmp_path: Path) -> None:
    with Kernel([str(tmp_path / "no_such_test.py")]) as kernel:
        assert kernel.next_record().what == "up"
        with pytest.raises(KernelError, match=r"(?s)has ended\. It last said:.*no_such_test"):
            kernel.next_record()


def test_a_failure_inside_is_a_failure_here_and_nothing_is_written_on_the_host() -> None:
    probe = Path(__file__).parent / "inside" / "probe_of_the_rig.py"  # no test_: others list what is there
    probe.write_text(PROBE)
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-v", str(probe)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    finally:
        probe.unlink()
    assert run.returncode == 1, run.stdout
    assert "AssertionError: meant to fail" in run.stdout
    assert "a reason" in run.stdout
    assert "The test kernel has ended. It last said:" in run.stdout
    assert "2 failed, 2 passed, 1 skipped" in run.stdout
    assert not OUTSIDE.exists()
