"""What the command does as a process: its exit code, the lines of progress, and the memory of a short life."""

from __future__ import annotations

import atexit
import gc
import logging
import shutil
import time
from pathlib import Path

DONE, FAILED, WRONG_USAGE, REFUSED, LOCKED = range(5)


class Progress(logging.Formatter):
    """Progress lines with the seconds since the command was started."""

    def __init__(self) -> None:
        super().__init__()
        self.started = time.monotonic()

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        return f"[{time.monotonic() - self.started:5.1f} s] {level}{record.getMessage()}"


def exit_code(error: Exception) -> int:
    """Which of the documented exit codes an error means; by name, so that an early error imports nothing more."""
    return {
        "Refused": REFUSED,
        "WarehouseLocked": LOCKED,
        "CodebookError": WRONG_USAGE,
        "InboxOccupied": WRONG_USAGE,
        "RealClusters": WRONG_USAGE,
        "NothingToBuild": WRONG_USAGE,
        "UnknownRelease": WRONG_USAGE,
        "UnusableAddress": WRONG_USAGE,
        "UnknownFigure": WRONG_USAGE,
        "CalibrationMissing": WRONG_USAGE,
        "NothingPublished": WRONG_USAGE,
        "NothingToList": WRONG_USAGE,
        "EditionExists": WRONG_USAGE,
        "ErasureRefused": WRONG_USAGE,
        "UnknownRespondent": REFUSED,
        "NoSuchState": WRONG_USAGE,
        "NoSuchLoad": WRONG_USAGE,
        "StateLost": REFUSED,
    }.get(type(error).__name__, FAILED)


# How operating system, DuckDB and SQLite say it, wherever in the causes of an error.
_NO_ROOM = ("No space left on device", "disk is full", "File too large", "Disk quota exceeded", "disk I/O error")
_NO_RIGHT = ("Permission denied", "Read-only file system", "readonly database", "unable to open database file")


def advice(error: BaseException, home: Path) -> str:
    """What to do about an error that is this machine's, not ours or the data's; empty for any other."""
    said = []
    cause: BaseException | None = error
    while cause and len(said) < 100:  # causes can go round in a circle
        if type(cause).__name__ == "ServingFailed":
            return ""  # of the server's disk and rights, not of ours
        said.append(str(cause))
        cause = cause.__cause__ or cause.__context__
    text = "\n".join(said)
    if any(words in text for words in _NO_ROOM):
        there = next(folder for folder in (home, *home.parents) if folder.exists())
        free = shutil.disk_usage(there).free / 1e6
        return (
            f"The disk takes no more ({free:.1f} MB are free in {there}). Readers still have a whole release: make "
            "room (or see whether the disk is sound), then run this again."
        )
    if any(words in text for words in _NO_RIGHT):
        return (
            f"A file or folder in {home} cannot be written. Readers still have a whole release: make it "
            "writable for who runs this, then run this again."
        )
    return ""


def search_little_for_garbage() -> None:
    """Modules, manifest and definitions live until the process ends: to search them over and over finds nothing.

    It would take a sixth of a short command's time, and as long again for the last search, at the end.
    """
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)
