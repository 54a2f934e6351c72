"""The first ten queries: each gives the answer that stands under it, the public file those it is said to give."""

from __future__ import annotations

import re

import duckdb
import pytest

from orchestration.paths import PROJECT

PAGE = (PROJECT / "docs" / "first-ten-queries.md").read_text(encoding="utf-8")
ASKED = re.findall(r"^## (\d+)\. ([^\n]*)\n.*?```sql\n(.*?)```\n\n((?:\|[^\n]*\|\n)+)", PAGE, re.DOTALL | re.MULTILINE)


def cells(line: str) -> list[str]:
    """The cells of a line of a table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def test_there_are_ten_and_the_page_says_that_figures_are_synthetic() -> None:
    assert [int(number) for number, *_ in ASKED] == list(range(1, 11))
    assert PAGE.count("```sql") == 10
    assert "synthetic" in PAGE.split("## 1.")[0] and "SYNTETYCZNE" in PAGE.split("## 1.")[0]


@pytest.mark.parametrize(("number", "question", "query", "table"), ASKED, ids=[number for number, *_ in ASKED])
def test_a_query_gives_the_answer_printed(all_editions, number: str, question: str, query: str, table: str) -> None:
    header, _, *printed = [cells(line) for line in table.splitlines()]
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        answer = connection.execute(query)
        names, rows = [column[0] for column in answer.description], answer.fetchall()
    assert names == header
    assert [["" if value is None else str(value) for value in row] for row in rows] == printed
    if question.endswith("(public)"):
        with duckdb.connect(all_editions.published / "public.duckdb", read_only=True) as connection:
            public = connection.execute(query).fetchall()
        assert len(public) == len(rows) and any(value is not None for row in public for value in row[2:])
