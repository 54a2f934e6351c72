"""Who a delivered cluster is: names as delivered → one identity for all editions, by a file that a person reviews.

`clusters/aliases.csv` in CLUSTERBENCH_HOME maps every name that was ever delivered to a `cluster_id`, from an edition
on; `clusters/lineage.csv` records mergers and splits. A name that is not there is never guessed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import StringConstraints

from ingestion.problem import Language
from ingestion.rows import CodebookError, Row, Text, check_unique, read_rows

CANDIDATES = 3

ClusterId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class Alias(Row):
    """A name under which the cluster `cluster_id` is delivered, from the edition `from_edition` on."""

    name: Annotated[str, StringConstraints(min_length=1)]
    cluster_id: ClusterId
    from_edition: int
    note: Text


class Lineage(Row):
    """A merger or a split between the edition before `edition_id` and this one: a row per predecessor × successor."""

    edition_id: int
    kind: Literal["merger", "split"]
    predecessor_cluster_id: ClusterId
    successor_cluster_id: ClusterId
    note: Text


def fold(name: str) -> str:
    """A name without what differs by chance: case and spaces."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True)
class Identities:
    """The alias and lineage files of one installation, in the folder they were read from."""

    folder: Path
    aliases: tuple[Alias, ...] = ()
    lineage: tuple[Lineage, ...] = ()

    @property
    def path(self) -> Path:
        """The alias file."""
        return self.folder / "aliases.csv"

    @cached_property
    def fingerprint(self) -> str:
        """A hash of what both files say, in whatever order."""
        said = sorted(row.model_dump_json() for row in (*self.aliases, *self.lineage))
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    @cached_property
    def _by_name(self) -> dict[str, list[Alias]]:
        grouped: dict[str, list[Alias]] = {}
        for alias in sorted(self.aliases, key=lambda alias: alias.from_edition):
            grouped.setdefault(fold(alias.name), []).append(alias)
        return grouped

    def resolve(self, name: str, edition_id: int) -> str | None:
        """The identity that `name` stands for in an edition; None when the file does not say."""
        known = [alias for alias in self._by_name.get(fold(name), ()) if alias.from_edition <= edition_id]
        return known[-1].cluster_id if known else None

    def candidates(self, name: str) -> list[tuple[Alias, float]]:
        """The aliases most like `name`, with their similarity in % (100: the same letters), at most one a cluster."""
        # Imported here: only a delivery with an unknown name pays for it.
        from rapidfuzz import fuzz, process

        names = {number: fold(alias.name) for number, alias in enumerate(self.aliases)}
        nearest: dict[str, tuple[Alias, float]] = {}
        for _, score, number in process.extract(fold(name), names, scorer=fuzz.WRatio, limit=10 * CANDIDATES):
            nearest.setdefault(self.aliases[number].cluster_id, (self.aliases[number], score))
        return list(nearest.values())[:CANDIDATES]

    def new_id(self, taken: int = 0) -> str:
        """An id that no cluster has yet; `taken` of the next ones are already spoken for."""
        numbers = [int(found[1]) for alias in self.aliases if (found := re.fullmatch(r"K(\d+)", alias.cluster_id))]
        return f"K{max(numbers, default=0) + 1 + taken:03d}"

    def how_to_add(self, name: str, edition_id: int, new_id: str, language: Language = "en") -> str:
        """What a person does about an unknown name: the nearest candidates, and the line to add for each case."""
        words = _HOW_TO_ADD[language]
        lines = [
            f"{alias_line(name, alias.cluster_id, edition_id)}    {words.known.format(name=alias.name, score=score)}"
            for alias, score in self.candidates(name)
        ]
        lines.append(f"{alias_line(name, new_id, edition_id)}    {words.new}")
        return "\n       ".join([words.add.format(path=self.path), *lines])


class _HowToAdd(NamedTuple):
    add: str
    known: str
    new: str


_HOW_TO_ADD: Mapping[Language, _HowToAdd] = {
    "en": _HowToAdd(
        "Add one of these lines to {path}:", "if it is {name} ({score:.0f} % alike)", "if it is a new cluster"
    ),
    "pl": _HowToAdd(
        "Dopisz do {path} jeden z tych wierszy:",
        "jeśli to {name} (podobieństwo {score:.0f} %)",
        "jeśli to nowy klaster",
    ),
}


def alias_line(name: str, cluster_id: str, edition_id: int) -> str:
    """A line of the alias file."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([name, cluster_id, edition_id, ""])
    return line.getvalue()


def load_identities(folder: Path) -> Identities:
    """Read the alias and lineage files of `folder`; a missing file is an empty one.

    Raises CodebookError, naming file and row, when they cannot be read or contradict themselves.
    """
    aliases_path, lineage_path = folder / "aliases.csv", folder / "lineage.csv"
    aliases = read_rows(aliases_path, Alias) if aliases_path.is_file() else ()
    check_unique(aliases_path, [f"{fold(alias.name)} from {alias.from_edition}" for alias in aliases])
    lineage = read_rows(lineage_path, Lineage) if lineage_path.is_file() else ()
    known = {alias.cluster_id for alias in aliases}
    for number, event in enumerate(lineage, start=2):
        for cluster_id in (event.predecessor_cluster_id, event.successor_cluster_id):
            if cluster_id not in known:
                raise CodebookError(f"{lineage_path}, row {number}: {cluster_id} has no name in {aliases_path}")
    return Identities(folder, aliases, lineage)


def write_rows(path: Path, rows: Sequence[Row], model: type[Row]) -> None:
    """Write rows as the CSV file `path`, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(model.model_fields), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row.model_dump() for row in rows)
    partial.replace(path)
