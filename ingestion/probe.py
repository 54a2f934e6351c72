"""Trying out in a process of its own what could end this one: a library in C, given a file that is not what it says."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

# Of memory beyond what this process has, and of time.
_MOST_BYTES = 1 << 30
_MOST_SECONDS = 120


def survives(work: Callable[[], object]) -> bool:
    """Whether `work` comes to an end, be it by an exception, without crash, hang or more than 1 GiB.

    Where processes cannot be forked nothing is tried, and it is assumed to.
    """
    if not hasattr(os, "fork"):
        return True
    child = os.fork()
    if child == 0:
        try:
            _limit()
            work()
        except MemoryError:
            os._exit(1)
        except BaseException:  # the parent will see it, too, and tell it
            os._exit(0)
        os._exit(0)
    ends = time.monotonic() + _MOST_SECONDS
    pause = 0.001
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        if time.monotonic() > ends:
            os.kill(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 2, 0.05)


def _limit() -> None:
    """Bound what the child may use, and let it die in silence."""
    import resource
    from pathlib import Path

    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _MOST_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS):
        signal.signal(number, signal.SIG_DFL)  # no report of a crash that is expected
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
