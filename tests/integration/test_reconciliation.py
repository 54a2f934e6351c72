"""Published figures beside computed ones: all are there as printed, computed a second time here, and judged alike."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import PROJECT
from tests.integration.recomputed import Recomputed

SEED = PROJECT / "dbt_project" / "seeds" / "published_figure.csv"
PAGE = PROJECT / "docs" / "reconciliation.md"
# The 2850 cells of Tables 18–36 as they were typed from the report: table, segment, node, measure and printed text.
SCORES_SHA256 = "3538aa4a70a70d76ff0a4c48b72bfed1b811471feecb1fbf9063cc05ee666080"


@pytest.fixture(scope="module")
def seed() -> list[dict[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(database: Path) -> list[dict[str, Any]]:
    """The rows of audit.reconciliation."""
    with duckdb.connect(database, read_only=True) as connection:
        result = connection.execute("select * from audit.reconciliation")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def reconciled(all_editions) -> list[dict[str, Any]]:
    return read(all_editions.published / "benchmarking.duckdb")


@pytest.fixture(scope="module")
def recomputed(all_editions) -> Recomputed:
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        return Recomputed(connection)


def test_every_cell_of_the_tables_was_typed(seed) -> None:
    cells = Counter(int(row["table_no"]) for row in seed if row["table_no"] and not row["figure_id"].startswith("L"))
    assert cells[10] == 25 * 6
    assert {table: cells[table] for table in range(18, 37)} == dict.fromkeys(range(18, 37), 6 * 25)
    assert sum(cells[table] for table in range(18, 37)) == 6 * 25 * 19 == 2850
    assert cells[37] == 207
    # Mean, median and benchmark of every indicator but the ordinals and yes/no, of which the report prints none.
    assert {table: cells[table] for table in range(13, 18)} == {13: 42, 14: 54, 15: 60, 16: 45, 17: 48}
    assert sum(row["source"].endswith("audit of websites") for row in seed) == 2 * 10
    statements = [row for row in seed if re.match(r"[IV]+\.\d.*", row["statement"]) and row["edition_id"] == "2024"]
    assert len(statements) == 566 + 8, "countable statements, and eight of the summary and chapter 10"


def test_the_scores_are_as_printed_with_both_decimals(seed) -> None:
    scores = [row for row in seed if row["table_no"] and 18 <= int(row["table_no"]) <= 36]
    columns = ("table_no", "cut_id", "segment_id", "node_id", "measure", "published")
    text = "\n".join(sorted(",".join(row[column] for column in columns) for row in scores))
    assert hashlib.sha256(text.encode()).hexdigest() == SCORES_SHA256
    assert all(re.fullmatch(r"[01]\.\d\d", row["published"]) for row in scores)


def test_the_warehouse_has_every_figure_as_printed(seed, reconciled) -> None:
    assert {row["figure_id"]: row["published"] or None for row in seed} == {
        row["figure_id"]: row["published"] for row in reconciled
    }


def test_what_is_computed_is_what_a_second_computation_finds(reconciled, recomputed) -> None:
    checked: Counter[str] = Counter()
    for figure in reconciled:
        if (expected := recomputed.figure(figure)) is not None:
            assert figure["computed"] == pytest.approx(expected, rel=1e-9, abs=1e-9), figure
            checked[figure["mart"]] += 1
    print(f"computed a second time: {dict(checked)}")
    computed = Counter(figure["mart"] for figure in reconciled if figure["computed"] is not None)
    for mart in ("score_distribution", "fct_indicator_value", "option_share", "member_opinion", "fct_answer",
                 "accessibility_criterion"):  # fmt: skip
        assert checked[mart] == computed[mart] > 0, mart
    assert checked["indicator_statistic"] > 600


def verdict(figure: dict[str, Any]) -> str:
    """The verdict by decimal arithmetic on the printed text."""
    if figure["reading"] is not None:
        return "source_conflict"
    if figure["computed"] is None:
        return "not_computed"
    computed, published = Decimal(figure["computed"]), Decimal(figure["published"])
    place = Decimal(1).scaleb(published.as_tuple().exponent)
    if figure["relation"] == "about" and place == 1:
        place = Decimal(10) ** (len(figure["published"]) - len(figure["published"].rstrip("0")))
    holds = {
        "above": computed > published,
        "below": computed < published,
        "at_most": computed <= published,
        "equal": abs(computed - published) <= place / 2 + Decimal("1e-9"),
        "about": abs(computed - published) <= place / 2 + Decimal("1e-9"),
    }
    return "agrees" if holds[figure["relation"]] else "differs"


def test_verdicts_follow_from_the_printed_digits(reconciled) -> None:
    wrong = [row for row in reconciled if row["verdict"] != verdict(row)]
    assert wrong == []
    seen = Counter(row["verdict"] for row in reconciled)
    assert min(seen[name] for name in ("agrees", "differs", "source_conflict", "not_computed")) > 50


def test_statements_that_contradict_each_other_are_no_difference_of_the_warehouse(reconciled) -> None:
    readings = {
        (row["reading"], row["published"]): row["verdict"]
        for row in reconciled
        if row["edition_id"] == 2024 and row["node_id"] == "IV.1.8" and row["measure"] in ("median", "benchmark")
    }
    assert readings == dict.fromkeys(
        [("annex", "0.0"), ("chapter", "1"), ("annex", "21.0"), ("annex", "21"), ("chapter", "24")], "source_conflict"
    )
    clusters = {row["reading"]: row["is_within"] for row in reconciled
                if row["edition_id"] == 2014 and row["subject_id"] == "clusters"}  # fmt: skip
    assert clusters == {"later report": False, "edition's own pages": True}


def test_nothing_is_computed_of_an_edition_that_is_not_loaded(built) -> None:
    rows = [row for row in read(built.published / "benchmarking.duckdb") if row["edition_id"] != 2024]
    assert len(rows) > 300
    assert {row["computed"] for row in rows} == {None}
    assert {row["verdict"] for row in rows} == {"not_computed", "source_conflict"}
    assert sum(row["reason"] == "the edition is not loaded" for row in rows) > 280


def test_the_page_says_how_near_the_sample_is(all_editions) -> None:
    """Its first table is what its first query gives."""
    text = PAGE.read_text(encoding="utf-8")
    query = re.search(r"```sql\n(.*?)```", text, re.DOTALL)[1]
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        found = [["" if cell is None else str(cell) for cell in row] for row in connection.execute(query).fetchall()]
    lines = [line for line in text.splitlines() if re.match(r"\| (20\d\d) \|", line)]
    printed = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    table = "\n".join("| " + " | ".join(row) + " |" for row in found)
    assert printed == found, f"the table should read\n{table}"
