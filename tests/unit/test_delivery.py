"""A delivery is read whole, or refused with everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.answers import Reading
from ingestion.codebook import Codebook, CodebookError, load_codebook
from ingestion.delivery import receive, stored_path
from ingestion.identity import load_identities
from ingestion.problem import DeliveryRefused, Problem
from tests.readings import read_all
from tests.unit.conftest import HEADERS, DeliveryMaker

HEADER_LINE = ";".join(HEADERS)

pytestmark = pytest.mark.usefixtures("clusters")


def read(codebook: Codebook, inbox: Path, tmp_path: Path) -> Reading:
    received = receive(codebook, inbox, tmp_path / "raw", "1999-06-01T00:00:00Z")
    return read_all(codebook, received, tmp_path / "raw", load_identities(tmp_path / "clusters"))


def refused(codebook: Codebook, inbox: Path, tmp_path: Path) -> list[Problem]:
    with pytest.raises(DeliveryRefused) as caught:
        read(codebook, inbox, tmp_path)
    return caught.value.problems


def test_a_clean_delivery_becomes_one_row_per_respondent_question_and_option(codebook, delivery, tmp_path) -> None:
    answers = read(codebook, delivery.write(), tmp_path).answers
    got = {
        (a.respondent_id, a.question_id, a.option_id): (a.answer_text, a.answer_number, a.status)
        for a in answers
        if a.survey == "coordinator"
    }
    assert got == {
        ("r1", "budget", None): ("1 711,9", 1711.9, "given"),
        ("r1", "tools", "site"): ("1", 1.0, "given"),
        ("r1", "tools", "social"): ("1", 1.0, "given"),
        ("r1", "tools", "other"): ("forum; wiki", 2.0, "given"),
        ("r1", "networks", "one"): ("1", 1.0, "given"),
        ("r1", "strategy", "written"): ("pisemna", 1.0, "given"),
        ("r2", "budget", None): (None, None, "blank"),
        ("r2", "tools", "site"): ("1", 1.0, "given"),
        ("r2", "tools", "social"): ("0", 0.0, "given"),
        ("r2", "tools", "other"): (None, None, "blank"),
        ("r2", "networks", "one"): (None, None, "skipped"),
        ("r2", "strategy", "none"): ("A2", 0.0, "given"),
        ("r3", "budget", None): ("b.d.", None, "refused"),
        ("r3", "tools", "site"): (None, None, "blank"),
        ("r3", "tools", "social"): (None, None, "blank"),
        ("r3", "tools", "other"): (None, None, "blank"),
        ("r3", "networks", "one"): (None, None, "skipped"),
        ("r3", "strategy", None): (None, None, "blank"),
    }


def test_every_answer_says_where_it_stands(codebook, delivery, tmp_path) -> None:
    reading = read(codebook, delivery.write(), tmp_path)
    budget = next(a for a in reading.answers if a.respondent_id == "r2" and a.question_id == "budget")
    assert (budget.file_name, budget.row_number, budget.column_name) == ("coordinators_1.csv", 3, "Q1")
    members = next(a for a in reading.answers if a.respondent_id == "K3" and a.question_id == "members")
    assert (members.sheet, members.row_number, members.column_name) == ("Clusters", 5, "members")
    assert (members.answer_text, members.answer_number) == ("40", 40.0)
    assert reading.data_kinds == {"synthetic"}


def test_the_raw_copy_is_the_delivered_file_and_cannot_be_written(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    received = receive(codebook, inbox, tmp_path / "raw", "1999-06-01T00:00:00Z")
    for file in received.files:
        copy = stored_path(tmp_path / "raw", file)
        assert copy.read_bytes() == (inbox / file.file_name).read_bytes()
        assert copy.stat().st_mode & 0o222 == 0


def test_the_delivery_id_is_of_the_content_not_of_the_names(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    first = receive(codebook, inbox, tmp_path / "raw", "1999-06-01T00:00:00Z")
    (inbox / "coordinators_1.csv").rename(inbox / "coordinators_2.csv")
    assert receive(codebook, inbox, tmp_path / "raw", "2001-01-01T00:00:00Z").delivery_id == first.delivery_id
    delivery.rows[0][5] = "1 712"
    (inbox / "coordinators_2.csv").unlink()
    assert receive(codebook, delivery.write(), tmp_path / "raw", "").delivery_id != first.delivery_id


def test_all_problems_are_told_at_once_and_what_to_fix_first_comes_first(codebook, delivery, tmp_path) -> None:
    delivery.rows[0][5] = "dużo"
    delivery.rows[1][0] = "r1"
    delivery.rows[1][3] = "K9"
    delivery.rows[2][2] = "2001"
    delivery.rows[2][10] = "może"
    problems = refused(codebook, delivery.write(), tmp_path)
    assert [(p.rank, p.row, p.column, p.reason, p.found) for p in problems] == [
        (2, 4, "edition", "rows are of another edition, this one first", "2001"),
        (4, 3, "cluster", "the cluster is unknown", "K9"),
        (
            4,
            3,
            "response",
            "a respondent stands twice, with different answers",
            "r1, also in row 2; the rows differ in cluster, Q1, Q2_2, Q2_other, Q3_1 (+1)",
        ),
        (5, 2, "Q1", "the answer is not a number", "'dużo'"),
        (5, 4, "Q4", "the answer is not one of the answer options", "'może'"),
    ]
    assert all(p.file == "coordinators_1.csv" and p.expected and p.hint for p in problems)


def test_missing_unknown_and_repeated_columns_are_all_named(codebook, delivery, tmp_path) -> None:
    delivery.headers[5:8] = ["Q1b", "Q2_2", "Q2_2"]
    problems = refused(codebook, delivery.write(), tmp_path)
    assert {(p.column, p.reason) for p in problems} == {
        ("Q1", "a column is missing"),
        ("Q2_1", "a column is missing"),
        ("Q1b", "a column is unknown"),
        ("Q2_2", "a column stands twice"),
    }


def test_faults_of_several_files_stand_in_one_list(codebook, delivery, tmp_path) -> None:
    delivery.rows = []
    delivery.register_headers[4] = "size"
    problems = refused(codebook, delivery.write(), tmp_path)
    assert [(p.file, p.reason) for p in problems] == [
        ("coordinators_1.csv", "the file is empty"),
        ("register_1.xlsx", "a column is missing"),
        ("register_1.xlsx", "a column is unknown"),
    ]


def test_a_set_of_files_that_is_not_complete_is_refused(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    (inbox / "coordinators_1.csv").rename(inbox / "notes.csv")
    (inbox / "register_2.xlsx").write_bytes(b"")
    assert [(p.reason, p.found) for p in refused(codebook, inbox, tmp_path)] == [
        ("survey coordinator needs one file", "no file"),
        ("the file belongs to no survey of the edition", "notes.csv"),
        ("survey register needs one file", "register_1.xlsx, register_2.xlsx"),
    ]


def test_an_empty_inbox_names_every_file_that_is_expected(codebook, tmp_path) -> None:
    problems = refused(codebook, tmp_path / "nowhere", tmp_path)
    assert [p.expected for p in problems] == ["one file named coordinators_*.csv", "one file named register_*.xlsx"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("coordinators_1.csv", b"", "the file is empty"),
        (
            "coordinators_1.csv",
            f"{HEADER_LINE}\r\nr1;łódź".encode("cp852"),
            "the bytes are no Polish text in an encoding that is read",
        ),
        ("coordinators_1.csv", b"response\x00\r\n", "the file is not text"),
        ("coordinators_1.csv", b'response;cluster\r\n"r1;K1', "the file breaks off or its quotes do not match"),
        (
            "coordinators_1.csv",
            f"{HEADER_LINE}\r\nr1;;1999;K1;synthetic;1;1;0;;;A1;2\r\n".encode(),
            "the row has another number of cells than the headers",
        ),
        (
            "coordinators_1.csv",
            f"{HEADER_LINE}\r\nr1;;1999;K1;synthetic\r\n".encode(),
            "the row has another number of cells than the headers",
        ),
        ("register_1.xlsx", b"PK not a workbook", "the workbook cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(codebook, delivery, tmp_path, name, content, reason) -> None:
    inbox = delivery.write()
    (inbox / name).write_bytes(content)
    assert reason in [p.reason for p in refused(codebook, inbox, tmp_path)]


def test_a_few_unreadable_cells_are_rejected_where_the_edition_allows_it(codebooks, delivery, tmp_path) -> None:
    settings = codebooks / "1999" / "edition.yml"
    settings.write_text(settings.read_text() + "max_rejected: 1\n")
    tolerant = load_codebook(1999, codebooks)
    delivery.rows[0][5] = "dużo"
    reading = read(tolerant, delivery.write(), tmp_path)
    assert [(cell.row_number, cell.column_name, cell.found) for cell in reading.rejected] == [(2, "Q1", "dużo")]
    budget = next(a for a in reading.answers if a.respondent_id == "r1" and a.question_id == "budget")
    assert (budget.answer_text, budget.answer_number, budget.status) == ("dużo", None, "rejected")


@pytest.mark.parametrize("kind", ["", "real"])
def test_made_up_answers_are_never_mixed_with_real_ones(codebook, delivery, tmp_path, kind) -> None:
    delivery.rows[1][4] = kind
    (problem,) = refused(codebook, delivery.write(), tmp_path)
    assert (problem.rank, problem.reason) == (2, "real and synthetic answers are mixed")
    assert repr(kind) in problem.found


def test_a_real_delivery_is_not_called_synthetic(codebook, delivery, tmp_path) -> None:
    for row, listed in zip(delivery.rows, delivery.register, strict=True):
        row[4] = listed[2] = "real"
    assert read(codebook, delivery.write(), tmp_path).data_kinds == {"real"}


def test_a_symlink_in_the_inbox_is_not_followed(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    (inbox / "coordinators_1.csv").rename(tmp_path / "elsewhere.csv")
    (inbox / "coordinators_1.csv").symlink_to(tmp_path / "elsewhere.csv")
    (problem,) = refused(codebook, inbox, tmp_path)
    assert (problem.kind, problem.file) == ("file_is_a_link", str(inbox / "coordinators_1.csv"))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("questions.csv", "coordinator,budget,1,Q1,number", "coordinator,budget,1,Q1,amount", "row 4, column type"),
        ("questions.csv", "tools,social", "tolls,social", "depends on 'tolls', which is not a question"),
        ("options.csv", "coordinator,networks", "coordinator,net", "'net' is not a question"),
        ("options.csv", "Q2_other", "", "needs a header"),
        ("edition.yml", "1999", "1998", "the folder says 1999"),
    ],
)
def test_a_codebook_that_contradicts_itself_is_refused(codebooks, file, old, new, message) -> None:
    path = codebooks / "1999" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CodebookError, match=message):
        load_codebook(1999, codebooks)


def test_an_unknown_edition_names_those_there_are(codebooks) -> None:
    with pytest.raises(CodebookError, match=r"no codebook for edition 2001 .* there is one for: 1999"):
        load_codebook(2001, codebooks)


def test_the_small_delivery_maker_writes_what_its_codebook_describes(codebook, delivery: DeliveryMaker) -> None:
    described = codebook.surveys["coordinator"]
    headers = [*described.head_columns, *(header for header, _, _ in codebook.answer_columns("coordinator"))]
    assert set(headers) == set(delivery.headers)
