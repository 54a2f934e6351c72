"""Reading the CSV files of a codebook into checked rows; the types their cells have."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError


class CodebookError(Exception):
    """A codebook file says something it cannot mean; the message names file and row."""


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _yes_is_true(value: object) -> object:
    return {"yes": True, "no": False}.get(value, value)  # type: ignore[call-overload]


Text = Annotated[str | None, BeforeValidator(_empty_is_none)]
Number = Annotated[float | None, BeforeValidator(_empty_is_none)]
Integer = Annotated[int | None, BeforeValidator(_empty_is_none)]
YesNo = Annotated[bool, BeforeValidator(_yes_is_true)]


class Row(BaseModel):
    """A row of a codebook file; a column it does not name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnyRow = TypeVar("AnyRow", bound=Row)


def read_rows(path: Path, model: type[AnyRow]) -> tuple[AnyRow, ...]:
    """The rows of a CSV file in UTF-8, each checked against `model`. Raises CodebookError, naming file, row, column."""
    if not path.is_file():
        raise CodebookError(f"{path}: the file is missing; its columns are {', '.join(model.model_fields)}")
    rows = []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookError(f"{path}: byte {error.start} is not UTF-8; save the file as CSV in UTF-8") from error
    with io.StringIO(text, newline="") as file:
        reader = csv.DictReader(file)
        found = reader.fieldnames or ()
        needed = [name for name, field in model.model_fields.items() if field.is_required()]
        if found and (missing := [name for name in needed if name not in found]):
            raise CodebookError(
                f"{path}, row 1: found the columns {', '.join(found)}; missing are {', '.join(missing)} "
                "(commas stand between cells)"
            )
        for number, row in enumerate(reader, start=2):
            if None in row:
                raise CodebookError(
                    f"{path}, row {number}: found {row[None]!r} beyond the last column; "
                    "a cell with a comma in it needs double quotes around it"
                )
            try:
                rows.append(model.model_validate(row))
            except ValidationError as error:
                first = error.errors()[0]
                column = ".".join(map(str, first["loc"]))
                raise CodebookError(
                    f"{path}, row {number}, column {column}: found {first['input']!r}; {first['msg']}"
                ) from error
    return tuple(rows)


def check_unique(path: Path, keys: list[str]) -> None:
    """Raise CodebookError when a key stands in two rows of the file."""
    seen: dict[str, int] = {}
    for number, key in enumerate(keys, start=2):
        if key in seen:
            raise CodebookError(f"{path}, row {number}: {key} stands already in row {seen[key]}; each must be unique")
        seen[key] = number
