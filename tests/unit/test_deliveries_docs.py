"""docs/deliveries.md tells of every kind of problem as it is, and its examples are what the program writes."""

from __future__ import annotations

import re

import pytest

from ingestion.problem import LANGUAGES, Language, Problem, kinds
from ingestion.problem_docs import PATH, RANKS, brought_up_to_date
from ingestion.problem_table import table_of
from ingestion.problem_text import as_terminal_text

PAGE = PATH.read_text(encoding="utf-8")


def test_the_tables_are_up_to_date() -> None:
    assert brought_up_to_date(PAGE) == PAGE, "run python -m ingestion.problem_docs"


def test_every_kind_has_a_line() -> None:
    assert re.findall(r"(?m)^\| `(\w+)` \| (?:error|warning|note) \|", PAGE) == sorted(
        kinds(), key=lambda kind: kinds()[kind].rank
    )
    assert {kind.rank for kind in kinds().values()} <= set(RANKS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_is_what_is_written(language: Language) -> None:
    file, register = "ankieta_koordynatorow_2024.csv", "rejestr_klastrow_2024.xlsx"
    parts = {
        "parts": "P01 700", "added": "700", "whole": "29", "whole_file": register, "whole_row": 6,
        "whole_column": "Liczba członków",
    }  # fmt: skip
    found = [
        Problem("cluster_unknown_near", file, 5, "id_klastra", said={"cluster": "2024-99", "near": "2024-09"}),
        Problem("part_above_whole", file, 4, "P01", said=parts),
    ]
    text = as_terminal_text(table_of([problem.as_dict() for problem in found], language), language)
    assert f"```\n{text}\n```" in PAGE
