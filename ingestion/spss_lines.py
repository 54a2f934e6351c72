"""The lines of an SPSS file: the names of its variables, then a line per case; a value with a label reads as that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyreadstat

from ingestion.codebook import Survey
from ingestion.table import BLANK, Cell, Choice, FileUnreadable, Lines, stored_cell


def open_sav(path: Path, name: str, survey: Survey) -> Lines:
    """The lines of an SPSS file. Raises FileUnreadable when it is none."""
    try:
        columns, meta = pyreadstat.read_sav(str(path), output_format="dict")
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise FileUnreadable("sav_unreadable", name, error=error) from error
    lines = [[Cell(header) for header in columns]]
    labels = [meta.variable_value_labels.get(header, {}) for header in columns]
    for values in zip(*columns.values(), strict=True):
        lines.append([_cell(value, known) for value, known in zip(values, labels, strict=True)])
    return Lines(Choice("sav", decimal=survey.decimal), lambda: iter(lines))


def _cell(value: object, labels: Mapping[object, str]) -> Cell:
    if value is None or value != value or value == "":  # a missing number is NaN, which differs from itself
        return BLANK
    if value in labels:
        return Cell(labels[value].strip(), float(value) if isinstance(value, int | float) else None)
    return stored_cell(value)
