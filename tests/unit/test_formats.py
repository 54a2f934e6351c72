"""Formats as editions have them: SPSS files, decimal points, several surveys in one workbook."""

from __future__ import annotations

from pathlib import Path

import pyreadstat
import pytest
from openpyxl import Workbook

from ingestion.codebook import load_codebook
from ingestion.delivery import receive
from ingestion.identity import load_identities
from ingestion.problem import DeliveryRefused
from tests.readings import read_all

CSV = """    file_pattern: "coordinators_*.csv"
    format: csv
    encoding: utf-8-sig
    delimiter: ";"
    header_row: 1
"""


@pytest.fixture
def described(codebooks):
    """The small codebook with something else in its description of the files."""

    def change(old: str, new: str):
        path = codebooks / "1999" / "edition.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return load_codebook(1999, codebooks)

    return change


@pytest.fixture
def read(clusters, tmp_path):
    def reading(codebook, inbox: Path):
        received = receive(codebook, inbox, tmp_path / "raw", "1999-06-01T00:00:00Z")
        return read_all(codebook, received, tmp_path / "raw", load_identities(clusters))

    return reading


def answers(reading, question_id: str) -> list[tuple]:
    """Text, number, option and status of each respondent's answers to a question."""
    return [
        (a.answer_text, a.answer_number, a.option_id, a.status) for a in reading.answers if a.question_id == question_id
    ]


def write_sav(path: Path, **changes: list) -> None:
    """The coordinators' answers as SPSS keeps them: numbers, and codes with labels."""
    columns = {
        "response": ["r1", "r2", "r3"],
        "sent": ["1999-05-01"] * 3,
        "edition": [1999.0] * 3,
        "cluster": ["K1", "K2", "K3"],
        "kind": ["synthetic"] * 3,
        "Q1": [1711.9, None, 5.0],
        "Q2_1": [1.0, 1.0, None],
        "Q2_2": [1.0, 0.0, None],
        "Q2_other": ["forum; wiki", "", ""],
        "Q3_1": [1.0, None, None],
        "Q4": [1.0, 2.0, 2.0],
    }
    import pandas as pd

    labels = {"Q4": {1.0: "pisemna", 2.0: "brak"}}
    pyreadstat.write_sav(pd.DataFrame(columns | changes), str(path), variable_value_labels=labels)


SAV = '    file_pattern: "coordinators_*.sav"\n    format: sav\n'


def test_an_spss_file_reads_like_any_other(described, delivery, read) -> None:
    codebook = described(CSV, SAV)
    inbox = delivery.write()
    (inbox / "coordinators_1.csv").unlink()
    write_sav(inbox / "coordinators_1.sav")
    reading = read(codebook, inbox)
    assert answers(reading, "budget") == [
        ("1711.9", 1711.9, None, "given"),
        (None, None, None, "blank"),
        ("5", 5.0, None, "given"),
    ]
    assert answers(reading, "strategy") == [
        ("pisemna", 1.0, "written", "given"),
        ("brak", 0.0, "none", "given"),
        ("brak", 0.0, "none", "given"),
    ]
    assert [text for text, *_ in answers(reading, "tools")][2] == "forum; wiki"
    first = next(answer for answer in reading.answers if answer.question_id == "budget")
    assert (first.row_number, first.column_name, first.sheet) == (2, "Q1", None)


def test_a_code_without_a_label_is_told_as_it_stands(described, delivery, read) -> None:
    codebook = described(CSV, SAV)
    inbox = delivery.write()
    (inbox / "coordinators_1.csv").unlink()
    write_sav(inbox / "coordinators_1.sav", Q4=[1.0, 9.0, 2.0])
    with pytest.raises(DeliveryRefused) as caught:
        read(codebook, inbox)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column, problem.found) == (3, "Q4", "'9'")


def test_a_broken_spss_file_is_said(described, delivery, read) -> None:
    codebook = described(CSV, SAV)
    inbox = delivery.write()
    (inbox / "coordinators_1.csv").unlink()
    path = inbox / "coordinators_1.sav"
    write_sav(path)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DeliveryRefused, match="the SPSS file cannot be opened"):
        read(codebook, inbox)


def test_a_file_is_read_as_what_it_holds_whatever_it_is_called(described, delivery, read) -> None:
    codebook = described(CSV, SAV)
    inbox = delivery.write()
    (inbox / "coordinators_1.csv").rename(inbox / "coordinators_1.sav")
    reading = read(codebook, inbox)
    assert answers(reading, "budget")[0] == ("1 711,9", 1711.9, None, "given")
    assert reading.choices["coordinator"].format == "csv"
    assert [(p.kind, p.severity, p.found, p.expected) for p in reading.problems] == [
        ("format_differs", "note", "CSV, by its content", "SAV")
    ]


def test_a_survey_says_which_mark_stands_before_its_decimals_unless_the_file_shows_one(
    described, delivery, read
) -> None:
    codebook = described(CSV, CSV + '    decimal: "."\n')
    delivery.rows[0][5] = "1 711.9"
    assert answers(read(codebook, delivery.write()), "budget")[0][:2] == ("1 711.9", 1711.9)
    delivery.rows[0][5] = "1 711,9"
    reading = read(codebook, delivery.write())
    assert answers(reading, "budget")[0][:2] == ("1 711,9", 1711.9)
    assert "decimal_differs" in [problem.kind for problem in reading.problems]
    delivery.rows[1][5] = "1 711.9"  # both marks: the survey's stays, and the other one is no number
    with pytest.raises(DeliveryRefused) as caught:
        read(codebook, delivery.write())
    assert [(p.row, p.column) for p in caught.value.problems if p.is_error] == [(2, "Q1")]


def test_two_surveys_may_share_one_workbook(described, delivery, read) -> None:
    """Each on its sheet; what differs in one of them is told with its sheet."""
    described(CSV, '    file_pattern: "edition_*.xlsx"\n    format: xlsx\n    sheet: Answers\n')
    codebook = described('file_pattern: "register_*.xlsx"', 'file_pattern: "edition_*.xlsx"')
    delivery.folder.mkdir(parents=True)
    path = delivery.folder / "edition_1.xlsx"

    def write() -> None:
        workbook = Workbook()
        workbook.active.title = "Clusters"
        for row in (["Register (synthetic)"], delivery.register_headers, *delivery.register):
            workbook.active.append(row)
        answered = workbook.create_sheet("Answers")
        for row in (delivery.headers, *delivery.rows):
            answered.append([cell or None for cell in row])
        workbook.save(path)

    write()
    reading = read(codebook, delivery.folder)
    assert reading.n_rows == {"coordinator": 3, "register": 3}
    assert {(a.survey, a.file_name, a.sheet) for a in reading.answers} == {
        ("register", "edition_1.xlsx", "Clusters"),
        ("coordinator", "edition_1.xlsx", "Answers"),
    }
    assert answers(reading, "budget")[0][:2] == ("1 711,9", 1711.9)
    delivery.rows[0][10] = "może"
    write()
    with pytest.raises(DeliveryRefused) as caught:
        read(codebook, delivery.folder)
    (problem,) = caught.value.problems
    assert (problem.sheet, problem.row, problem.column) == ("Answers", 2, "Q4")
