"""Corrections files: what a line must say, how it is read, and what refuses the run."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.codebook import Codebook
from ingestion.correction_file import Correction, CorrectionLine
from ingestion.corrections import CorrectionsRefused, read_corrections
from orchestration.loading import Installation, ReviewedFilesChanged
from orchestration.paths import Home

HEADER = ",".join(CorrectionLine.model_fields)
ANSWER = {"question_id": "budget", "action": "override", "new_value": "1 800,5", "expected_before": "1711,90"}
INDICATOR = {"node_id": "I.1.1", "action": "override", "new_value": "1,8", "expected_before": "1,71"}
TICK = {"question_id": "tools", "option_id": "social", "action": "override", "new_value": "0", "expected_before": "1"}
ITEMS = {"question_id": "tools", "option_id": "other", "action": "override", "new_value": "3", "expected_before": "2"}
TEXT = {"question_id": "cluster_name", "action": "override", "new_value": "Łąka", "expected_before": "Klaster Łąka"}
CHOICE = {"question_id": "strategy", "action": "override", "new_value": "none", "expected_before": "A1"}


def write(folder: Path, *lines: dict[str, str], name: str = "1999.csv") -> Path:
    """A corrections file; what a line leaves out is as in a good one."""
    folder.mkdir(exist_ok=True)
    good = {"cluster_id": "K1", "reason": "typing error", "reported_by": "coordinator", "status": "accepted"}
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(CorrectionLine.model_fields))
        writer.writeheader()
        for number, line in enumerate(lines, start=1):
            writer.writerow({"correction_id": f"c{number}"} | good | line)
    return folder / name


@pytest.fixture
def read(tmp_path: Path, codebook: Codebook) -> Callable[..., list[Correction]]:
    """Writes lines into a corrections file and reads it."""

    def run(*lines: dict[str, str]) -> list[Correction]:
        write(tmp_path / "corrections", *lines)
        return list(read_corrections(tmp_path / "corrections", [codebook], [1999]))

    return run


def test_without_a_file_there_are_no_corrections(tmp_path, codebook) -> None:
    assert read_corrections(tmp_path / "corrections", [codebook], [1999]) == ()


def test_a_number_is_read_as_a_delivered_cell(read) -> None:
    (correction,) = read(ANSWER)
    assert (correction.survey, correction.column_name, correction.row_number) == ("coordinator", "Q1", 2)
    assert (correction.new_number, correction.new_option_id, correction.expected_number) == (1800.5, None, 1711.9)
    assert (correction.expected_before, correction.expected_tolerance, correction.node_id) == ("1711,90", None, None)


@pytest.mark.parametrize("written", ["A2", "brak", "NONE"])
def test_a_choice_is_read_by_code_or_label(read, written) -> None:
    (correction,) = read(CHOICE | {"new_value": written})
    assert (correction.new_option_id, correction.new_number) == ("none", 0)
    assert (correction.expected_option_id, correction.expected_number) == ("written", None)


def test_a_tick_is_of_its_option(read) -> None:
    (correction,) = read(TICK)
    assert (correction.column_name, correction.new_option_id, correction.new_number) == ("Q2_2", "social", 0)
    assert (correction.is_item_count, correction.expected_number) == (False, 1)


def test_of_further_items_the_number_is_written(read) -> None:
    (correction,) = read(ITEMS)
    assert (correction.is_item_count, correction.new_number, correction.expected_number) == (True, 3, 2)


def test_a_dropped_tick_keeps_its_option_and_a_dropped_choice_none(read) -> None:
    tick, choice = read(
        {**TICK, "action": "drop", "new_value": ""}, {**CHOICE, "action": "drop", "new_value": "", "cluster_id": "K2"}
    )
    assert (tick.new_option_id, tick.new_number) == ("social", None)
    assert (choice.new_option_id, choice.new_number) == (None, None)


@pytest.mark.parametrize(("expected", "number", "tolerance"), [("1,71", 1.71, 0.005), ("2", 2, 0.5), ("1,0", 1, 0.05)])
def test_an_indicator_is_expected_on_the_digits_written(read, expected, number, tolerance) -> None:
    (correction,) = read(INDICATOR | {"expected_before": expected})
    assert (correction.new_number, correction.expected_number) == (1.8, number)
    assert correction.expected_tolerance == pytest.approx(tolerance)


def test_what_is_not_there_is_expected_by_name(read) -> None:
    blank, missing = read(ANSWER | {"expected_before": "blank"}, INDICATOR | {"expected_before": "missing"})
    assert (blank.expected_number, missing.expected_number, missing.expected_tolerance) == (None, None, None)


def test_a_flag_needs_no_expectation(read) -> None:
    (correction,) = read({"node_id": "I.1.2", "action": "flag"})
    assert correction.expected_before is None


@pytest.mark.parametrize(
    ("line", "column", "found", "expected"),
    [
        (ANSWER | {"correction_id": ""}, "correction_id", "a blank", "a text"),
        (ANSWER | {"cluster_id": " "}, "cluster_id", "a blank", "a text"),
        (ANSWER | {"reason": ""}, "reason", "a blank", "a text"),
        (ANSWER | {"reported_by": ""}, "reported_by", "a blank", "a text"),
        (ANSWER | {"action": "replace"}, "action", "'replace'", "override | drop | flag"),
        (ANSWER | {"status": "done"}, "status", "'done'", "proposed | accepted | withdrawn"),
        (ANSWER | {"question_id": ""}, "question_id", "a blank", "question_id or node_id"),
        (ANSWER | {"node_id": "I.1.1"}, "question_id", "'budget and node_id I.1.1'", "question_id or node_id"),
        (ANSWER | {"new_value": ""}, "new_value", "a blank", "the correct value"),
        (ANSWER | {"action": "drop"}, "new_value", "'1 800,5'", "a blank"),
        (ANSWER | {"expected_before": ""}, "expected_before", "a blank", "the value to be corrected"),
        (ANSWER | {"new_value": "1.8"}, "new_value", "'1.8'", "a number with decimal comma, such as 1 711,9"),
        (ANSWER | {"new_value": "-1"}, "new_value", "'-1'", "at least 0"),
        (ANSWER | {"new_value": "b.d."}, "new_value", "'b.d.'", "an answer"),
        (ANSWER | {"question_id": "budgets"}, "question_id", "'budgets'", "a question of 1999"),
        (ANSWER | {"option_id": "site"}, "option_id", "'site'", "a blank"),
        (TEXT, "question_id", "'cluster_name'", "a question of 1999 with a number or options"),
        (TICK | {"option_id": "fax"}, "option_id", "'fax'", "site | social | other"),
        (TICK | {"new_value": "2"}, "new_value", "'2'", None),
        (ITEMS | {"new_value": "forum; wiki"}, "new_value", "'forum; wiki'", "how many further items were named"),
        (ITEMS | {"expected_before": "forum"}, "expected_before", "'forum'", "how many further items were named"),
        (CHOICE | {"new_value": "maybe"}, "new_value", "'maybe'", "pisemna | brak"),
        (INDICATOR | {"node_id": "I.1"}, "node_id", "'I.1'", "an indicator of 1999"),
        (INDICATOR | {"option_id": "site"}, "option_id", "'site'", "a blank"),
        (INDICATOR | {"new_value": "much"}, "new_value", "'much'", "a number with decimal comma, such as 1 711,9"),
        (INDICATOR | {"expected_before": "blank"}, "expected_before", "'blank'", None),
    ],
)
def test_a_line_that_cannot_be_meant_says_where_and_why(read, tmp_path, line, column, found, expected) -> None:
    with pytest.raises(CorrectionsRefused) as refused:
        read(INDICATOR | {"correction_id": "good"}, line)
    (problem,) = refused.value.problems
    assert (problem.file, problem.row, problem.column) == (str(tmp_path / "corrections" / "1999.csv"), 3, column)
    assert problem.found == found
    assert expected is None or problem.expected == expected
    assert problem.reason and problem.hint


def test_all_problems_are_told_at_once(read) -> None:
    with pytest.raises(CorrectionsRefused) as refused:
        read(ANSWER | {"action": "replace", "question_id": "budgets"}, TICK | {"new_value": "2"})
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [
        (2, "action"), (2, "question_id"), (3, "new_value"),
    ]  # fmt: skip
    assert "row 2, column action" in str(refused.value)


def test_an_id_stands_once_and_a_value_is_corrected_once(read) -> None:
    with pytest.raises(CorrectionsRefused, match="stands already in row 2"):
        read(ANSWER | {"correction_id": "c"}, TICK | {"correction_id": "c"})
    with pytest.raises(CorrectionsRefused, match="is corrected in row 2 as well"):
        read(ANSWER, ANSWER | {"new_value": "7"})
    flag = {"action": "flag", "new_value": ""}
    others = ({"status": "proposed"}, {"status": "withdrawn"}, flag, {"cluster_id": "K2"})
    assert len(read(ANSWER, *(ANSWER | other for other in others))) == 5


def test_a_text_may_be_dropped_but_not_made_up(read) -> None:
    assert read(TEXT | {"action": "drop", "new_value": ""})[0].column_name == "name"


def test_a_file_is_named_after_its_edition(tmp_path, codebook) -> None:
    write(tmp_path / "corrections", ANSWER, name="corrections.csv")
    with pytest.raises(CorrectionsRefused, match=r"there is no such edition.*1997\.csv, 1999\.csv"):
        read_corrections(tmp_path / "corrections", [codebook], [1997, 1999])


def test_a_file_of_an_edition_not_delivered_yet_waits(tmp_path, codebook) -> None:
    write(tmp_path / "corrections", ANSWER | {"question_id": "not asked in 1999"}, name="1997.csv")
    assert read_corrections(tmp_path / "corrections", [codebook], [1997, 1999]) == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("correction_id,cluster_id\nc1,K1\n", "row 1: found the columns .*; missing are question_id, option_id"),
        (HEADER.replace(",", ";") + "\n", "commas stand between cells"),
        (f"{HEADER},approved_by\nc,K1,budget,,,flag,,,r,coordinator,accepted,me\n", "row 2, column approved_by: found"),
        (f"{HEADER}\nc,K1,budget,,,override,1,5,1711,r,coordinator,accepted\n", "double quotes"),
        (f"{HEADER}\nc,ł\n".encode("cp1250"), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_corrections_file_is_refused(tmp_path, codebook, content, message) -> None:
    path = write(tmp_path / "corrections", ANSWER)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CorrectionsRefused, match=message):
        read_corrections(tmp_path / "corrections", [codebook], [1999])


# -- in an installation --------------------------------------------------------------------------------------------


@pytest.fixture
def installation(tmp_path, codebooks, clusters, delivery) -> Installation:
    """An installation that was just given its first delivery."""
    delivery.write()
    installation = Installation(Home(tmp_path), codebooks)
    installation.load(1999, "run")
    return installation


def test_corrections_become_a_raw_table(installation) -> None:
    write(installation.home.corrections, ANSWER, INDICATOR | {"status": "withdrawn", "cluster_id": "gone"})
    assert installation.fill_raw_tables()["correction"] == 2
    with duckdb.connect(installation.home.work_file, read_only=True) as connection:
        query = "select cluster_id, column_name, node_id, new_number, status, file_sha256 from raw.correction"
        first, second = connection.execute(query + " order by row_number").fetchall()
    digest = installation.reviewed["corrections/1999.csv"]
    assert first == ("K1", "Q1", None, 1800.5, "accepted", digest)
    assert second == ("gone", None, "I.1.1", 1.8, "withdrawn", digest)


@pytest.mark.parametrize("status", ["accepted", "proposed"])
def test_a_cluster_that_is_not_in_the_delivery_refuses_the_load(installation, status) -> None:
    path = write(installation.home.corrections, ANSWER, TICK | {"cluster_id": "K9", "status": status})
    with pytest.raises(CorrectionsRefused) as refused:
        installation.fill_raw_tables()
    (problem,) = refused.value.problems
    assert (problem.file, problem.row, problem.column) == (str(path), 3, "cluster_id")
    assert (problem.found, problem.expected) == ("'K9'", "one of the 3 clusters delivered")
    last = installation.ledger.loads()[-1]
    assert (last.outcome, last.reason) == ("refused", "the corrections are refused")


def test_a_line_that_cannot_be_meant_refuses_the_load(installation) -> None:
    write(installation.home.corrections, ANSWER | {"action": "replace"})
    with pytest.raises(CorrectionsRefused, match="replace"):
        installation.fill_raw_tables()
    assert installation.ledger.loads()[-1].outcome == "refused"


def test_a_file_that_changes_during_the_run_is_not_published_under_another_hash(installation) -> None:
    write(installation.home.corrections, ANSWER)
    installation.fill_raw_tables()
    write(installation.home.corrections, ANSWER | {"new_value": "7"})
    with pytest.raises(ReviewedFilesChanged, match=r"^corrections/1999\.csv changed during the run"):
        installation.fill_audit_tables(installation.next_release("run"))
    installation.fill_raw_tables()
    assert installation.fill_audit_tables(installation.next_release("run"))["load"] == 1
