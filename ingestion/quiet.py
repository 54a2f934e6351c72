"""Reading a file only while nobody writes it.

On Linux a lease says so: it is refused while another process has the file open for writing, and who opens it for
writing while we read waits until we are done. Elsewhere, or on a file system without leases, size and time of change
must do.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

_SET_SIGNAL = 10  # F_SETSIG, which Python does not name


class BeingWritten(Exception):
    """Somebody has the file open for writing, or changed it while it was read."""


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading; a link is not followed.

    Raises BeingWritten at the beginning when somebody has it open for writing, and at the end when it was changed, or
    somebody waits to change it; and OSError when it cannot be opened.
    """
    # Without waiting: what was an ordinary file just now may be a pipe by now.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        has_lease = _lease(file)
        before = _state(file)
        try:
            yield file
        finally:
            is_disturbed = has_lease and fcntl.fcntl(file, fcntl.F_GETLEASE) != fcntl.F_RDLCK
            if has_lease:
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        if is_disturbed or _state(file) != before:
            raise BeingWritten(path)


def is_being_written(path: Path) -> bool:
    """Whether somebody has the file open for writing, as far as that can be told."""
    try:
        with reading(path):
            return False
    except BeingWritten:
        return True
    except OSError:
        return False


def _state(file: BinaryIO) -> tuple[int, int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns, status.st_ino


def _lease(file: BinaryIO) -> bool:
    """Take a lease, if there are any. Raises BeingWritten when somebody has the file open for writing."""
    if fcntl is None or not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        # Who opens the file for writing makes the kernel send a signal, by default one that ends the process.
        fcntl.fcntl(file, _SET_SIGNAL, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        if error.errno == errno.EAGAIN:
            raise BeingWritten(file.name) from error
        return False
    return True
