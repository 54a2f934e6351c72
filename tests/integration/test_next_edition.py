"""The next edition is added by writing files: two new indicators, one dropped, a changed unit, a new size band.

The expected figures are worked out here, from the numbers that the made-up clusters answer.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.codebook import load_codebook
from tests.integration.made_up_delivery import MadeUpDelivery, N

Rows = list[dict[str, str]]


def edit(path: Path, change: Callable[[Rows], Rows]) -> None:
    """Change the rows of a CSV file as a person does in a spreadsheet."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


def added(*new: dict[str, str]) -> Callable[[Rows], Rows]:
    """The rows with others behind them."""
    return lambda rows: [*rows, *new]


def without(column: str, value: str) -> Callable[[Rows], Rows]:
    """The rows but those with a value in a column."""
    return lambda rows: [row for row in rows if row[column] != value]


def changed(column: str, values: set[str], **cells: str) -> Callable[[Rows], Rows]:
    """The rows, with other cells where a column has one of the values."""
    return lambda rows: [row | cells if row[column] in values else row for row in rows]


def question(question_id: str, position: int, header: str, **cells: str) -> dict[str, str]:
    common = {"survey": "coordinator", "type": "number", "required": "no", "hard_minimum": "0"}
    wording = {"wording_pl": f"Pytanie {header}", "wording_en": f"Question {header}"}
    return common | wording | {"question_id": question_id, "position": str(position), "header": header} | cells


def indicator(node_id: str, parent: str, position: int, code: str, unit: str, kind: str) -> dict[str, str]:
    names = {"name_pl": f"Wskaźnik {code}", "name_en": f"Indicator {code}", "direction": "1", "provenance": "assumed"}
    place = {"node_id": node_id, "level": "indicator", "parent_node_id": parent, "position": str(position)}
    return place | names | {"code": code, "unit": unit, "value_type": kind}


def write_codebook(root: Path) -> None:
    """What a person does with the scaffold, file by file."""
    folder, framework = root / "2026", root / "frameworks" / "pl_2026.csv"
    edit(
        folder / "questions.csv",
        added(
            question("apprentices", 201, "P201", type="integer", unit="os.", multiplier="1"),
            question("green_investment_year_1", 202, "P202_2024", unit="tys. zł", multiplier="1000"),
            question("green_investment_year_2", 203, "P202_2025", unit="tys. zł", multiplier="1000"),
        ),
    )
    # Dropped: who is no longer asked, with the indicator made of it.
    edit(folder / "questions.csv", without("question_id", "researchers_involved"))
    edit(folder / "rules.csv", without("node_id", "I.1.3"))
    edit(folder / "conformance.csv", without("node_id", "I.1.3"))
    edit(framework, without("node_id", "I.1.3"))
    # New: an indicator of one answer, and one of two years.
    edit(
        framework,
        added(
            indicator("I.1.5", "I.1", 201, "apprentices", "os.", "count"),
            indicator("V.2.7", "V.2", 202, "green_investment", "tys. zł", "sum_pln"),
        ),
    )
    edit(
        folder / "rules.csv",
        added(
            {"node_id": "I.1.5", "kind": "value", "inputs": "apprentices", "scale": "1", "blank_means": "zero"},
            {
                "node_id": "V.2.7",
                "kind": "sum",
                "inputs": "green_investment_year_1;green_investment_year_2",
                "scale": "1000",
                "blank_means": "zero",
            },
        ),
    )
    new = [{"node_id": node_id, "comparability": "new"} for node_id in ("I.1.5", "V.2.7")]
    edit(folder / "conformance.csv", added(*new))
    # Another unit: the budget is asked in zł, no longer in thousands.
    years = {"cluster_budget_year_1", "cluster_budget_year_2"}
    bounds = {"plausible_minimum": "", "plausible_maximum": ""}
    edit(folder / "questions.csv", changed("question_id", years, unit="zł", multiplier="1", **bounds))
    # Another size band above the largest.
    edit(folder / "segments.csv", changed("segment_id", {"very_large"}, upper_bound="299"))
    giant = {"name_pl": "największe (300 i więcej członków)", "name_en": "giant (300 or more members)"}
    edit(
        folder / "segments.csv",
        added({"cut_id": "size", "segment_id": "giant", "position": "99", "lower_bound": "300"} | giant),
    )


def rows_of(database: Path, edition_id: int) -> dict[str, list]:
    """The rows of one edition in every published table that has editions, but those about runs."""
    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(
            "select schema_name, table_name from duckdb_columns()"
            " where column_name = 'edition_id' and schema_name in ('core', 'benchmark', 'survey') order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                f"select * from {schema}.{table} where edition_id = ? order by all", [edition_id]
            ).fetchall()
            for schema, table in found
        }


@pytest.fixture
def ask(home) -> Callable[[str], list]:
    """Queries the published warehouse."""

    def query(text: str) -> list:
        with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
            return connection.execute(text).fetchall()

    return query


