"""Which rows a failed dbt test is about: its own query once more, on the work file. A passed test costs nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

# How many failing rows of a test are kept by their keys; all are counted.
MOST_ROWS = 20

# What a person wrote stays out of what is kept for good.
_NEVER_SHOWN = ("answer_text",)


@dataclass(frozen=True)
class Failures:
    """The failing rows of a test: the keys of the first as a JSON list, and how many there are of each edition.

    `editions` is empty when the rows do not say of which edition they are.
    """

    keys: str
    editions: dict[int, int]

    def __str__(self) -> str:
        return ", ".join(f"edition {edition} {count}" for edition, count in self.editions.items())


def failing_rows(connection: duckdb.DuckDBPyConnection, node: Any, key: Sequence[str]) -> Failures:  # noqa: ANN401
    """Run the compiled query of a test that failed.

    `key` are the columns that name a row of the tested table. Of a generic test's rows these are kept and those that
    its arguments name; a query of its own selects what it shows. The order is fixed: the same rows are always first.
    """
    query = node.compiled_code
    described = connection.execute(f"describe ({query})").fetchall()
    columns = [name for name, *_ in described if name not in _NEVER_SHOWN]
    shown = ", ".join(f'"{name}"' for name in _shown(node, columns, key))
    rows = connection.execute(f"select {shown} from ({query}) order by all limit {MOST_ROWS}")
    names = [name for name, *_ in rows.description or []]
    keys = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    editions: dict[int, int] = {}
    if "edition_id" in columns:
        counted = connection.execute(
            f"select edition_id, count(*) from ({query}) where edition_id is not null group by all order by all"
        )
        editions = dict(counted.fetchall())
    return Failures(json.dumps(keys, ensure_ascii=False, default=str), editions)


def _shown(node: Any, columns: Sequence[str], key: Sequence[str]) -> list[str]:  # noqa: ANN401
    generic = getattr(node, "test_metadata", None)
    if generic is None:
        return list(columns)
    arguments = {name: value for name, value in generic.kwargs.items() if name != "model"}
    named = {*key, "edition_id", *re.findall(r"\w+", str(arguments))}
    return [name for name in columns if name in named] or list(columns)
