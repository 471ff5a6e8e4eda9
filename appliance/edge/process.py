"""Starting the edge: its files, its command line, and what to say when it cannot run.

`prepare` then `check` then `command`. Kamailio runs as an unprivileged account when we are root, keeps everything in
its state folder, and is stopped by SIGTERM to the process that `command` started; that process stops its children.
"""

import contextlib
import os
import pwd
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from appliance.edge.render import render
from appliance.edge.settings import EdgeSettings
from appliance.errors import EdgeError

_SCHEMAS = ("standard-create.sql", "usrloc-create.sql")
_STOCK_CONFIG = "/etc/kamailio/kamailio.cfg"
_KILLED_S = 2.0
_SEARCH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"


def command(settings: EdgeSettings) -> list[str]:
    """The command line that runs the edge in the foreground, logging to standard error.

    The process dies with the one that started it (`--pdeathsig`), so a killed supervisor leaves no edge behind.
    """
    run = settings.run_dir
    drop = _drop_privileges(settings)
    return [
        *drop,
        *_program(settings),
        *("-DD", "-E", "-w", str(settings.state_dir), "-Y", str(run), "-P", str(run / "kamailio.pid")),
        *("-f", str(settings.config_file), "-m", "32", "-M", "4"),
    ]


def prepare(settings: EdgeSettings) -> None:
    """Write the configuration and the registrations' database, owned by the account the edge runs as.

    Ends processes that a killed edge left behind on the same configuration. Raises EdgeError when Kamailio is not
    installed, the state folder cannot be used, or a port is taken.
    """
    _program(settings)
    sweep(settings)
    _make_folders(settings)
    _make_database(settings)
    fresh = settings.config_file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(render(settings), encoding="utf-8")
    _give_away(settings, fresh)
    fresh.replace(settings.config_file)
    for stale in settings.run_dir.glob("*.sock"):
        stale.unlink()
    check_ports(settings)


