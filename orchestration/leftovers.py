"""What a killed process leaves half-written: nothing refers to it, and the next holder of the lock removes it.

Only where nobody writes without the lock: in `dbt/` and `dagster/` a process that waits for it may be writing just now.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from orchestration.paths import Home

# What a folder begins with in which a dry run unpacks archives, without the lock; the number of its process follows.
UNPACKED = ".unpacked-"


def _leftovers(home: Home) -> Iterator[Path]:
    yield from home.raw.glob(".partial-*")
    yield from home.reviewed.glob(".partial-*")
    yield from home.checks.glob("*.partial")
    yield from (home.warehouse / "answers").glob("*.partial")
    yield from home.releases.glob(".R*")  # on their way in, or out
    yield from home.root.glob(".*.new")  # links on their way
    yield from (path for path in home.root.glob(f"{UNPACKED}*") if not _is_alive(path.name.removeprefix(UNPACKED)))


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True


def remove_leftovers(home: Home) -> None:
    """Remove every half-written file, folder and link. To be called with the warehouse lock held."""
    for leftover in list(_leftovers(home)):
        remove(leftover)


def remove_work_file(home: Home) -> None:
    """Remove the work file with its log and what DuckDB had put beside it for want of memory, a folder."""
    for path in home.warehouse.glob(f"{home.work_file.name}*"):
        remove(path)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
