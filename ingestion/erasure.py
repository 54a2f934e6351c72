"""What the ledger keeps of erasures: which respondents were erased on request, and which copies took whose place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Erasure:
    """A respondent erased from one delivered file, without anything of what stood there.

    `file_sha256` is what was delivered, `erased_sha256` the copy that is kept in its place: without the cells of
    `row_numbers`. A file that nobody could read was removed whole: it has neither rows nor a copy.
    """

    edition_id: int
    survey: str
    respondent_id: str
    row_numbers: tuple[int, ...]
    file_name: str
    file_sha256: str
    erased_sha256: str | None
    reason: str
    erased_at: str


@dataclass(frozen=True)
class Erasures:
    """All erasures of an installation, oldest first."""

    entries: Sequence[Erasure] = ()

    @cached_property
    def copies(self) -> Mapping[str, str | None]:
        """What is kept instead of a delivered file that an erasure has changed; None: it was removed whole."""
        return {erasure.file_sha256: erasure.erased_sha256 for erasure in self.entries}

    @cached_property
    def respondents(self) -> Mapping[tuple[int, str, str], str]:
        """When each respondent was first erased, by edition, survey and id."""
        first: dict[tuple[int, str, str], str] = {}
        for erasure in self.entries:
            first.setdefault((erasure.edition_id, erasure.survey, erasure.respondent_id), erasure.erased_at)
        return first

    def is_erased_from(self, file_sha256: str, survey: str, respondent_id: str) -> bool:
        """Whether the respondent was erased from just this delivered file."""
        return (file_sha256, survey, respondent_id) in self._files

    @cached_property
    def _files(self) -> set[tuple[str, str, str]]:
        return {(erasure.file_sha256, erasure.survey, erasure.respondent_id) for erasure in self.entries}


NOTHING_ERASED = Erasures()


def erasures_of(entries: Iterable[Mapping[str, Any]]) -> Erasures:
    """Every erasure that entries of the ledger tell of, oldest first."""
    return Erasures(
        [
            Erasure(
                **{name: entry[name] for name in Erasure.__dataclass_fields__ if name in entry}
                | {"row_numbers": tuple(entry["row_numbers"]), "erased_at": entry["at"]}
            )
            for entry in entries
            if entry["event"] == "respondent_erased"
        ]
    )