def check(settings: EdgeSettings) -> None:
    """Let Kamailio itself parse the rendered configuration; EdgeError with its own first complaint when it does not."""
    asked = [*_program(settings), "-c", "-E", "-f", str(settings.config_file), "-Y", str(settings.run_dir)]
    answer = subprocess.run([*_drop_privileges(settings), *asked], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        complaints = [line for line in answer.stderr.splitlines() if "ERROR" in line or "CRITICAL" in line]
        first = complaints[0] if complaints else answer.stderr.strip()[-300:]
        raise EdgeError(f"edge: Kamailio does not accept {settings.config_file}: {first}")


def check_ports(settings: EdgeSettings) -> None:
    """EdgeError naming the port and, where we may see it, the program that holds one of the edge's ports."""
    for one in settings.listens:
        for kind, name in ((socket.SOCK_DGRAM, "UDP"), (socket.SOCK_STREAM, "TCP")):
            with socket.socket(socket.AF_INET, kind) as probe:
                # Without it TCP would refuse a port whose last connections are only lingering. With it, UDP would
                # share the port with a running Kamailio, and each would get half of the messages.
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((one.host, one.port))
                except OSError as wrong:
                    raise EdgeError(f"edge: cannot listen on {name} {one}: {_blame(one.port, wrong)}") from wrong


def sweep(settings: EdgeSettings) -> int:
    """End what is left of an earlier edge on this configuration (its parent was killed); the number of processes."""
    left = [pid for pid, words in _processes() if str(settings.config_file) in words and "-DD" in words]
    return sum(_end(pid) for pid in left)


def is_stock_kamailio(words: list[str]) -> bool:
    """Whether this command line is Debian's own Kamailio service rather than an edge of ours."""
    return bool(words) and Path(words[0]).name == "kamailio" and ("-f" not in words or _STOCK_CONFIG in words)


def _end(pid: int) -> bool:
    """Kill one process and wait until its sockets are closed; whether there was one that we may kill."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        return bool(select.select([handle], [], [], _KILLED_S)[0])
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        os.close(handle)


def _program(settings: EdgeSettings) -> tuple[str, ...]:
    found = shutil.which(settings.kamailio[0], path=_SEARCH)
    if found is None:
        raise EdgeError(
            f"edge: {settings.kamailio[0]} is not installed; './deskbell doctor' says which packages to add"
        )
    return (found, *settings.kamailio[1:])


def _account(settings: EdgeSettings) -> pwd.struct_passwd | None:
    """The account to run as, or None when we are not root and stay who we are."""
    if os.geteuid() != 0:
        return None
    for name in (settings.user,) if settings.user else ("kamailio", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EdgeError(f"edge: there is no account {settings.user!r} to run as; 'kamailio' comes with the package")


def _drop_privileges(settings: EdgeSettings) -> list[str]:
    account = _account(settings)
    if account is None:
        return ["setpriv", "--pdeathsig", "TERM", "--"]
    return [
        *("setpriv", "--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups"),
        *("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--pdeathsig", "TERM", "--"),
    ]


def _make_folders(settings: EdgeSettings) -> None:
    account = _account(settings)
    try:
        settings.state_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
        settings.run_dir.mkdir(mode=0o750, exist_ok=True)
    except OSError as wrong:
        raise EdgeError(f"edge: cannot make {settings.run_dir}: {wrong.strerror}") from wrong
    if account is None:
        return
    for folder in settings.state_dir.parents:
        found = folder.stat()
        bit = 0o100 if found.st_uid == account.pw_uid else 0o010 if found.st_gid == account.pw_gid else 0o001
        if not found.st_mode & bit:
            raise EdgeError(
                f"edge: account {account.pw_name} cannot pass through {folder} to reach {settings.state_dir}; "
                f"keep the state elsewhere (/var/lib/deskbell) or 'chmod +x {folder}'"
            )
    _give_away(settings, settings.state_dir, settings.run_dir)


def _give_away(settings: EdgeSettings, *paths: Path) -> None:
    account = _account(settings)
    if account is not None:
        for path in paths:
            os.chown(path, account.pw_uid, account.pw_gid)


def _make_database(settings: EdgeSettings) -> None:
    """Tables as this Kamailio wants them; a database of another version or a broken one is begun anew.

    Losing it costs little: phones register again within minutes.
    """
    try:
        schema = "".join((settings.schemas / name).read_text(encoding="utf-8") for name in _SCHEMAS)
    except OSError as wrong:
        raise EdgeError(f"edge: {wrong.filename} is missing; the package kamailio-sqlite-modules is needed") from wrong
    path = settings.location_db
    if path.exists() and _version_of(path) == _version_in(schema):
        _give_away(settings, path)
        return
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    path.touch(mode=0o600)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(schema)
        database.execute("PRAGMA journal_mode=WAL")
    _give_away(settings, *path.parent.glob(f"{path.name}*"))


def _version_of(path: Path) -> int | None:
    asked = "SELECT table_version FROM version WHERE table_name = 'location'"
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            sound = database.execute("PRAGMA quick_check").fetchone() == ("ok",)
            row = database.execute(asked).fetchone()
    except sqlite3.DatabaseError:
        return None
    return int(row[0]) if sound and row else None


def _version_in(schema: str) -> int | None:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(schema)
        row = database.execute("SELECT table_version FROM version WHERE table_name = 'location'").fetchone()
    return int(row[0]) if row else None


def _processes() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
            yield int(folder.name), words


def _blame(port: int, wrong: OSError) -> str:
    holder = _holder(port)
    if holder is None:
        return f"{(wrong.strerror or 'taken').lower()}; free it or set another port in network.sip"
    pid, words = holder
    if is_stock_kamailio(words):
        return (
            f"port {port} is held by Debian's own kamailio service (process {pid}); "
            "'systemctl disable --now kamailio' frees it for Deskbell's edge"
        )
    return f"port {port} is held by process {pid} ({Path(words[0]).name}); stop it or set another port in network.sip"


def _holder(port: int) -> tuple[int, list[str]] | None:
    """The process that has this port open, when /proc lets us see it (root, or our own process)."""
    inodes = {f"socket:[{inode}]" for table in ("tcp", "udp") for inode in _inodes(table, port)}
    for pid, words in _processes():
        with contextlib.suppress(OSError):
            for handle in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(handle.readlink()) in inodes:
                        return pid, words
    return None


def _inodes(table: str, port: int) -> Iterator[str]:
    for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
        columns = line.split()
        listening = table == "udp" or columns[3] == "0A"
        if listening and int(columns[1].rpartition(":")[2], 16) == port:
            yield columns[9]
