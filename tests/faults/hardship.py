"""What can befall a command: functions that its process calls before it begins."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

Hardship = Callable[[Path], None]

# Python announces these before it does them; which argument names the file that is made, changed or removed.
_EVENTS = {
    "open": 0,
    "os.mkdir": 0,
    "os.chmod": 0,
    "os.rename": 0,
    "os.symlink": 1,
    "os.remove": 0,
    "os.rmdir": 0,
    "os.truncate": 0,
}
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _place(path: str | Path, home: Path) -> str | None:
    """Which part of the home a path lies in: its first folder or file, `link`, or the `removal` of a release.

    None when it is none of the home's; `.` when it is the home itself.
    """
    path = Path(os.fsdecode(path))
    if not path.is_relative_to(home):
        return None
    if path == home:
        return "."
    first = path.relative_to(home).parts[0]
    if path.name.endswith(".removed"):
        return "removal"
    return "link" if first in (".published.new", "published") else first


def _watch(home: Path, notice: Callable[[str, str, str], None]) -> None:
    """Have `notice` called with event, path and place before every change to a file of the home that Python makes."""

    removed = home  # the folder that is removed at the moment, from within: by names below it

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal removed
        if event == "shutil.rmtree":
            removed = Path(arguments[0])
        at = _EVENTS.get(event)
        if at is None or not isinstance(arguments[at], str | bytes | Path):
            return
        if event == "open" and not arguments[2] & _TO_WRITE:
            return
        path = Path(os.fsdecode(arguments[at]))
        if place := _place(path if path.is_absolute() else removed, home):
            notice(event, str(path), place)

    sync = os.fsync

    def fsync(descriptor: int) -> None:
        path = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if place := _place(path, home):
            notice("os.fsync", path, place)
        sync(descriptor)

    os.fsync = fsync  # what Python does not announce
    sys.addaudithook(hook)


def killed_before(place: str, number: int) -> Hardship:
    """It is killed just before its change number `number` (from 1) in a place of the home."""
    return partial(_kill_before, place, number)


def _kill_before(place: str, number: int, home: Path) -> None:
    seen: Counter[str] = Counter()

    def notice(event: str, path: str, where: str) -> None:
        seen[where] += 1
        if where == place and seen[where] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    _watch(home, notice)


def killed_instead_of(module: str, name: str) -> Hardship:
    """It is killed when a function of ours is called, such as `Ledger.append`, by the name it has in the module."""
    return partial(_kill_instead_of, module, name)


def _kill_instead_of(module: str, name: str, home: Path) -> None:
    *path, last = name.split(".")
    owner: Any = import_module(module)
    for part in path:
        owner = getattr(owner, part)
    assert callable(getattr(owner, last))
    setattr(owner, last, lambda *arguments: os.kill(os.getpid(), signal.SIGKILL))


def recorded(record: Path) -> Hardship:
    """Nothing: its changes are written down in `record`, a JSON line (event, path, place, CPU seconds) each."""
    return partial(_record, record)


def _record(record: Path, home: Path) -> None:
    # A file descriptor of its own: to open a file would be announced, too.
    out = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    started = time.process_time()

    def notice(event: str, path: str, place: str) -> None:
        os.write(out, json.dumps([event, path, place, time.process_time() - started]).encode() + b"\n")

    _watch(home, notice)


def files_of_at_most(n_bytes: int) -> Hardship:
    """No file may grow beyond so many bytes."""
    return partial(_limit_files, n_bytes)


def _limit_files(n_bytes: int, home: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


def bound_by_permissions(home: Path) -> None:
    """Permissions hold for root, too: the right to override them is given up."""
    version_3, override, both = 0x20080522, 1 << 1, 2
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    rights = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; the second three of higher numbers
    assert libc.capget(header, rights) == 0
    for i in range(both):
        rights[i] &= ~override
    assert libc.capset(header, rights) == 0, os.strerror(ctypes.get_errno())


def clock_set_back(days: int) -> Hardship:
    """The clock shows a time `days` ago, to Clusterbench and to whatever asks the module `time`."""
    return partial(_set_clock_back, days)


def _set_clock_back(days: int, home: Path) -> None:
    now = time.time
    time.time = lambda: now() - days * 86_400

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) - timedelta(days=days)

    for name, module in list(sys.modules.items()):
        ours = name.startswith(("audit", "expectations", "ingestion", "orchestration"))
        if ours and getattr(module, "datetime", None) is datetime:
            module.datetime = Earlier
