"""From a figure down to the cell: what a trace says is compared with the delivered files and with SQL of its own."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from audit.figure import MEASURES_OF_SCORES, MEASURES_OF_VALUES, Figure, PublishedRelease
from audit.trace import trace
from orchestration.paths import Home
from tests.installation import Command


def delivered_cell(inbox: Path, file_name: str, row: int, header: str) -> str:
    """The cell of a delivered file, found without the reader under test: row as a person counts, column by header."""
    path = inbox / file_name
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [list(cells) for cells in csv.reader(file, delimiter=";")]
    else:
        sheet = load_workbook(path, read_only=True).worksheets[0]
        rows = [["" if cell is None else str(cell) for cell in cells] for cells in sheet.iter_rows(values_only=True)]
    headers = next(cells for cells in rows if header in cells)
    return rows[row - 1][headers.index(header)]


def test_a_median_is_followed_down_to_the_cells_of_the_delivered_files(built: Home, command: Command) -> None:
    asked = ("audit", "trace", "2024", "--node", "I.3", "--segment", "size/small", "--measure", "median", "--json")
    result = command(built, *asked)
    assert result.exit_code == 0, result.err
    report = result.json
    assert report["agrees"] and report["figure"]["agrees"] and report["steps"]["differ"] == 0

    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        median, n = connection.execute(
            "select median, n from benchmark.score_distribution where edition_id = 2024 and node_id = 'I.3'"
            " and cut_id = 'size' and segment_id = 'small'"
        ).fetchone()
        small = connection.execute("select cluster_id from core.dim_cluster_edition where size = 'small'").fetchall()
    assert report["figure"]["value"] == median
    assert {cluster["cluster_id"] for cluster in report["clusters"]} == {cluster for (cluster,) in small}
    scores = sorted(
        node["score"] for cluster in report["clusters"] for node in cluster["nodes"] if node["node_id"] == "I.3"
    )
    assert len(scores) == n
    middle = scores[(n - 1) // 2 : n // 2 + 1]
    assert sum(middle) / len(middle) == pytest.approx(median, abs=1e-12)

    answers = [
        (cluster["cluster_id"], node["node_id"], answer)
        for cluster in report["clusters"]
        for node in cluster["nodes"]
        for answer in node.get("answers", ())
    ]
    # Two questions each for three sums, and the five columns of the instruments.
    assert len(answers) == len(small) * (3 * 2 + 5)
    for _, _, answer in answers:
        found = delivered_cell(built.inbox / "2024", answer["file_name"], answer["row_number"], answer["column_name"])
        if answer["option_id"] != "other":  # free text stays in the file
            assert found == (answer["answer_text"] or "")
    assert {file["sha256"] for file in report["load"]["files"]} >= {answer["file_sha256"] for *_, answer in answers}
    assert all((built.raw / f"{answer['file_sha256']}.csv").is_file() for *_, answer in answers)
    assert report["load"]["load_id"] == "L000001" and report["load"]["outcome"] == "loaded"
    statuses = {check["status"] for check in report["checks"]["checked"]}
    assert {"pass", "not_applicable"} <= statuses <= {"pass", "fail", "not_applicable"}
    assert {check["door"] for check in report["checks"]["checked"]} == {"raw", "facts", "scores"}


def test_answers_of_every_survey_are_found_where_the_trace_says(built: Home, command: Command) -> None:
    report = command(built, "audit", "trace", "2024", "--node", "overall", "--cluster", "K051", "--json").json
    by_survey: dict[str, list[dict]] = {}
    for node in report["clusters"][0]["nodes"]:
        for answer in node.get("answers", ()):
            by_survey.setdefault(answer["survey"], []).append(answer)
    assert set(by_survey) == {"coordinator", "desk_research"}
    for answers in by_survey.values():
        for answer in random.Random(3).sample(answers, min(len(answers), 8)):
            cell = delivered_cell(
                built.inbox / "2024", answer["file_name"], answer["row_number"], answer["column_name"]
            )
            if answer["answer_text"] is not None:
                assert cell == answer["answer_text"]


def test_the_text_shows_the_way_from_a_cluster_s_score_to_its_row(built: Home, command: Command) -> None:
    result = command(built, "audit", "trace", "2024", "--node", "I.3.1", "--cluster", "K051")
    assert result.exit_code == 0, result.err
    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        (score,) = connection.execute(
            "select score from core.fct_score where cluster_id = 'K051' and node_id = 'I.3.1'"
        ).fetchone()
        row, sha256 = connection.execute(
            "select row_number, file_sha256 from core.fct_answer"
            " where cluster_id = 'K051' and question_id = 'cluster_budget_year_1'"
        ).fetchone()
    for part in (
        repr(score),
        "computed again from what is below: the same",
        "SYNTHETIC DATA",
        "sum of 2 questions, divided by 1000; a blank counts as missing",
        f"[ankieta_koordynatorow_2024_syntetyczne.csv, row {row}, column P14_2022,",
        sha256,
        "Load L000001: loaded",
        "raw door:",
    ):
        assert part in result.out, part


def test_every_kind_of_figure_of_every_edition_can_be_traced_and_agrees(all_editions: Home) -> None:
    random_ = random.Random(5)
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        release = PublishedRelease(all_editions.published.resolve(), connection)
        for (edition,) in connection.execute("select edition_id from core.dim_edition order by 1").fetchall():
            key = [edition]
            nodes = connection.execute(
                "select distinct node_id, level from core.fct_score where edition_id = ? order by 1", key
            ).fetchall()
            segments = connection.execute(
                "select cut_id, segment_id from core.dim_segment where edition_id = ? order by 1, 2", key
            ).fetchall()
            clusters = connection.execute(
                "select cluster_id from core.dim_cluster_edition where edition_id = ? order by 1", key
            ).fetchall()
            indicators = [node for node, level in nodes if level == "indicator"]
            figures = [
                Figure(edition, random_.choice(nodes)[0], "score", *random_.choice(segments), measure)
                for measure in MEASURES_OF_SCORES
            ]
            figures += [
                Figure(edition, random_.choice(indicators), "value", *random_.choice(segments), measure)
                for measure in MEASURES_OF_VALUES
            ]
            figures += [
                Figure(edition, node, "score", cluster_id=random_.choice(clusters)[0])
                for node in ("overall", random_.choice(indicators))
            ]
            for figure in figures:
                report = trace(release, figure)
                assert report["agrees"], (figure, report["figure"], report["steps"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update benchmark.score_distribution set median = median + 1e-6 where node_id = 'I.3'", "DIFFERENT: 0."),
        (
            "update core.fct_score set score = score / 2 where node_id = 'I.3.2' and score > 0",
            "DIFFERENT: computed again",
        ),
        (
            "update core.fct_answer set answer_number = answer_number + 1 where question_id = 'own_funds_year_1'",
            "DIFFERENT: the answers give",
        ),
        (
            "update core.fct_normalisation_bound set upper_bound = upper_bound * 2 where node_id = 'I.3.1'",
            "DIFFERENT: the values of all clusters give bounds",
        ),
    ],
    ids=["figure", "score", "answer", "bound"],
)
def test_a_release_that_was_changed_by_hand_is_found_out(built: Home, command: Command, tmp_path, change, said) -> None:
    release = Path(shutil.copytree(built.published.resolve(), tmp_path / "changed"))
    with duckdb.connect(release / "benchmarking.duckdb") as connection:
        connection.execute(change)
    asked = ("audit", "trace", "2024", "--node", "I.3", "--segment", "size/small", "--release", str(release))
    result = command(built, *asked)
    assert result.exit_code == 3
    assert said in result.out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("2023", "--node", "I.3", "--segment", "all/all"), "no edition 2023 in the release; there is 2024"),
        (("2024", "--node", "I.33", "--segment", "all/all"), "no node 'I.33' in the release; there is I.3"),
        (("2024", "--node", "I.3", "--segment", "size/tiny"), "no segment 'size/tiny' in the release"),
        (("2024", "--node", "I.3", "--cluster", "K999"), "no cluster 'K999' in the release"),
        (("2024", "--node", "I.3", "--segment", "all/all", "--measure", "mode"), "no measure of scores 'mode'"),
        (("2024", "--node", "I.3", "--segment", "all/all", "--of", "value"), "values are of indicators only"),
        (("2024", "--node", "I.3", "--segment", "all/all", "--release", "R9"), "no release 'R9'"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(built: Home, command: Command, asked, said) -> None:
    result = command(built, "audit", "trace", *asked)
    assert result.exit_code == 2
    assert said in result.err
