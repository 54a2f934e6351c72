"""In which unit the figures of a published column are: `units.csv`, by column, and by table where tables differ."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def _units() -> Mapping[tuple[str, str], str]:
    with Path(__file__).with_name("units.csv").open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["column"]): row["unit"] for row in csv.DictReader(file)}


def unit_of(table: str, column: str) -> str | None:
    """The unit of a column of `table` (its name without the schema); None of one that is no figure."""
    return _units().get((table, column)) or _units().get(("", column))
