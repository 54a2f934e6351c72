"""Commands as processes of their own, forked from one that has imported everything: a killed load costs no imports.

`multiprocessing`'s fork server does it: it imports the modules of PRELOADED once and starts no thread of Python. What
a process is to suffer is a function that it calls before the command; see hardship.py.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.paths import Home

PRELOADED = "tests.faults.preloaded"

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([PRELOADED])

# Ticks of the CPU times in /proc.
_TICKS = os.sysconf("SC_CLK_TCK")


def _run(
    settings: dict[str, str], arguments: tuple[str, ...], said: str, hardship: Callable[[Path], None] | None
) -> None:
    """What the new process does."""
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, encoding="utf-8") for number in (1, 2))
    # The fork server keeps the settings of the moment at which it was started.
    for name in [name for name in os.environ if name.startswith("CLUSTERBENCH_")]:
        del os.environ[name]
    os.environ |= settings
    from orchestration.command import main

    if hardship:
        hardship(Path(settings["CLUSTERBENCH_HOME"]))
    sys.exit(main(arguments))


@dataclass(frozen=True)
class Process:
    """A command at work, or ended; `said` is the file of all it wrote."""

    process: multiprocessing.process.BaseProcess
    said: Path

    def text(self) -> str:
        """What it has written so far."""
        return self.said.read_text(encoding="utf-8")

    def end(self) -> int:
        """Wait for its end; its exit code, or the signal that killed it, negative."""
        self.process.join()
        return int(self.process.exitcode or 0)

    def wait_until(self, progress: str) -> None:
        """Wait until its progress says so."""
        while progress not in self.text():
            assert self.process.is_alive(), self.text()
            time.sleep(0.01)

    def kill_after(self, cpu_seconds: float) -> int:
        """Kill it once it has used that much of a processor, however busy the machine is; returns as `end`."""
        place = Path(f"/proc/{self.process.pid}/stat")
        while self.process.is_alive():
            try:
                times = place.read_text().rpartition(")")[2].split()[11:13]
            except (FileNotFoundError, ProcessLookupError):
                break
            if sum(map(int, times)) / _TICKS >= cpu_seconds:
                self.process.kill()
                break
            time.sleep(0.005)
        return self.end()


@cache
def _folder_of_texts() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def start(home: Home, *arguments: str, hardship: Callable[[Path], None] | None = None) -> Process:
    """Start a clusterbench command on the home."""
    # Not beside the home, whose disk may be full.
    said = Path(_folder_of_texts().name) / f"{time.monotonic_ns()}.txt"
    said.touch()
    settings = {name: value for name, value in os.environ.items() if name.startswith("CLUSTERBENCH_")}
    settings["CLUSTERBENCH_HOME"] = str(home.root)
    process = CONTEXT.Process(target=_run, args=(settings, arguments, str(said), hardship))
    process.start()
    return Process(process, said)


def run(home: Home, *arguments: str, hardship: Callable[[Path], None] | None = None) -> tuple[int, str]:
    """Run a clusterbench command to its end: its exit code (negative: the signal that killed it), and what it said."""
    process = start(home, *arguments, hardship=hardship)
    return process.end(), process.text()
