"""Editions worked out on paper: a register of them, all built in one warehouse, and reading results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .comparison import is_same
from .made_up import MadeUpEdition, Rows

EDITIONS: dict[int, MadeUpEdition] = {}


def by_hand(edition: MadeUpEdition) -> MadeUpEdition:
    """Register an edition to be built together with all others; its id must be its own."""
    assert edition.edition_id not in EDITIONS, f"edition {edition.edition_id} stands twice"
    EDITIONS[edition.edition_id] = edition
    return edition


LINEAGE: Rows = []


def merger(edition_id: int, predecessor: str, successor: str) -> None:
    """Record that before the edition one cluster went into another."""
    event = {"edition_id": edition_id, "kind": "merger", "note": f"{predecessor} went into {successor}"}
    LINEAGE.append(event | {"predecessor_cluster_id": predecessor, "successor_cluster_id": successor})


class Results:
    """The tables of one computation (the marts, or the second implementation), looked up by column."""

    def __init__(self, marts: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self.marts = marts

    def rows(self, table: str, edition: MadeUpEdition, **where: object) -> list[Mapping[str, Any]]:
        """The table's rows of one edition in which every named column has the value given."""
        where["edition_id"] = edition.edition_id
        return [row for row in self.marts[table] if all(row[name] == value for name, value in where.items())]

    def by(self, key: str, column: str, table: str, edition: MadeUpEdition, **where: object) -> dict[Any, Any]:
        """The values of `column` by `key` (which must tell the rows apart)."""
        rows = self.rows(table, edition, **where)
        found = {row[key]: row[column] for row in rows}
        assert len(found) == len(rows), f"{table}: {key} does not tell the rows apart"
        return found

    def row(self, table: str, edition: MadeUpEdition, **where: object) -> Mapping[str, Any]:
        """The one row."""
        rows = self.rows(table, edition, **where)
        assert len(rows) == 1, f"{table}: {len(rows)} rows for {where}"
        return rows[0]


def assert_close(found: Mapping[Any, Any], expected: Mapping[Any, Any]) -> None:
    """Every expected entry is there (and, by key, no other in a `by` lookup), numbers to 1e-9."""
    assert found.keys() == expected.keys()
    wrong = {key: (found[key], value) for key, value in expected.items() if not is_same(found[key], value)}
    assert not wrong, f"found, expected: {wrong}"


def assert_row(found: Mapping[str, Any], **expected: object) -> None:
    """The named columns of the row have the expected values."""
    assert_close({column: found[column] for column in expected}, expected)
