"""The lines of a text file with delimiters."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ingestion.codebook import Survey
from ingestion.table import Cell, Choice, FileUnreadable, Lines, text_cell

# More columns than any questionnaire has: guards against a file whose delimiter is not the expected one.
csv.field_size_limit(1_000_000)


def open_csv(path: Path, name: str, survey: Survey) -> Lines:
    """The lines of a CSV file. Raises FileUnreadable when it is not text in the expected encoding."""
    encoding = survey.encoding or "utf-8-sig"
    delimiter = survey.delimiter or ";"
    content = path.read_bytes()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        byte = f"0x{content[error.start]:02x}"
        raise FileUnreadable("encoding_unreadable", name, byte=byte, at=row, encoding=encoding) from error
    if "\x00" in text:
        raise FileUnreadable("not_text", name)

    def read() -> Iterator[list[Cell]]:
        with path.open(encoding=encoding, newline="") as file:
            lines = csv.reader(file, delimiter=delimiter, strict=True)
            while True:
                try:
                    line = next(lines)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise FileUnreadable("csv_broken", name, error=error) from error
                yield [text_cell(value) for value in line]

    return Lines(Choice("csv", encoding=encoding, delimiter=delimiter, decimal=survey.decimal), read)
