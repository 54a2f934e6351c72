"""Corrections and rejected cells from end to end: four loads into one home, each looked at from several sides."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from audit.figure import Figure, PublishedRelease
from audit.trace import trace
from audit.trace_text import trace_text
from ingestion.codebook import FOLDER_VARIABLE, codebooks_folder
from ingestion.correction_file import CorrectionLine
from ingestion.ledger import Ledger, Load
from orchestration.command import main
from orchestration.paths import Home
from tests.installation import edit_answer, outcomes
from tests.method.comparison import differences_of, read_rows
from tests.method.reference_answers import EditionAnswers
from tests.method.reference_core import score_rows, value_rows
from tests.method.reference_numbers import null_if_nan
from tests.method.reference_scores import EditionScores

# Cells of the coordinators' export as delivered, by row (from 0) and header, so that what follows is known.
CELLS = {
    (0, "P04"): "16 513",
    (0, "P18"): "A1",
    (1, "P35"): "3",
    **{(1, f"P12_{number}"): tick for number, tick in zip("12345", "10101", strict=True)},
    (1, "P12_inne"): "",
    (2, "P24_2022"): "5",
    (2, "P24_2023"): "10",
    (3, "P35"): "2",
    (4, "P32"): "103 976",
}
# Cells that are no answers, and why; two are allowed, so the third is put right before the second load.
BAD_CELLS = {
    (5, "P34"): ("dużo", "not a number"),
    (6, "P31"): ("100,5", "above what is possible"),
    (7, "P20"): ("może", "not one of the answer options"),
}
# The corrections of the cluster in a row of the export: what each says, and what becomes of it.
CORRECTIONS: tuple[tuple[int, dict[str, str], str], ...] = (
    (0, {"correction_id": "number", "question_id": "employment_all_members", "action": "override",
         "new_value": "20 000", "expected_before": "16513"}, "applied"),
    (0, {"correction_id": "choice", "question_id": "strategy_status", "action": "override",
         "new_value": "brak strategii w formie pisemnej", "expected_before": "A1"}, "applied"),
    (1, {"correction_id": "drop", "question_id": "domestic_other_events", "action": "drop",
         "expected_before": "3"}, "applied"),
    (1, {"correction_id": "tick", "question_id": "it_platform_functions", "option_id": "knowledge_repositories",
         "action": "override", "new_value": "tak", "expected_before": "0"}, "applied"),
    (2, {"correction_id": "indicator", "node_id": "II.2.1", "action": "override", "new_value": "33,5",
         "expected_before": "8"}, "applied"),
    (5, {"correction_id": "rejected", "question_id": "domestic_fairs", "action": "override", "new_value": "4",
         "expected_before": "dużo"}, "applied"),
    (3, {"correction_id": "other", "question_id": "domestic_other_events", "action": "override", "new_value": "9",
         "expected_before": "1"}, "not_as_expected"),
    (2, {"correction_id": "proposed", "node_id": "II.4.5", "action": "drop", "expected_before": "1",
         "status": "proposed"}, "not_accepted"),
    (4, {"correction_id": "remark", "question_id": "website_visits", "action": "flag"}, "flagged"),
)  # fmt: skip
# Value, status and is_corrected of the indicators concerned, worked out by hand; by row and node.
VALUES = {
    (0, "I.1.1"): (20_000, "reported", True),
    (0, "II.1.1"): (0, "reported", True),  # no written strategy: 0 of 2
    (1, "II.4.5"): (None, "missing", True),  # a blank would be zero, a dropped answer is not known
    (1, "I.2.5"): (4, "reported", True),  # three functions ticked, and one by the correction
    (2, "II.2.1"): (33.5, "reported", True),  # (5 + 10) / 2 = 7.5 by the answers, which is 8 in full units
    (3, "II.4.5"): (2, "reported", False),
    (5, "II.4.4"): (4, "reported", True),
    (6, "II.3.5"): (None, "rejected", False),
}


@dataclass(frozen=True)
class Story:
    """The home, the clusters in the order of the export's rows, and what stood in the cells made unreadable."""

    home: Home
    clusters: tuple[str, ...]
    good_cells: dict[tuple[int, str], str]

    def run(self, *arguments: str) -> int:
        """Give a command on the home."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLUSTERBENCH_HOME", str(self.home.root))
            return main(list(arguments))

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of the published release."""
        with duckdb.connect(self.home.published / "benchmarking.duckdb", read_only=True) as connection:
            return connection.execute(query, list(parameters)).fetchall()

    def values(self) -> dict[tuple[int, str], tuple[float | None, str, bool]]:
        """What is published of the indicators concerned."""
        query = "select cluster_id, node_id, value, status, is_corrected from core.fct_indicator_value"
        published = {(cluster, node): tuple(said) for cluster, node, *said in self.rows(query)}
        return {(row, node): published[self.clusters[row], node] for row, node in VALUES}

    @property
    def last_load(self) -> Load:
        """The last load of the ledger."""
        return Ledger(self.home.ledger).loads()[-1]

    def restore(self, row: int, header: str) -> None:
        """Put the good cell back."""
        edit_answer(self.home, header, self.good_cells[row, header], row)

    def write_corrections(self, *lines: dict[str, str]) -> None:
        """Write the corrections file of 2024."""
        self.home.corrections.mkdir(exist_ok=True)
        with (self.home.corrections / "2024.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(CorrectionLine.model_fields))
            writer.writeheader()
            writer.writerows({"reason": "by phone", "reported_by": "coordinator", "status": "accepted"} | line
                             for line in lines)  # fmt: skip


@pytest.fixture(scope="module")
def delivered(built: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A copy of the built home with another delivery in its inbox, and a codebook that allows two rejected cells."""
    root = tmp_path_factory.mktemp("corrections")
    home = Home(shutil.copytree(built.root, root / "data", symlinks=True))
    codebooks = shutil.copytree(codebooks_folder(), root / "codebooks")
    edition = codebooks / "2024" / "edition.yml"
    edition.write_text("max_rejected: 2\n" + edition.read_text(encoding="utf-8"), encoding="utf-8")
    for (row, header), text in CELLS.items():
        edit_answer(home, header, text, row)
    good = {place: edit_answer(home, place[1], text, place[0]) for place, (text, _) in BAD_CELLS.items()}
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        query = "select cluster_id from core.fct_answer where column_name = 'P04' order by row_number"
        clusters = tuple(cluster for (cluster,) in connection.execute(query).fetchall())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(codebooks))
        yield Story(home, clusters, good)


@pytest.fixture(scope="module")
def refused(delivered: Story) -> Story:
    """After a load with three rejected cells."""
    assert delivered.run("load", "2024") == 3
    return delivered


@pytest.fixture(scope="module")
def stopped(refused: Story) -> Story:
    """After a load with two rejected cells and a corrections file that cannot be meant."""
    refused.restore(7, "P20")
    refused.write_corrections(
        {"correction_id": "gone", "cluster_id": "K999", "node_id": "I.1.1", "action": "drop", "expected_before": "1"}
    )
    assert refused.run("load", "2024") == 3
    return refused


@pytest.fixture(scope="module")
def corrected(stopped: Story) -> Story:
    """After a load with two rejected cells and corrections of every kind."""
    stopped.write_corrections(*({"cluster_id": stopped.clusters[row], **said} for row, said, _ in CORRECTIONS))
    assert stopped.run("load", "2024") == 0
    return stopped


@pytest.fixture(scope="module")
def mended(corrected: Story) -> Story:
    """After a load in which the source says what two of the corrections said, and every cell can be read."""
    edit_answer(corrected.home, "P04", "20 000", 0)
    edit_answer(corrected.home, "P34", "4", 5)
    corrected.restore(6, "P31")
    assert corrected.run("load", "2024") == 0
    return corrected


def test_more_rejected_cells_than_allowed_refuse_the_delivery_and_are_all_named(refused: Story) -> None:
    assert refused.home.published.resolve().name == "R000001"
    load = refused.last_load
    assert (load.outcome, len(load.rejected)) == ("refused", 3)
    said = sorted((problem["row"], problem["column"], problem["found"]) for problem in load.problems)
    assert said == sorted((row + 2, header, repr(text)) for (row, header), (text, _) in BAD_CELLS.items())


def test_a_correction_that_cannot_be_meant_refuses_the_run(stopped: Story) -> None:
    assert stopped.home.published.resolve().name == "R000001"
    assert (stopped.last_load.outcome, stopped.last_load.reason) == ("refused", "the corrections are refused")


def test_values_are_those_corrected(corrected: Story) -> None:
    assert outcomes(corrected.home) == ["loaded", "refused", "refused", "loaded"]
    assert corrected.values() == VALUES


def test_nothing_else_is_corrected(corrected: Story) -> None:
    query = "select cluster_id, node_id from core.fct_indicator_value where is_corrected"
    assert sorted(corrected.rows(query)) == sorted(
        (corrected.clusters[row], node) for (row, node), (_, _, is_corrected) in VALUES.items() if is_corrected
    )


def test_corrected_answers_keep_the_text_delivered(corrected: Story) -> None:
    query = """select question_id, option_id, answer_text, answer_number, status
        from core.fct_answer where is_corrected order by 1"""
    assert corrected.rows(query) == [
        ("domestic_fairs", None, "dużo", 4, "given"),
        ("domestic_other_events", None, "3", None, "refused"),
        ("employment_all_members", None, "16 513", 20_000, "given"),
        ("it_platform_functions", "knowledge_repositories", "0", 1, "given"),
        ("strategy_status", "none", "A1", 0, "given"),
    ]
    rejected = "select question_id, answer_text, answer_number from core.fct_answer where status = 'rejected'"
    assert corrected.rows(rejected) == [("ecommerce_sales_share", "100,5", None)]


def test_values_and_scores_are_those_of_answers_edited_by_hand(corrected: Story) -> None:
    with duckdb.connect(corrected.home.work_file, read_only=True) as connection:
        tables = {table: read_rows(connection, f"raw.{table}") for table in (
            "edition_setting", "delivery", "framework_node", "question", "survey", "cut", "segment", "indicator_rule",
            "answer",
        )}  # fmt: skip
    edited = {
        (0, "P04"): {"answer_number": 20_000.0},
        (0, "P18"): {"option_id": "none", "answer_number": 0.0},
        (1, "P35"): {"status": "refused", "answer_number": None},
        (1, "P12_2"): {"answer_number": 1.0},
        (5, "P34"): {"status": "given", "answer_number": 4.0},
    }
    for answer in tables["answer"]:
        if answer["survey"] == "coordinator":
            answer.update(edited.get((answer["row_number"] - 2, answer["column_name"]), {}))
    answers = EditionAnswers(tables, 2024)
    answers.values[corrected.clusters[2], "II.2.1"] = (33.5, "reported")
    expected = EditionScores(answers)
    with duckdb.connect(corrected.home.published / "benchmarking.duckdb", read_only=True) as connection:
        scores, values = (read_rows(connection, f"core.{name}") for name in ("fct_score", "fct_indicator_value"))
    by_hand = [{column: null_if_nan(said) for column, said in row.items()} for row in score_rows(expected)]
    assert differences_of("fct_score", scores, by_hand) == []
    unmarked = [{column: row[column] for column in row if column != "is_corrected"} for row in value_rows(expected)]
    assert differences_of("fct_indicator_value", values, unmarked) == []


def test_a_trace_tells_of_corrections_and_proves_what_they_left(corrected: Story) -> None:
    with duckdb.connect(corrected.home.published / "benchmarking.duckdb", read_only=True) as connection:
        release = PublishedRelease(corrected.home.published.resolve(), connection)
        for row, node, correction in ((0, "I.1.1", "number"), (1, "I.2.5", "tick"), (2, "II.2.1", "indicator")):
            report = trace(release, Figure(2024, node, cluster_id=corrected.clusters[row]))
            assert report["agrees"], report["steps"]
            assert [told["correction_id"] for told in report["corrections"]] == [correction]
            (cluster,) = report["clusters"]
            (told,) = cluster["nodes"]
            assert (told["value"], told["status"], told["is_corrected"]) == VALUES[row, node]
            assert any(answer["is_corrected"] for answer in told["answers"]) == (correction != "indicator")
            assert f"{correction} {cluster['cluster_id']}" in trace_text(report)


def test_every_correction_is_listed_with_what_became_of_it(corrected: Story) -> None:
    query = "select correction_id, cluster_id, outcome, applied from audit.correction order by row_number"
    assert corrected.rows(query) == [
        (said["correction_id"], corrected.clusters[row], outcome, outcome == "applied")
        for row, said, outcome in CORRECTIONS
    ]
    found = dict(corrected.rows("select correction_id, found_before from audit.correction"))
    assert found == {
        "number": "16 513", "choice": "A1", "drop": "3", "tick": "0", "indicator": "7.5", "rejected": "dużo",
        "other": "2", "proposed": found["proposed"], "remark": "103 976",
    }  # fmt: skip
    effects = corrected.rows(
        "select correction_id, node_id, value_before, status_before, value_after, status_after"
        " from audit.correction_effect where is_changed order by 1"
    )
    assert effects == [
        ("choice", "II.1.1", 2, "reported", 0, "reported"),
        ("drop", "II.4.5", 3, "reported", None, "missing"),
        ("indicator", "II.2.1", 7.5, "reported", 33.5, "reported"),
        ("number", "I.1.1", 16_513, "reported", 20_000, "reported"),
        ("rejected", "II.4.4", None, "rejected", 4, "reported"),
        ("tick", "I.2.5", 3, "reported", 4, "reported"),
    ]


def stops(story: Story) -> tuple[str, str, list[str]]:
    """What the last load's check of accepted corrections says: severity, status, and which ones were not applied."""
    query = """select severity, status, failing_keys from audit.check_result
        where check_id = 'accepted_correction_meets_what_it_expects' and load_id = ?"""
    ((severity, status, keys),) = story.rows(query, story.last_load.load_id)
    return severity, status, sorted(key["correction_id"] for key in json.loads(keys))


def test_a_correction_that_does_not_meet_what_it_expects_is_a_warning(corrected: Story) -> None:
    assert stops(corrected) == ("warning", "fail", ["other"])


def test_rejected_cells_of_refused_loads_are_on_record_too(corrected: Story) -> None:
    query = "select load_id, row_number, column_name, found, reason from audit.rejected_answer order by all"
    allowed = list(BAD_CELLS)[:2]
    assert corrected.rows(query) == sorted(
        (load_id, row + 2, header, *BAD_CELLS[row, header])
        for load_id, places in (("L000002", list(BAD_CELLS)), ("L000003", allowed), ("L000004", allowed))
        for row, header in places
    )
    loads = corrected.rows("select load_id, outcome, n_rejected from audit.load where load_id > 'L000001' order by 1")
    assert loads == [("L000002", "refused", 3), ("L000003", "refused", 2), ("L000004", "loaded", 2)]


@pytest.mark.long
def test_a_correction_stops_when_the_source_is_mended(mended: Story) -> None:
    values = VALUES | {(0, "I.1.1"): (20_000, "reported", False), (5, "II.4.4"): (4, "reported", False)}
    found = mended.values()
    del values[6, "II.3.5"], found[6, "II.3.5"]
    assert found == values
    query = "select correction_id, found_before from audit.correction where outcome = 'not_as_expected' order by 1"
    assert mended.rows(query) == [("number", "20 000"), ("other", "2"), ("rejected", "4")]
    assert stops(mended) == ("warning", "fail", ["number", "other", "rejected"])
    assert mended.rows("select count(*) from audit.rejected_answer where load_id = 'L000005'") == [(0,)]