def test_the_next_edition_is_added_by_writing_files_only(home, command, own_codebooks, ask) -> None:
    before = rows_of(home.published / "benchmarking.duckdb", 2024)
    assert command(home, "new-edition", "2026", "--from", "2024", "--framework", "pl_2026").exit_code == 0
    write_codebook(own_codebooks)

    known = dict(ask("select cluster_id, name from core.dim_cluster order by cluster_id limit 2"))
    ids = [*known, *(f"N{i:02d}" for i in range(2, N))]
    names = [*known.values(), *(f"Zmyślony Klaster Przykładowy {i:02d}" for i in range(2, N))]
    answers = {
        "apprentices": lambda i: 3 * i,
        "green_investment_year_1": lambda i: 10 * i,
        "green_investment_year_2": lambda i: 5 * i,
        "cluster_budget_year_1": lambda i: 1000 * (100 + i),
        "cluster_budget_year_2": lambda i: 1000 * (50 + i),
    }
    MadeUpDelivery(load_codebook(2026, own_codebooks), names, answers).write(home.inbox / "2026")

    # Names that nobody knows yet are told, with the line to add; a person adds them.
    refused = command(home, "load", "2026", "--dry-run", "--json")
    assert refused.exit_code == 3
    unknown = [problem["found"] for problem in refused.json["problems"] if problem["severity"] == "error"]
    assert sorted(unknown) == names[2:]
    pairs = list(zip(names, ids, strict=True))[2:]
    new = [{"name": name, "cluster_id": cluster_id, "from_edition": "2026"} for name, cluster_id in pairs]
    edit(home.clusters / "aliases.csv", added(*new))
    accepted = command(home, "load", "2026", "--dry-run", "--json")
    assert (accepted.exit_code, accepted.json["clusters"]) == (0, {"register": N, "answered_all_surveys": N})

    result = command(home, "load", "2026")
    assert result.exit_code == 0, result.err
    cluster = {cluster_id: i for i, cluster_id in enumerate(ids)}

    # New indicators: what was answered, in the published unit, and scored between the smallest and the largest.
    values = ask("select cluster_id, node_id, value, status from core.fct_indicator_value where edition_id = 2026")
    got = {(cluster[cluster_id], node_id): value for cluster_id, node_id, value, _ in values}
    assert {status for *_, status in values} <= {"reported", "zero", "missing"}
    scores = ask("select cluster_id, node_id, score from core.fct_score where edition_id = 2026")
    scored = {(cluster[cluster_id], node_id): score for cluster_id, node_id, score in scores}
    for i in range(N):
        assert got[i, "I.1.5"] == 3 * i
        assert got[i, "V.2.7"] == 15 * i  # thousand zł
        assert scored[i, "I.1.5"] == pytest.approx(i / (N - 1), abs=1e-12)
        assert scored[i, "V.2.7"] == pytest.approx(i / (N - 1), abs=1e-12)

    # The dropped one has no row; its sub-area is the mean of what is left.
    everywhere = "select count(*) from {} where edition_id = 2026 and node_id = 'I.1.3'"
    for table in ("core.fct_indicator_value", "core.fct_score", "benchmark.indicator_statistic"):
        assert ask(everywhere.format(table)) == [(0,)]
    assert ask("select count(*) from core.dim_node where framework_id = 'pl_2026' and node_id = 'I.1.3'") == [(0,)]
    for i in range(N):
        left = [scored[i, node_id] for node_id in ("I.1.1", "I.1.2", "I.1.4", "I.1.5")]
        assert scored[i, "I.1"] == pytest.approx(sum(left) / 4, abs=1e-12)

    # The changed unit gives the same amount: thousand zł in both editions.
    for i in range(N):
        assert got[i, "I.3.1"] == pytest.approx(150 + 2 * i, abs=1e-9)

    # The new size band has its clusters: 20 + 30·i members.
    sizes = ask("select cluster_id, size from core.dim_cluster_edition where edition_id = 2026")
    bands = {
        "small": range(0, 1),
        "medium": range(1, 2),
        "large": range(2, 5),
        "very_large": range(5, 10),
        "giant": range(10, N),
    }
    assert {cluster[cluster_id]: size for cluster_id, size in sizes} == {
        i: s for s, band in bands.items() for i in band
    }
    giant = "from benchmark.indicator_statistic where edition_id = 2026 and segment_id = 'giant' and node_id = 'I.1.5'"
    assert ask(f"select n, median {giant}") == [(2, 3 * 10.5)]

    # Clusters go on under their identity, and the earlier edition is as it was.
    went_on = "select cluster_id, first_edition_id from core.dim_cluster where n_editions = 2 order by 1"
    assert ask(went_on) == [(cluster_id, 2024) for cluster_id in known]
    after = rows_of(home.published / "benchmarking.duckdb", 2024)
    # That says what each edition did not ask, too: now also of the questions that are new in 2026.
    is_new = {"apprentices", "green_investment_year_1", "green_investment_year_2"}
    after["core.question_edition"] = [row for row in after["core.question_edition"] if row[1] not in is_new]
    assert after == before
    assert all(before[table] for table in ("core.fct_score", "benchmark.indicator_statistic", "core.question_edition"))
