"""One load at a time: the lock on the warehouse, released by the operating system when its process ends."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class WarehouseLocked(Exception):
    """Another load holds the warehouse; nothing was changed."""


def _holder(path: Path) -> dict[str, Any]:
    """The run and process that hold the lock, or did so last; empty when the file does not tell."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return {"run_id": str(holder["run_id"]), "process": holder["process"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _told(holder: dict[str, Any]) -> str:
    return f"run {holder['run_id']} (process {holder['process']})" if holder else "another process"


@contextmanager
def warehouse_lock(path: Path, run_id: str, wait_seconds: float = 0.0) -> Iterator[str | None]:
    """Hold the lock file at `path` for the `with` block, which gets the run that held it last, if any.

    Raises WarehouseLocked, naming the holder, when it is not free within `wait_seconds`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + max(wait_seconds, 0.1)  # by then, whoever only looked (is_held) has let go of it
    with path.open("a+", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise WarehouseLocked(
                        f"The warehouse is held by {_told(_holder(path))}. Try again when it has ended, "
                        "or give --wait SECONDS."
                    ) from None
                time.sleep(0.2)
        last = _holder(path).get("run_id")
        file.truncate(0)
        file.write(json.dumps({"run_id": run_id, "process": os.getpid()}))
        file.flush()
        yield last


def is_held(path: Path) -> bool:
    """Whether a process holds the lock file at `path` just now; nothing is written."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
