"""The fictitious clusters behind the sample: who takes part when, under which name; and who is who, as files.

`world/identities.csv` has a row for each cluster of a world in which every edition is as large as it was, and
`world/lineage.csv` its mergers and splits. A larger world holds the same clusters several times: cluster `number` +
`n_identities()` lives through the same editions, under a name of its own. Names never depend on a seed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingestion.identity import Alias, Lineage, fold, load_identities, write_rows
from ingestion.synthetic import SYNTHETIC_NOTICE
from sample.names import cluster_name, coordinator_name

WORLD = Path(__file__).parent / "world"


class RealClusters(ValueError):
    """The files that say who is who hold clusters that are not made up."""


@dataclass(frozen=True)
class Identity:
    """A cluster: the editions it takes part in, and from which on it has another name or coordinator."""

    number: int
    editions: tuple[int, ...]
    renamed_in: int | None
    new_coordinator_in: int | None

    @property
    def cluster_id(self) -> str:
        """The stable id, such as K001."""
        return f"K{self.number + 1:03d}"

    def name(self, edition_id: int) -> str:
        """Its name in an edition."""
        return cluster_name(self.number, bool(self.renamed_in and edition_id >= self.renamed_in))

    def coordinator(self, edition_id: int) -> str:
        """Its coordinator in an edition."""
        return coordinator_name(self.number, bool(self.new_coordinator_in and edition_id >= self.new_coordinator_in))

    def aliases(self) -> list[Alias]:
        """Every name it bears, from the first edition with that name on."""
        first = {self.name(edition): edition for edition in reversed(self.editions)}
        return [
            Alias(name=n, cluster_id=self.cluster_id, from_edition=e, note=SYNTHETIC_NOTICE) for n, e in first.items()
        ]


def _rows(name: str) -> list[dict[str, str]]:
    with (WORLD / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _listed() -> tuple[Identity, ...]:
    def year(text: str) -> int | None:
        return int(text) if text else None

    return tuple(
        Identity(
            number,
            tuple(map(int, row["editions"].split(";"))),
            year(row["renamed_in"]),
            year(row["new_coordinator_in"]),
        )
        for number, row in enumerate(_rows("identities.csv"))
    )


def n_identities() -> int:
    """The number of clusters of the world at its own size."""
    return len(_listed())


def identity(number: int) -> Identity:
    """The cluster with this number, from 0."""
    listed = _listed()[number % n_identities()]
    return Identity(number, listed.editions, listed.renamed_in, listed.new_coordinator_in)


def members_of(edition_id: int) -> list[int]:
    """The numbers of the clusters of an edition at its own size, ascending."""
    return [known.number for known in _listed() if edition_id in known.editions]


@cache
def lineage() -> tuple[Lineage, ...]:
    """The mergers and splits of the world."""
    return tuple(Lineage.model_validate(row | {"note": SYNTHETIC_NOTICE}) for row in _rows("lineage.csv"))


def number_of(cluster_id: str) -> int:
    """The number of the cluster with this id."""
    return int(cluster_id[1:]) - 1


def check_who_is_who(folder: Path) -> None:
    """Raise RealClusters if the alias or lineage file of `folder` holds a row that does not say it is synthetic."""
    known = load_identities(folder)
    for name, rows in (("aliases.csv", known.aliases), ("lineage.csv", known.lineage)):
        for number, row in enumerate(rows, start=2):
            if "synthetic" not in (row.note or "").casefold():
                found = ", ".join(map(str, row.model_dump().values()))
                raise RealClusters(
                    f"{folder / name}, row {number}: found {found}, which does not say in its note that it is "
                    "synthetic; made-up clusters never stand beside real ones. Write the sample to another "
                    "CLUSTERBENCH_HOME, or elsewhere with --out DIR."
                )


def write_who_is_who(folder: Path, numbers: Iterable[int]) -> None:
    """Add the names of these clusters, and the mergers and splits they were in, to the files of `folder`.

    Rows that are there stay, none is doubled; the order is that of ids and editions.
    """
    known = load_identities(folder)
    wanted = set(numbers)
    events = [e for e in lineage() if {number_of(i) for i in _concerned(e)} & wanted]
    wanted |= {number_of(cluster_id) for event in events for cluster_id in _concerned(event)}
    aliases = {(fold(a.name), a.from_edition): a for a in known.aliases}
    for number in wanted:
        aliases |= {(fold(a.name), a.from_edition): a for a in identity(number).aliases()}
    write_rows(folder / "aliases.csv", _sorted(aliases.values()), Alias)
    write_rows(folder / "lineage.csv", _sorted({*known.lineage, *events}), Lineage)


def _concerned(event: Lineage) -> tuple[str, str]:
    return event.predecessor_cluster_id, event.successor_cluster_id


def _sorted(rows: Iterable[Alias | Lineage]) -> Sequence[Alias | Lineage]:
    def key(row: Alias | Lineage) -> tuple[object, ...]:
        if isinstance(row, Alias):
            return len(row.cluster_id), row.cluster_id, row.from_edition, row.name
        return row.edition_id, row.kind, *_concerned(row)

    return sorted(rows, key=key)
