"""A CSV file holds what it was given, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv

import pytest

from ingestion.csv_file import defused, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+48 600", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://x")'])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "a=b", "'=1", " =1", -2, -2.5, None, True, "[1]"])
def test_anything_else_stays_as_it_is(cell: object) -> None:
    assert defused(cell) is cell


def test_what_is_written_is_read_back(tmp_path) -> None:
    path = tmp_path / "table.csv"
    write_csv(path, ["a", "b"], [['Łódź; "x"\nnext', None], ["=1", -1]])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ['Łódź; "x"\nnext', ""], ["'=1", "-1"]]
    assert [each.name for each in tmp_path.iterdir()] == ["table.csv"]
