"""The files beside the deliveries that a person writes and reviews: who is who, and corrections.

They decide about figures as much as a delivery does: every release names them by hash, and a copy of each is kept.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from ingestion.durable import put

FOLDERS = ("clusters", "corrections")


def _paths(root: Path) -> Mapping[str, Path]:
    found = (path for folder in FOLDERS for path in (root / folder).glob("*.csv") if path.is_file())
    return {path.relative_to(root).as_posix(): path for path in sorted(found)}


def reviewed_files(root: Path) -> dict[str, str]:
    """SHA-256 of every reviewed file below `root`, by its path there (such as `clusters/aliases.csv`)."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in _paths(root).items()}


def keep_reviewed_files(root: Path, kept: Path) -> dict[str, str]:
    """Copy every reviewed file into the folder `kept` by content hash; returns the hashes, by path below `root`."""
    kept.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, path in _paths(root).items():
        content = path.read_bytes()
        hashes[name] = hashlib.sha256(content).hexdigest()
        target = kept / f"{hashes[name]}{path.suffix}"
        if not target.exists():
            partial = kept / f".partial-{os.getpid()}-{path.stem}"
            partial.write_bytes(content)
            partial.chmod(0o444)
            put(partial, target)
    return hashes
