"""The ledger read by somebody who does not trust it: every line is judged, and reading goes on behind a break."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any

from audit.finding import Finding
from ingestion.erasure import Erasure
from ingestion.ledger import FIRST_HASH, entry_hash
from ingestion.load import Load, follow, loads_of

_RESTORE = "Restore the ledger from a backup; what was entered since is in the releases' release.json and in raw/."


@dataclass
class Chain:
    """What a ledger holds: the entries that can be followed, the loads they tell of, and what is wrong with lines."""

    path: Path
    entries: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    loads: dict[str, Load] = field(default_factory=dict)

    @property
    def head(self) -> Mapping[str, Any] | None:
        """The last entry that can be read."""
        return self.entries[-1] if self.entries else None

    def loads_before(self, entry: Mapping[str, Any]) -> list[Load]:
        """The loads as the entries before this one tell them."""
        return loads_of(itertools.takewhile(lambda earlier: earlier is not entry, self.entries))

    def add(self, line: int, found: str, expected: str, hint: str = _RESTORE, is_fault: bool = True) -> None:
        """Add a finding about a line."""
        self.findings.append(Finding("ledger", f"{self.path.name}, line {line}", found, expected, hint, is_fault))


def read_chain(path: Path) -> Chain:
    """Read the whole ledger at `path`; a file that is not there is an empty one."""
    chain = Chain(path)
    lines = path.read_bytes().split(b"\n") if path.is_file() else [b""]
    if cut_off := lines.pop():
        chain.add(
            len(lines) + 1,
            f"{len(cut_off)} bytes without a line break",
            "whole lines",
            "A crash cut this entry off before it took effect; the next entry will take its place.",
            is_fault=False,
        )
    previous: str | None = FIRST_HASH
    sequence = 0
    for number, line in enumerate(lines, start=1):
        sequence += 1
        entry = _parsed(line)
        if entry is None:
            chain.add(number, "no entry: it cannot be read", "a JSON object with an event, its hash and its sequence")
            previous = None
            continue
        if entry["hash"] != (hashed := entry_hash(entry)):
            chain.add(
                number,
                f"{_described(entry)}, whose content has the hash {hashed[:12]}: it was changed after it was written",
                f"the content of the hash that it carries, {str(entry['hash'])[:12]}",
            )
        if previous is not None and entry["previous"] != previous:
            chain.add(
                number,
                f"{_described(entry)}, which follows an entry with the hash {str(entry['previous'])[:12]}",
                f"one that follows {previous[:12]}, the line before: a line was removed, added, moved or rewritten",
            )
        if entry["sequence"] != sequence:
            chain.add(number, f"sequence {entry['sequence']}", f"sequence {sequence}")
            sequence = entry["sequence"] if isinstance(entry["sequence"], int) else sequence
        previous = str(entry["hash"])
        _follow(chain, number, entry)
    return chain


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    needed = {"sequence", "event", "at", "previous", "hash"}
    return entry if isinstance(entry, dict) and needed <= entry.keys() else None


def _described(entry: Mapping[str, Any]) -> str:
    about = entry.get("load_id") or entry.get("release_id")
    return f"entry {entry['sequence']}, {entry['event']}" + (f" of {about}" if about else "")


def _follow(chain: Chain, number: int, entry: dict[str, Any]) -> None:
    """Take an entry in; one that does not tell what such an entry tells is a fault, and left out of the rest."""
    try:
        if not _is_sound(entry):
            raise TypeError
        follow(chain.loads, entry)
        chain.entries.append(entry)
    except (KeyError, TypeError, AttributeError):
        chain.add(
            number,
            f"{_described(entry)}, of a load that no entry began, or without what such an entry tells",
            "an entry as Clusterbench writes it",
        )


# What the later steps rely on, beside what `follow` does: keys that an event needs, and the type of a key's value.
_NEEDED: Mapping[str, set[str]] = {
    "released": {"release_id", "loads"},
    "restored": {"release_id"},
    "serving": {"release_id", "host", "port", "database"},
    "served": {"release_id", "host", "port", "database"},
    "respondent_erased": set(Erasure.__dataclass_fields__) - {"erased_at"},
}
_TEXT = ("event", "at", "previous", "hash", "load_id", "release_id", "code_version", "run_id", "file_sha256")
_TYPES: Mapping[str, type | UnionType] = {
    **dict.fromkeys(_TEXT, str),
    **dict.fromkeys(("sequence", "edition_id", "n_answers", "n_bytes"), int),
    **dict.fromkeys(("survey", "file_name", "sha256"), str),
    **dict.fromkeys(("outcome", "delivery_id", "erased_sha256", "release_sha256"), str | None),
    **dict.fromkeys(("loads", "files", "rejected", "row_numbers"), list),
    "reviewed": dict | None,
}


def _is_sound(entry: Mapping[str, Any]) -> bool:
    of_files = [file for file in entry.get("files", ()) if isinstance(file, dict)]
    return (
        _NEEDED.get(str(entry["event"]), set()) <= entry.keys()
        and all(
            isinstance(part[key], _TYPES[key]) for part in (entry, *of_files) for key in part.keys() & _TYPES.keys()
        )
        and all(isinstance(text, str) for text in (*entry.get("loads", ()), *(entry.get("reviewed") or {}).values()))
    )


def find_head(chain: Chain, head: str) -> Finding | None:
    """A fault unless an entry of the chain has the hash, or the first part of it, that was noted elsewhere."""
    if len(head) >= 12 and any(str(entry["hash"]).startswith(head.lower()) for entry in chain.entries):
        return None
    return Finding(
        "ledger",
        chain.path.name,
        "no such entry",
        f"an entry with the hash {head}, as it was noted (at least its first 12 digits)",
        "If it was noted right, the ledger was written anew, or cut, since: compare it with a backup of that day.",
    )
