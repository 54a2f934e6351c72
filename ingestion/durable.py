"""Files that outlive a crash: complete under their name or not there at all, and on disk before anything tells of them.

A name lives in its folder: without waiting for the folder, too, a power failure could take it back.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put(partial: Path, target: Path) -> None:
    """Give a finished file its name, in the place of whatever had it, once it is on disk."""
    sync(partial)
    partial.replace(target)
    sync(target.parent)
