"""Whether a delivery that is still arriving is complete: every file that its manifest names is there as it was written.

Whoever looks again and again remembers what was seen, so that no big file is hashed twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ingestion.manifest import MANIFEST, hash_file, read_manifest


class Seen(TypedDict):
    """A file as it was when it was hashed; another size or time of change means another content."""

    size: int
    changed_ns: int
    sha256: str


@dataclass(frozen=True)
class Arrival:
    """What has arrived of a delivery: `missing` says what it lacks, `key` is the hash of its manifest, if any."""

    key: str | None
    missing: tuple[str, ...]
    seen: Mapping[str, Seen]

    @property
    def is_complete(self) -> bool:
        """Whether all that the manifest names is there."""
        return self.key is not None and not self.missing


def look_at(inbox: Path, seen: Mapping[str, Seen]) -> Arrival:
    """Look at an edition's inbox; `seen` is what the last look saw of its files, by name."""
    manifest = read_manifest(inbox)
    if manifest is None:
        return Arrival(None, (f"{MANIFEST} is missing, the last thing that a deliverer writes",), {})
    key = hashlib.sha256((inbox / MANIFEST).read_bytes()).hexdigest()
    named, problems = manifest
    missing = [f"{problem.reason}, row {problem.row}" if problem.row else problem.reason for problem in problems]
    now: dict[str, Seen] = {}
    for name, sha256 in named.items():
        try:
            now[name] = _see(inbox / name, seen.get(name))
        except OSError:
            missing.append(f"{name} is missing")
            continue
        if now[name]["sha256"] != sha256:
            missing.append(f"{name} is not the file that the manifest names")
    return Arrival(key, tuple(missing), now)


def _see(path: Path, before: Seen | None) -> Seen:
    status = path.stat()
    if before and (before["size"], before["changed_ns"]) == (status.st_size, status.st_mtime_ns):
        return before
    return Seen(size=status.st_size, changed_ns=status.st_mtime_ns, sha256=hash_file(path))
