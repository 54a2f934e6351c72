"""A load as the ledger's entries tell it, and what follows from them in their order, whatever their times say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ingestion.answers import SourceFile
from ingestion.problem import RejectedAnswer

Outcome = Literal["loaded", "unchanged", "refused", "failed"]


@dataclass(frozen=True)
class Load:
    """One attempt to load a delivery, as the ledger's entries tell it. `outcome` None: not finished.

    A provisional delivery is one of fieldwork in progress; unless it was loaded for publication it is shown in the
    provisional release only, and never becomes current.
    """

    load_id: str
    edition_id: int
    started_at: str
    code_version: str
    run_id: str
    delivery_id: str | None = None
    is_sample: bool = False
    is_provisional: bool = False
    is_for_publication: bool = True
    files: tuple[SourceFile, ...] = ()
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    n_rows: Mapping[str, int] = field(default_factory=dict)
    n_answers: int | None = None
    rejected: tuple[RejectedAnswer, ...] = ()
    finished_at: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    problems: tuple[Mapping[str, Any], ...] = ()
    git_revision: str | None = None
    lock_sha256: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether reading found a complete delivery, whose publication is still open."""
        return self.outcome is None and self.n_answers is not None


def loads_of(entries: Iterable[Mapping[str, Any]]) -> list[Load]:
    """Every load that the entries tell of, oldest first."""
    loads: dict[str, Load] = {}
    for entry in entries:
        follow(loads, entry)
    return list(loads.values())


def follow(loads: dict[str, Load], entry: Mapping[str, Any]) -> None:
    """Bring the loads, by id, up to what an entry tells. Raises KeyError when it tells of a load that never began."""
    if entry["event"] == "load_started":
        loads[entry["load_id"]] = Load(
            entry["load_id"],
            entry["edition_id"],
            entry["at"],
            entry["code_version"],
            entry["run_id"],
            # Entries from before the revision and the lock were recorded do not say them.
            git_revision=entry.get("git_revision"),
            lock_sha256=entry.get("lock_sha256"),
        )
    elif entry["event"] == "load_accepted":
        loads[entry["load_id"]] = replace(
            loads[entry["load_id"]],
            delivery_id=entry["delivery_id"],
            is_sample=entry["is_sample"],
            files=tuple(SourceFile(**file) for file in entry["files"]),
            # Entries from before the whole choice was recorded say the encoding only.
            choices=entry["choices"]
            if "choices" in entry
            else {survey: {"encoding": encoding} for survey, encoding in entry["encodings"].items()},
            n_rows=entry["n_rows"],
            n_answers=entry["n_answers"],
            rejected=tuple(RejectedAnswer(**cell) for cell in entry["rejected"]),
            problems=tuple(entry.get("problems", ())),
            # Entries from before there were provisional loads do not say it.
            is_provisional=entry.get("is_provisional", False),
            is_for_publication=entry.get("is_for_publication", True),
        )
    elif entry["event"] == "load_finished":
        load = loads[entry["load_id"]]
        loads[entry["load_id"]] = replace(
            load,
            finished_at=entry["at"],
            outcome=entry["outcome"],
            reason=entry["reason"],
            problems=tuple(entry["problems"]) if "problems" in entry else load.problems,
            rejected=tuple(RejectedAnswer(**cell) for cell in entry["rejected"])
            if "rejected" in entry
            else load.rejected,
            delivery_id=entry.get("delivery_id", load.delivery_id),
            is_sample=entry.get("is_sample", load.is_sample),
            files=tuple(SourceFile(**file) for file in entry["files"]) if "files" in entry else load.files,
        )


def published_of(entries: Iterable[Mapping[str, Any]]) -> str | None:
    """The release that the entries tell was published, or restored, last; None: none was."""
    published, for_inspection = None, set()
    for entry in entries:
        if entry["event"] == "load_accepted" and not entry.get("is_for_publication", True):
            for_inspection.add(entry["load_id"])
        # Entries from before this was recorded leave it to their loads.
        is_published = entry.get("is_for_publication", not for_inspection.intersection(entry.get("loads", ())))
        if entry["event"] == "restored" or (entry["event"] == "released" and is_published):
            published = entry["release_id"]
    return published
