"""Whole deliveries whose cells and headers are written otherwise: the same answers, a note, or a problem that fits."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ingestion.answers import SourceFile
from ingestion.codebook import load_codebook
from ingestion.delivery import receive
from ingestion.headers import known_headers
from ingestion.identity import load_identities
from ingestion.problem import DeliveryRefused
from ingestion.table import read_table
from tests.readings import read_all, read_all_tables
from tests.unit import persons

# Q2 asks for tools; only who ticks networks (Q2_2) is asked Q3_1.
BUDGET, SITE, NETWORKS, NETWORK, STRATEGY = 5, 6, 7, 9, 10


@pytest.fixture
def read(clusters, tmp_path, codebooks):
    def reading(inbox: Path):
        codebook = load_codebook(1999, codebooks)
        received = receive(codebook, inbox, tmp_path / "raw", "1999-06-01T00:00:00Z")
        return read_all(codebook, received, tmp_path / "raw", load_identities(clusters))

    return reading


def set_rule(codebooks: Path, rule: str) -> None:
    """Say in questions.csv what becomes of an inexact budget or amount."""
    path = codebooks / "1999" / "questions.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    lines = [line + ("," + rule if ",budget," in line or ",member_amount," in line else ",") for line in lines]
    path.write_text("\n".join([head + ",inexact", *lines]) + "\n", encoding="utf-8")


def statuses(reading, question_id: str) -> list[str]:
    return [answer.status for answer in reading.answers if answer.question_id == question_id]


def numbers(reading, question_id: str) -> list[float | None]:
    return [answer.answer_number for answer in reading.answers if answer.question_id == question_id]


def test_not_applicable_is_skipped_where_it_was_not_asked_and_else_refused(delivery, read) -> None:
    for row, networks in zip(delivery.rows, ("1", "0", ""), strict=True):
        row[NETWORKS], row[NETWORK] = networks, "nie dotyczy"
    assert statuses(read(delivery.write()), "networks") == ["refused", "skipped", "skipped"]


def test_a_dash_is_a_blank_and_the_text_stays_as_delivered(delivery, read) -> None:
    delivery.rows[1][BUDGET] = "–"
    reading = read(delivery.write())
    answer = [answer for answer in reading.answers if answer.question_id == "budget"][1]
    assert (answer.status, answer.answer_text, answer.answer_number) == ("blank", "–", None)


def test_how_answers_were_read_is_told_once_for_each_column(delivery, read, codebooks) -> None:
    set_rule(codebooks, "accept")
    for row, text in zip(delivery.rows, ("ok. 1,2 mln zł", "brak", "~2 mln"), strict=True):
        row[BUDGET] = text
    reading = read(delivery.write())
    assert numbers(reading, "budget") == [1200.0, 0.0, 2000.0]
    told = {(p.kind, p.severity, p.row, p.column, p.said["found"], p.said["read"], p.said["count"])
            for p in reading.problems}  # fmt: skip
    assert told == {
        ("inexact_number", "note", 2, "Q1", "'ok. 1,2 mln zł'", "1200 tys. zł", 2),
        ("word_read_as_zero", "note", 3, "Q1", "'brak'", "0", 1),
    }
    assert all(json.dumps(problem.as_dict()) and problem.told("pl") for problem in reading.problems)


@pytest.mark.parametrize(
    ("rule", "number"), [("accept", 15), ("lower", 10), ("upper", 20), ("reject", None), ("", None)]
)
def test_a_question_says_in_its_codebook_what_becomes_of_a_range(delivery, read, codebooks, rule, number) -> None:
    set_rule(codebooks, rule)
    delivery.rows[0][BUDGET] = "10–20"
    if number is None:
        with pytest.raises(DeliveryRefused) as caught:
            read(delivery.write())
        (problem,) = caught.value.problems
        assert (problem.kind, problem.row, problem.column) == ("not_exact", 2, "Q1")
        assert "inexact" in problem.hint
    else:
        assert numbers(read(delivery.write()), "budget")[0] == number


def test_a_problem_names_the_header_as_delivered_and_the_answer_the_codebooks(delivery, read) -> None:
    delivery.headers[BUDGET] = "Q1. Budżet"
    reading = read(delivery.write())
    assert {a.column_name for a in reading.answers if a.question_id == "budget"} == {"Q1"}
    assert reading.choices["coordinator"].headers == {"Q1": "Q1. Budżet"}
    assert [(p.kind, p.severity) for p in reading.problems] == [("header_differs", "note")]
    delivery.rows[0][BUDGET] = "much"
    with pytest.raises(DeliveryRefused) as caught:
        read(delivery.write())
    assert [(p.kind, p.column) for p in caught.value.problems if p.is_error] == [("not_a_number", "Q1. Budżet")]


def test_an_export_of_limesurvey_reads_like_any_other(delivery, read, codebooks, tmp_path) -> None:
    clean = [a[:9] for a in read(delivery.write()).answers]
    delivery.headers = ["Response", "sent", "edition", "cluster", "kind", "Budżet", "Q2[SQ001]", "Tools [networks]",
                        "Q2[other]", "Portale [jeden]", "Q4. Strategia", "token", "ipaddr", "Q1Time"]  # fmt: skip
    delivery.rows = [[*row, "secret", "10.0.0.1", "3,5"] for row in delivery.rows]
    for row, texts in zip(delivery.rows, (("Yes", "Y", "pisemna"), ("Tak", "N", "-"), ("", "", "")), strict=True):
        row[SITE], row[NETWORKS], row[STRATEGY] = texts
    delivery.rows[1][STRATEGY] = "NONE"
    reading = read(delivery.write())
    changed = {"tools", "strategy"}  # their texts were delivered otherwise
    assert [a[:6] + a[7:9] if a.question_id in changed else a[:9] for a in reading.answers] == [
        a[:6] + a[7:9] if a[4] in changed else a for a in clean
    ]
    assert {p.kind for p in reading.problems} == {"header_differs", "columns_ignored"}
    assert "secret" not in str(reading) and "10.0.0.1" not in str(reading)


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        ("q1", {"column_twice"}),
        ("Q1.1", {"column_twice"}),
        ("Q7", {"column_unknown"}),
    ],
)
def test_a_column_too_many_is_told(delivery, read, header, kinds) -> None:
    delivery.headers.append(header)
    delivery.rows = [[*row, "5"] for row in delivery.rows]
    with pytest.raises(DeliveryRefused) as caught:
        read(delivery.write())
    assert {problem.kind.removesuffix("_near") for problem in caught.value.problems} == kinds


@pytest.mark.parametrize("text", ["1.711", "1,2 mln euro", "12.mar", "600 zł"])
def test_what_a_member_wrote_is_not_repeated_in_what_is_told(codebooks, delivery, read, text) -> None:
    persons.describe(codebooks)
    path = codebooks / "1999" / "questions.csv"
    described = path.read_text(encoding="utf-8").replace("Kwota,Amount,zł,1,", "Kwota,Amount,tys. zł,1000,")
    path.write_text(described, encoding="utf-8")
    rows = [list(row) for row in persons.ROWS]
    rows[0][7] = text
    persons.write(delivery.write(), rows)
    with pytest.raises(DeliveryRefused) as caught:
        read(delivery.folder)
    (problem,), (rejected,) = caught.value.problems, caught.value.rejected
    told = json.dumps([problem.as_dict(), problem.told("pl"), rejected], ensure_ascii=False)
    for part in (text, text.split()[0], text.replace(".", ","), "1711", "12,3", "euro"):
        assert part not in told
    assert (problem.row, problem.column) == (2, "M2")


def test_what_a_member_wrote_is_not_repeated_in_a_note(codebooks, delivery, read) -> None:
    persons.describe(codebooks)
    rows = [list(row) for row in persons.ROWS]
    set_rule(codebooks, "accept")
    rows[0][7] = "ok. 77 zł"
    persons.write(delivery.write(), rows)
    (note,) = read(delivery.folder).problems
    assert (note.kind, note.said["read"], note.said["found"]) == (
        "inexact_number",
        "…",
        "'(9 characters / znaków)'",
    )


FORMS = st.sampled_from(
    [
        lambda n: f"{n:,.1f}".replace(",", " ").replace(".", ","),
        lambda n: f"{n:,.1f}".replace(",", "\u202f").replace(".", ","),
        lambda n: f"{n:,.1f}".replace(",", "'").replace(".", ","),
        lambda n: f"{n}".replace(".", ",") + " tys. zł",
        lambda n: (
            f"{n * 1000:,.0f}".replace(",", "\u00a0") + ",00 tys. zł".replace("tys. ", "")
            if n >= 1
            else f"{n}".replace(".", ",")
        ),
        lambda n: f"{n / 1000}".replace(".", ",") + " mln PLN",
    ]
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.decimals(0, 9999, places=1), FORMS), min_size=15, max_size=15))
@pytest.mark.parametrize("format", ["csv", "xlsx", "sav"])
def test_every_form_of_a_number_survives_every_format(codebooks, tmp_path, clusters, format, amounts) -> None:
    """Written as texts by others' writers; the unit is thousands of zł."""
    described = {
        "csv": "format: csv",
        "xlsx": "format: xlsx\n    sheet: Answers",
        "sav": "format: sav",
    }[format]
    folder = codebooks / "1999"
    edition = folder / "edition.yml"
    text = edition.read_text(encoding="utf-8")
    old = next(each for each in ("format: csv", "format: xlsx\n    sheet: Answers", "format: sav") if each in text)
    edition.write_text(text.replace(old, described), encoding="utf-8")
    codebook = load_codebook(1999, codebooks)
    columns = ("response", "sent", "edition", "cluster", "kind", "Q1", "Q4")
    rows = [(f"r{i}", "1999-05-01", "1999", "K1", "synthetic", form(number), "A1")
            for i, (number, form) in enumerate(amounts)]  # fmt: skip
    path = tmp_path / f"file.{format}"
    if format == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([columns, *rows])
    elif format == "xlsx":
        workbook = Workbook()
        workbook.active.title = "Answers"
        for row in (columns, *rows):
            workbook.active.append(row)
        workbook.save(path)
    else:
        pyreadstat.write_sav(pd.DataFrame(rows, columns=columns), str(path))
    table = read_table(path, path.name, codebook.surveys["coordinator"], known=known_headers(codebook, "coordinator"))
    file = SourceFile("coordinator", path.name, "", 0, format, "")
    reading = read_all_tables(codebook, {"coordinator": (file, table)}, load_identities(clusters))
    assert reading.n_rejected == 0, reading.rejected
    assert numbers(reading, "budget") == [float(Decimal(number)) for number, _ in amounts]
