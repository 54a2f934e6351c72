"""The lines of an SPSS file: the names of its variables, then a line per case; a value with a label reads as that.

A value that the file calls missing is a blank, unless it has a label: that may be a refusal, and is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyreadstat

from ingestion.codebook import Survey
from ingestion.probe import survives
from ingestion.problem import Problem
from ingestion.table import BLANK, Cell, Choice, FileUnreadable, Lines, stored_cell

# What Polish programs wrote before files said their encoding.
_OLD_ENCODING = "WINDOWS-1250"

Range = Mapping[str, Any]


def read_sav(path: Path, name: str, **options: bool) -> tuple[dict[str, Sequence[Any]], Any, bool]:
    """The columns of an SPSS file, what it says of them, and whether its encoding had to be assumed.

    Raises FileUnreadable when it is broken, or has fewer cases than it says. A broken file can make the library crash
    that reads it, so it is tried in a process of its own.
    """
    if not survives(lambda: pyreadstat.read_sav(str(path), output_format="dict", user_missing=True)):
        raise FileUnreadable("sav_unreadable", name, error="it is damaged")
    failed: Exception | None = None
    for encoding in (None, _OLD_ENCODING):
        try:
            columns, meta = pyreadstat.read_sav(
                str(path), output_format="dict", user_missing=True, encoding=encoding, **options
            )
        except UnicodeDecodeError as error:
            failed = failed or error
            continue
        except pyreadstat.ReadstatError as error:
            failed = failed or error
            if "encoding" in str(error).lower() or "character" in str(error).lower():
                continue
            break
        except (ValueError, OverflowError, MemoryError) as error:
            failed = error
            break
        n_cases = len(next(iter(columns.values()), ()))
        n_said = _n_cases_said(path)
        if 0 <= n_said != n_cases:
            raise FileUnreadable("sav_unreadable", name, error=f"{n_cases} of {n_said} cases")
        return columns, meta, encoding is not None
    raise FileUnreadable("sav_unreadable", name, error=failed) from failed


def _n_cases_said(path: Path) -> int:
    """How many cases the head of the file says there are; negative: it does not say."""
    with path.open("rb") as file:
        head = file.read(84)
    order = "little" if head[64:68] in (b"\x02\0\0\0", b"\x03\0\0\0") else "big"
    return int.from_bytes(head[80:84], order, signed=True)  # type: ignore[arg-type]


def open_sav(path: Path, name: str, survey: Survey, format: str = "sav") -> Lines:
    """The lines of an SPSS file. Raises FileUnreadable when it is none."""
    columns, meta, is_assumed = read_sav(path, name)
    labels = [meta.variable_value_labels.get(header, {}) for header in columns]
    missing = [meta.missing_ranges.get(header, ()) for header in columns]

    def read() -> Iterator[Sequence[Cell]]:
        yield [Cell(header) for header in columns]
        for values in zip(*columns.values(), strict=True):
            yield [_cell(*about) for about in zip(values, labels, missing, strict=True)]

    notes = [Problem("sav_encoding", name, said={"encoding": _OLD_ENCODING})] if is_assumed else []
    encoding = _OLD_ENCODING if is_assumed else meta.file_encoding
    return Lines(Choice(format, encoding=encoding, decimal=survey.decimal), read, notes=tuple(notes))


def _cell(value: object, labels: Mapping[object, str], missing: Sequence[Range]) -> Cell:
    if value is None or value != value or value == "":  # a missing number is NaN, which differs from itself
        return BLANK
    number = float(value) if isinstance(value, int | float) else None
    label = labels[value].strip() if value in labels else None
    if missing and _is_missing(value, missing):
        return Cell(label, number, "missing") if label else BLANK
    return Cell(label or None, number) if label is not None else stored_cell(value)


def _is_missing(value: object, ranges: Sequence[Range]) -> bool:
    """Whether a value is one of those that the file calls missing."""
    for range_ in ranges:
        low, high = range_["lo"], range_["hi"]
        if isinstance(value, str):
            is_within = isinstance(low, str) and low <= value <= high
        else:
            is_within = isinstance(value, int | float) and low <= value <= high
        if is_within:
            return True
    return False
