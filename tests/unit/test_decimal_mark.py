"""The decimal mark of a file is the one that its numbers show; where they show none, or both, the codebook's stays."""

from __future__ import annotations

from functools import partial

import pytest

from ingestion.decimal_mark import find_decimal, mark_of
from ingestion.table import BLANK, Cell, Choice, Table


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        *((text, ",") for text in ("12,5", "0,711", "-3,14159", "1.234,5", "1 234,567", "1.234.567", "2500,125")),
        *((text, ",") for text in ("1'234,5", "ok. 12,5", "12,5%", "1,2 mln", ">1.000,50", "10,5-20,5")),
        *((text, ".") for text in ("12.5", "0.711", "1,234.5", "1\u00a0234.567", "1,234,567", "2500.125", "1'234.50")),
        *((text, None) for text in ("1.711", "1,711", "12", "1 711", "", "brak", "12.05.2023", "1.2.3", "1,2,3", ".")),
        ("x" * 30 + " 12,5 i jeszcze dużo", None),
    ],
)
def test_only_a_number_that_reads_in_one_way_is_evidence(text: str, mark: str | None) -> None:
    assert mark_of(text) == mark


def budgets(codebook, *budgets: str | Cell) -> tuple[str, bool, list[tuple[str, int | None]]]:
    """Decimal mark, whether it is certain, and the notes with their rows, of a file with these answers to Q1."""
    cells = [budget if isinstance(budget, Cell) else Cell(budget or None) for budget in budgets]
    rows = [(row, (cell, Cell("1.5"))) for row, cell in enumerate(cells, start=2)]
    table = Table(("Q1", "sent"), Choice("csv", decimal=","), partial(iter, rows))
    found = find_decimal(table, "coordinator", "c.csv", codebook)
    return found.choice.decimal, found.choice.is_decimal_certain, [(note.kind, note.row) for note in found.notes]


def test_the_numbers_of_the_file_decide_and_nothing_else(codebook) -> None:
    assert budgets(codebook, "1.711", "12,5") == (",", True, [])
    assert budgets(codebook, "1.711", "12", "12.5") == (".", True, [("decimal_differs", 4)])
    assert budgets(codebook, "1.711", "", "brak") == (",", False, [])
    assert budgets(codebook, Cell("12.5", 12.5), BLANK) == (",", False, []), "a stored number is no evidence"


def test_both_marks_leave_it_as_it_was_with_a_warning(codebook) -> None:
    assert budgets(codebook, "12,5", "12.5", "1.711") == (",", False, [("decimal_mixed", None)])
