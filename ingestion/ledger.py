"""The load ledger: an append-only file of chained entries, one JSON object a line.

Each entry carries the hash of the one before, so that a removed or changed line shows. The ledger alone says which
delivery of an edition is current; `audit.load` and `audit.source_file` are derived from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.answers import SourceFile
from ingestion.durable import sync
from ingestion.erasure import Erasure, Erasures, erasures_of
from ingestion.load import Load, Outcome, loads_of, published_of
from ingestion.problem import Problem, RejectedAnswer
from ingestion.table import Choice

FIRST_HASH = "0" * 64


class LedgerBroken(Exception):
    """An entry of the ledger does not follow from the one before it; the message names file and line."""


def entry_hash(entry: Mapping[str, Any]) -> str:
    """The hash that an entry must carry: of all its other fields, `previous` among them."""
    body = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def utc_now() -> str:
    """The time now, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ledger:
    """The ledger file at `path`. One process writes at a time: the holder of the warehouse lock."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> Iterator[dict[str, Any]]:
        """All whole entries, oldest first. Raises LedgerBroken where the chain does not hold.

        A last line without its line break is a write that a crash cut off: it never took effect, and is left out.
        """
        if not self.path.exists():
            return
        previous = FIRST_HASH
        with self.path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith("\n"):
                    return
                try:
                    entry = json.loads(line)
                except json.JSONDecodeError as error:
                    raise LedgerBroken(f"{self.path}, line {number}: not an entry ({error})") from error
                if entry.get("previous") != previous or entry.get("hash") != entry_hash(entry):
                    raise LedgerBroken(
                        f"{self.path}, line {number}: the entry does not follow from the one before; "
                        "the ledger was changed after it was written. Restore it from a backup "
                        "(`clusterbench audit verify` names every line that does not hold)."
                    )
                previous = entry["hash"]
                yield entry

    def append(self, event: str, **content: object) -> dict[str, Any]:
        """Add an entry and wait until it is on disk.

        `at` is what the clock says, which may have been set back since the entry before: what counts is the sequence.
        """
        previous, sequence, size = FIRST_HASH, 0, 0
        for entry in self.entries():
            previous, sequence = entry["hash"], entry["sequence"]
        if self.path.exists():
            text = self.path.read_bytes()
            size = text.rfind(b"\n") + 1
        entry = {"sequence": sequence + 1, "event": event, "at": utc_now(), **content, "previous": previous}
        entry["hash"] = entry_hash(entry)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(entry, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        is_new = not self.path.exists()
        with self.path.open("w+b" if is_new else "r+b") as file:
            file.truncate(size)
            file.seek(size)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync(self.path.parent)
        return entry

    def start_load(
        self,
        edition_id: int,
        code_version: str,
        run_id: str,
        git_revision: str | None = None,
        lock_sha256: str | None = None,
    ) -> str:
        """Record that a load begins; returns its load_id."""
        load_id = f"L{len(self.loads()) + 1:06d}"
        self.append(
            "load_started",
            load_id=load_id,
            edition_id=edition_id,
            code_version=code_version,
            git_revision=git_revision,
            lock_sha256=lock_sha256,
            run_id=run_id,
        )
        return load_id

    def accept_load(
        self,
        load_id: str,
        delivery_id: str,
        is_sample: bool,
        files: Sequence[SourceFile],
        choices: Mapping[str, Choice],
        n_rows: Mapping[str, int],
        n_answers: int,
        rejected: Sequence[RejectedAnswer],
        problems: Sequence[Problem] = (),
        is_provisional: bool = False,
        is_for_publication: bool = True,
    ) -> None:
        """Record that the delivery was read whole, with the warnings and notes among `problems`.

        It becomes current when its load is finished as `loaded`.
        """
        self.append(
            "load_accepted",
            load_id=load_id,
            delivery_id=delivery_id,
            is_sample=is_sample,
            files=[vars(file) for file in files],
            choices={survey: choice.as_dict() for survey, choice in choices.items()},
            n_rows=dict(n_rows),
            n_answers=n_answers,
            rejected=[cell._asdict() for cell in rejected],
            problems=[problem.as_dict() for problem in problems],
            is_provisional=is_provisional,
            is_for_publication=is_for_publication,
        )

    def finish_load(self, load_id: str, outcome: Outcome, reason: str | None = None, **content: object) -> None:
        """Record how the load ended."""
        self.append("load_finished", load_id=load_id, outcome=outcome, reason=reason, **content)

    def loads(self) -> list[Load]:
        """Every load, oldest first."""
        return loads_of(self.entries())

    def candidates(self) -> dict[int, Load]:
        """The load whose delivery each edition shows in the next release: an accepted one, else the current one."""
        chosen = self.current()
        chosen |= {load.edition_id: load for load in self.loads() if load.is_accepted}
        return dict(sorted(chosen.items()))

    def current(self) -> dict[int, Load]:
        """The load of each edition that was last published."""
        loaded = (load for load in self.loads() if load.outcome == "loaded" and load.is_for_publication)
        return {load.edition_id: load for load in loaded}

    def arrived(self) -> set[int]:
        """The editions of which a complete delivery was loaded; a provisional one is not what was announced."""
        return {load.edition_id for load in self.loads() if load.outcome == "loaded" and not load.is_provisional}

    def record_erasure(self, erasure: Erasure) -> None:
        """Record that a respondent was erased from a file; nothing of what stood there."""
        content = {name: value for name, value in vars(erasure).items() if name != "erased_at"}
        self.append("respondent_erased", **content | {"row_numbers": list(erasure.row_numbers)})

    def erasures(self) -> Erasures:
        """Every erasure, oldest first."""
        return erasures_of(self.entries())

    def releases(self) -> dict[str, dict[str, Any]]:
        """The entry of every release ever made, by its id, oldest first."""
        return {entry["release_id"]: entry for entry in self.entries() if entry["event"] == "released"}

    def published(self) -> str | None:
        """The release that readers use, as far as the ledger knows: the last one published or restored."""
        return published_of(self.entries())

    def served(self) -> dict[tuple[str, int, str], set[str]]:
        """The releases that each PostgreSQL database may show, by host, port and name of the database.

        More than one where a publication began, and nobody knows how it ended: it was killed, or lost the connection.
        """
        shown: dict[tuple[str, int, str], set[str]] = {}
        for entry in self.entries():
            if entry["event"] in ("serving", "served"):
                place = (entry["host"], entry["port"], entry["database"])
                before = set() if entry["event"] == "served" else shown.get(place, set())
                shown[place] = before | {entry["release_id"]}
        return shown

    def n_releases(self) -> int:
        """How many releases were ever made, published ones and provisional ones."""
        return len(self.releases())

    def next_release_id(self) -> str:
        """The id of the release to be made next; none is given twice."""
        return f"R{max((int(name[1:]) for name in self.releases()), default=0) + 1:06d}"
