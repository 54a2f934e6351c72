"""Reading single cells: numbers as Poles write them, choices, ticks, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.codebook import Option, Question, load_codebook
from ingestion.table import Cell
from ingestion.amount import parse_number
from ingestion.unreadable import Unreadable
from ingestion.value import read_value

CODEBOOK = load_codebook(2024)
QUESTIONS = {question.question_id: question for question in CODEBOOK.questions}


def option_of(question_id: str, option_id: str) -> Option:
    return next(option for option in CODEBOOK.options_of[question_id] if option.option_id == option_id)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 711,9", 1711.9),
        ("1\u00a0711,9", 1711.9),
        ("12\u202f345\u202f678", 12345678),
        ("1711,9", 1711.9),
        ("0", 0),
        ("007", 7),
        ("-5", -5),
        ("−5,25", -5.25),
    ],
)
def test_polish_numbers_are_read(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["1,711,9", "1 71", "1.71", "12 3456", "1 234.567", "+5", "(5)", "5,", ",5", "10-20", "", " ", "--1", "١٢", "10²", "½"]
)
def test_what_is_not_clearly_a_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not a number"):
        parse_number(text)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_every_number_survives_being_written_in_polish(number, space: str) -> None:
    text = f"{number:,.2f}".replace(",", space).replace(".", ",")
    assert parse_number(text) == float(number)


@pytest.mark.parametrize(
    ("question_id", "cell", "reason"),
    [
        ("enterprises", Cell("-1"), "below what is possible"),
        ("enterprises", Cell("2,5"), "not a whole number"),
        ("enterprises", Cell("2.5", 2.5), "not a whole number"),
        ("ecommerce_sales_share", Cell("100,1"), "above what is possible"),
        ("strategy_status", Cell("może"), "not one of the answer options"),
    ],
)
def test_a_cell_that_cannot_be_an_answer_says_why(question_id: str, cell: Cell, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_value(cell, QUESTIONS[question_id], None, CODEBOOK)


@pytest.mark.parametrize(
    "text", ["A2", "strategia pisemna, ale nieaktualizowana", "Written strategy that is  not updated"]
)
def test_a_choice_is_read_by_code_or_label_in_either_language(text: str) -> None:
    value = read_value(Cell(text), QUESTIONS["strategy_status"], None, CODEBOOK)
    assert (value.option_id, value.number) == ("written_not_updated", 1.0)


@pytest.mark.parametrize(("text", "number"), [("1", 1.0), ("Tak", 1.0), ("0", 0.0), ("nie", 0.0)])
def test_a_tick_is_one_and_no_tick_zero(text: str, number: float) -> None:
    option = option_of("it_platform_functions", "communication")
    assert read_value(Cell(text), QUESTIONS["it_platform_functions"], option, CODEBOOK).number == number


def test_further_items_named_are_counted() -> None:
    option = option_of("it_platform_functions", "other")
    value = read_value(
        Cell("mapowanie technologii; animacja B+R;"), QUESTIONS["it_platform_functions"], option, CODEBOOK
    )
    assert value.number == 2.0


@pytest.mark.parametrize(("text", "fits"), [("2", True), ("3", False), ("1,5", False)])
def test_a_level_is_zero_to_two(text: str, fits: bool) -> None:
    option = option_of("industry40_score", "cloud")
    question: Question = QUESTIONS["industry40_score"]
    if fits:
        assert read_value(Cell(text), question, option, CODEBOOK).number == float(text)
    else:
        with pytest.raises(Unreadable):
            read_value(Cell(text), question, option, CODEBOOK)
