"""The lines of a text file with delimiters."""

from __future__ import annotations

import csv
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from ingestion.codebook import Survey
from ingestion.table import Cell, Choice, FileUnreadable, Lines, text_cell
from ingestion.text_encoding import TextEncoding, find_encoding

logger = logging.getLogger("clusterbench")

DELIMITERS = (";", ",", "\t", "|")

# In characters: no respondent writes as much, and a file without line breaks or with an open quote must not be held.
MOST_IN_CELL = 1_000_000
MOST_IN_LINE = 10_000_000
csv.field_size_limit(MOST_IN_CELL)

_SECONDS_BETWEEN = 3.0
_SEP = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


class _Cells(dict[str, Cell]):
    """The cells that were seen by their text: most answers are one of few, and are made once."""

    def __missing__(self, text: str) -> Cell:
        cell = text_cell(text)
        if len(text) <= 500 and len(self) < 20_000:
            self[text] = cell
        return cell


def open_csv(path: Path, name: str, survey: Survey) -> Lines:
    """The lines of a CSV file, by its usual delimiter and by the others that it might have.

    Raises FileUnreadable when it is not text in an encoding of Polish.
    """
    encoding = find_encoding(path, name, survey.encoding)
    said = said_delimiter(path, encoding)
    delimiters = (said,) if said else dict.fromkeys((survey.delimiter or ";", *DELIMITERS))
    first, *others = (
        Lines(
            Choice("csv", encoding=encoding.name, delimiter=delimiter, decimal=survey.decimal),
            partial(_read, path, name, encoding, delimiter, bool(said)),
        )
        for delimiter in delimiters
    )
    return replace(first, others=tuple(others), notes=encoding.warnings)


def said_delimiter(path: Path, encoding: TextEncoding) -> str | None:
    """The delimiter that the first line names, as Excel has it: `sep=;`."""
    with encoding.open(path) as file:
        match = _SEP.fullmatch(file.readline(20))
    return match[1] if match else None


def text_lines(path: Path, name: str, encoding: TextEncoding) -> Iterator[str]:
    """The lines of the file with their line breaks, whichever it has; progress is logged every few seconds."""
    size = path.stat().st_size
    told = time.monotonic()
    with encoding.open(path) as file:
        for number, line in enumerate(iter(partial(file.readline, MOST_IN_LINE), "")):
            if len(line) == MOST_IN_LINE:
                raise FileUnreadable("line_too_long", name, row=number + 1, most=MOST_IN_LINE)
            if number % 256 == 0 and time.monotonic() - told > _SECONDS_BETWEEN:
                told = time.monotonic()
                logger.info("%s: read %d %% of %.0f MB", name, 100 * file.buffer.tell() // size, size / 1e6)
            yield line


def _read(path: Path, name: str, encoding: TextEncoding, delimiter: str, skips_first: bool) -> Iterator[list[Cell]]:
    cells, row = _Cells(), 0
    lines = csv.reader(map(encoding.cleaned, text_lines(path, name, encoding)), delimiter=delimiter, strict=True)
    try:
        for row, line in enumerate(lines, start=1):
            yield [] if skips_first and row == 1 else [cells[text] for text in line]
    except csv.Error as error:
        if str(error).startswith("field larger"):
            raise FileUnreadable("cell_too_long", name, row=row + 1, most=MOST_IN_CELL) from error
        raise FileUnreadable("csv_broken", name, row=row + 1, error=error) from error
