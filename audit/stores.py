"""Raw files and copies of reviewed files: each holds what its name says, and is what the ledger tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from audit.chain import Chain
from audit.finding import Finding, Part
from ingestion.answers import SourceFile
from ingestion.delivery import stored_path
from ingestion.erasure import Erasures
from ingestion.load import Load
from ingestion.manifest import hash_file

_COPY = re.compile(r"([0-9a-f]{64})(\..*)?")
_RESTORE = "Restore the file from a backup."


class Store:
    """A folder of copies named by the hash of what they hold; each is hashed once."""

    def __init__(self, root: Path, folder: Path, part: Part) -> None:
        self.folder, self.part = folder, part
        self.place = folder.relative_to(root)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The hash of every file, by name; files that are being written are left out."""
        if not self.folder.is_dir():
            return {}
        paths = sorted(path for path in self.folder.iterdir() if not path.name.startswith(".partial-"))
        return {path.name: hash_file(path) if path.is_file() else "no file" for path in paths}

    def finding(self, name: str, found: str, expected: str, hint: str = _RESTORE, is_fault: bool = True) -> Finding:
        """A finding about one copy."""
        return Finding(self.part, str(self.place / name), found, expected, hint, is_fault)

    def changed(self) -> Iterator[Finding]:
        """A fault for each copy that holds something else than its name says."""
        for name, sha256 in self.hashes.items():
            if (copy := _COPY.fullmatch(name)) and copy[1] != sha256:
                yield self.finding(name, f"the content has the hash {sha256[:12]}", "what its name says")

    def missing(self, name: str, what: str) -> Iterator[Finding]:
        """A fault when a copy is not there."""
        if name not in self.hashes:
            yield self.finding(name, "no such file", what)


def verify_raw(store: Store, chain: Chain, erasures: Erasures, is_locked: bool) -> Iterator[Finding]:
    """The raw store beside the loads of the ledger; `is_locked`: a load is at work, and not on record yet."""
    yield from store.changed()
    known: set[str] = set()
    for file, load in _received(chain.loads.values()):
        path = stored_path(store.folder, file, erasures)
        told = f"the copy of {file.file_name} that {load.load_id} received"
        if file.sha256 in erasures.copies:
            told += ", without what was erased"
            if erasures.copies[file.sha256] is None:
                continue
        elif path.is_file() and path.stat().st_size != file.n_bytes:
            yield store.finding(path.name, f"{path.stat().st_size} bytes", f"{file.n_bytes} bytes, {told}")
        known.add(path.name)
        yield from store.missing(path.name, told)
    # Of a load that was killed between copying and its record, only the copies tell.
    was_killed = any(load.outcome == "failed" and not load.files for load in chain.loads.values())
    for name, sha256 in store.hashes.items():
        if name in known:
            continue
        copy = _COPY.fullmatch(name)
        if copy and copy[1] in erasures.copies:
            yield store.finding(
                name, "a file as it was before an erasure", "no such file", "Give the command for the erasure again."
            )
        elif copy and copy[1] == sha256 and (was_killed or is_locked):
            yield store.finding(
                name,
                "a copy that no load tells of",
                "copies of files that loads received",
                "It is of a load that is at work, or was killed before it was recorded; nothing is made of it.",
                is_fault=False,
            )
        else:
            yield store.finding(
                name,
                "a file that no load tells of",
                "copies of files that loads received",
                "Nothing is made of it. Find out who put it there, and take it away.",
            )


def _received(loads: Iterable[Load]) -> Iterator[tuple[SourceFile, Load]]:
    """Each file content once, with the load that received it first."""
    seen = set()
    for load in loads:
        for file in load.files:
            if (file.sha256, Path(file.file_name).suffix.lower()) not in seen:
                seen.add((file.sha256, Path(file.file_name).suffix.lower()))
                yield file, load


def verify_reviewed(store: Store, released: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """The kept copies of reviewed files beside the releases, as their entries in the ledger name them."""
    yield from store.changed()
    first: dict[str, str] = {}
    for entry in released:
        for name, sha256 in (entry.get("reviewed") or {}).items():
            first.setdefault(
                f"{sha256}{Path(name).suffix}", f"the copy of {name} that {entry['release_id']} was made with"
            )
    for copy, told in first.items():
        yield from store.missing(copy, told)
