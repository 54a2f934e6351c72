"""Reading single cells: numbers as Poles write them, choices, ticks, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.amount import parse_number
from ingestion.codebook import Codebook, Option, Question, load_codebook
from ingestion.labels import Labels
from ingestion.table import Cell
from ingestion.unreadable import Unreadable
from ingestion.value import CellReader, Note, Value, read_value

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
    "text",
    [
        "1,711,9",
        "1 71",
        "1.71",
        "12 3456",
        "1 234.567",
        "+5",
        "(5)",
        "5,",
        ",5",
        "10-20",
        "",
        " ",
        "--1",
        "١٢",
        "10²",
        "½",
    ],
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


def read(
    text: str | None, question_id: str, option_id: str | None = None, codebook: Codebook = CODEBOOK, **cell: object
) -> tuple[Value, str]:
    """A cell of a file that is written as the codebook says."""
    question = next(question for question in codebook.questions if question.question_id == question_id)
    option = option_of(question_id, option_id) if option_id else None
    return CellReader(codebook, question.survey).read(Cell(text, **cell), question, option)


def changed(question_id: str, **changes: object) -> Codebook:
    """The codebook with one question as it says otherwise."""
    questions = [q.model_copy(update=changes) if q.question_id == question_id else q for q in CODEBOOK.questions]
    return CODEBOOK.model_copy(update={"questions": tuple(questions)})


def kind_of(*cell: object, **more: object) -> str:
    with pytest.raises(Unreadable) as caught:
        read(*cell, **more)
    return caught.value.kind


@pytest.mark.parametrize("text", ["b.d.", "B.D.", "bd", "b. d.", "brak danych", "Odmowa odpowiedzi", "odmowa"])
@pytest.mark.parametrize("question_id", ["enterprises", "strategy_status", "coordinator_name"])
def test_no_data_in_so_many_words_is_a_refusal(text: str, question_id: str) -> None:
    assert read(text, question_id) == (Value(None), "refused")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("nie dotyczy", "not_applicable"),
        ("Nie  dotyczy.", "not_applicable"),
        ("n/d", "not_applicable"),
        ("nd.", "not_applicable"),
        ("N.D.", "not_applicable"),
        ("-", "blank"),
        ("–", "blank"),
        ("—", "blank"),
        (".", "blank"),
        ("…", "blank"),
        (None, "blank"),
    ],
)
def test_words_that_say_nothing_are_no_answer(text: str | None, status: str) -> None:
    assert read(text, "enterprises") == (Value(None), status)
    assert read(text, "strategy_status") == (Value(None), status)
    assert read(text, "it_platform_functions", "communication") == (Value(None), status)
    assert read(text, "it_platform_functions", "other") == (Value(None), status)


@pytest.mark.parametrize("text", ["brak", "Brak.", "żaden", "nie ma"])
def test_none_is_zero_where_zero_is_possible_and_it_is_told(text: str) -> None:
    value, status = read(text, "enterprises")
    assert (value.number, status, value.note) == (0.0, "given", Note("word_read_as_zero", "0"))
    assert read(text, "it_platform_functions", "other")[0].number == 0.0
    assert kind_of(text, "members") == "not_a_number", "a cluster has at least one"
    assert kind_of(text, "founded_year") == "not_a_year"
    assert kind_of(text, "strategy_status") == "not_an_option"


def test_an_option_goes_before_a_word(codebook) -> None:
    assert read("brak", "strategy", codebook=codebook) == (Value(0.0, "none"), "given")


def test_zero_is_a_number_and_no_tick() -> None:
    assert read("0", "enterprises") == (Value(0.0), "given")
    assert read("0", "it_platform_functions", "communication")[0].number == 0.0
    assert read("0", "it_platform_functions", "other")[0].number == 0.0, "no further item is named by it"


def test_the_codebooks_own_words_go_first() -> None:
    own = CODEBOOK.model_copy(update={"refusals": ("brak", "99"), "blanks": ("n/d",), "unticked": ("-",)})
    assert read("brak", "enterprises", codebook=own)[1] == "refused"
    assert read("99", "enterprises", codebook=own)[1] == "refused"
    assert read("n/d", "enterprises", codebook=own)[1] == "not_applicable", "the last list it stands in"
    assert read("–", "it_platform_functions", "communication", own)[0].number == 0.0


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("X", 1), ("✓", 1), ("Y", 1), ("TRUE", 1), ("PRAWDA", 1), ("yes", 1), ("1.0", 1), ("1,0", 1), ("1.", 1),
     ("komunikacja", 1), ("Communication", 1), ("N", 0), ("FAŁSZ", 0), ("no", 0), ("0.0", 0), ("0", 0)],
)  # fmt: skip
def test_a_tick_is_read_as_platforms_write_it(text: str, number: float) -> None:
    assert read(text, "it_platform_functions", "communication") == (Value(number, "communication"), "given")
    assert kind_of("2", "it_platform_functions", "communication") == "not_a_tick"


@pytest.mark.parametrize(
    "text",
    ["a2", "A2.", "strategia pisemna,\nale nieaktualizowana", "STRATEGIA PISEMNA, ALE NIEAKTUALIZOWANA.",
     "strategia\u00a0pisemna, ale nieaktualizowana", "A2. strategia pisemna, ale nieaktualizowana"],
)  # fmt: skip
def test_a_label_is_read_up_to_how_it_is_typed(text: str) -> None:
    assert read(text, "strategy_status") == (Value(1.0, "written_not_updated"), "given")


def test_a_label_that_was_cut_off_is_the_only_option_that_begins_so() -> None:
    assert read("strategia pisemna, ale…", "strategy_status")[0].option_id == "written_not_updated"
    assert kind_of("strategia pisemna…", "strategy_status") == "not_an_option", "two begin so"
    assert kind_of("strategia pisemna, ale", "strategy_status") == "not_an_option", "nothing says that it was cut"
    long = CODEBOOK.options_of["strategy_status"][0].model_copy(update={"label_pl": "słowo " * 40, "code": None})
    labels = Labels([long])
    assert labels.find(("słowo " * 40).encode()[:120].decode(errors="ignore")) == long, "as SPSS cuts it"
    assert labels.find(("słowo " * 40)[:90]) is None


@pytest.mark.parametrize(
    ("text", "question_id", "option_id"),
    [
        ("2", "voivodeship", "dolnoslaskie"),
        ("02", "voivodeship", "dolnoslaskie"),
        ("2.0", "voivodeship", "dolnoslaskie"),
        ("14,0", "voivodeship", "mazowieckie"),
        ("Masovia", "voivodeship", "mazowieckie"),
        ("warmińsko–mazurskie", "voivodeship", "warminsko_mazurskie"),
        ("warmińsko\u2011mazurskie", "voivodeship", "warminsko_mazurskie"),
        ("Tak", "kkk_status", "kkk"),
        ("Y", "kkk_status", "kkk"),
        ("1.", "kkk_status", "kkk"),
        ("N", "kkk_status", "non_kkk"),
        ("FALSE", "kkk_status", "non_kkk"),
        ("0", "kkk_status", "non_kkk"),
    ],
)
def test_a_code_is_read_as_a_spreadsheet_leaves_it(text: str, question_id: str, option_id: str) -> None:
    assert read(text, question_id)[0].option_id == option_id


def test_further_items_of_limesurvey_are_the_option_for_them() -> None:
    written, other, *_ = CODEBOOK.options_of["strategy_status"]
    labels = Labels([written, other.model_copy(update={"is_other": True})])
    assert labels.find("-oth-").option_id == other.option_id
    assert Labels([written, other]).find("-oth-") is None


SHARE = "ecommerce_sales_share"


@pytest.mark.parametrize(
    ("cell", "question_id", "result"),
    [
        (("0.125", 0.125, "percent"), SHARE, 12.5),
        (("0.07", 0.07, "percent"), SHARE, 7.0),
        (("12,5%",), SHARE, 12.5),
        (("0.125", 0.125, "percent"), "enterprises", "other_unit"),
        (("2015-03-12", None, "date"), "founded_year", 2015),
        (("1905-07-07", None, "date"), "founded_year", "became_a_date"),
        (("2015-03-12", None, "date"), "enterprises", "became_a_date"),
        (("10:30:00", None, "date"), "enterprises", "became_a_date"),
        (("12 marca 2015 r.",), "founded_year", 2015),
        (("marzec 2015",), "founded_year", 2015),
        (("2015 r.",), "founded_year", 2015),
        (("12.03.15",), "founded_year", "not_a_year"),
        (("12.mar",), "enterprises", "became_a_date"),
        (("2024-03-12",), "enterprises", "became_a_date"),
        (("#N/D!", None, "error"), "enterprises", "spreadsheet_error"),
        (("#ARG!", None, "error"), "enterprises", "spreadsheet_error"),
        (("#REF!", None, "error"), "strategy_status", "spreadsheet_error"),
        (("#N/A", None, "error"), "coordinator_name", "spreadsheet_error"),
        ((None, None, "uncomputed"), "enterprises", "formula_without_value"),
        (("1,23457E+11",), "enterprises", "number_in_scientific_notation"),
        (("'30",), "enterprises", 30),
        (("30 osób",), "employment_enterprises", 30),
        (("brak danych", 99.0), "enterprises", None),
        (("nie wiem", 98.0, "missing"), "enterprises", None),
        (("trudno powiedzieć", 98.0), "enterprises", "not_a_number"),
        (("wdrożone", 2.0), "industry40_score", 2),
    ],
)
def test_what_spreadsheets_make_of_numbers_is_read_or_refused(cell, question_id, result) -> None:
    text, number, mark = (*cell, None, None)[:3]
    option_id = "cloud" if question_id == "industry40_score" else None
    if isinstance(result, str):
        assert kind_of(text, question_id, option_id, number=number, mark=mark) == result
    else:
        assert read(text, question_id, option_id, number=number, mark=mark)[0].number == result


def test_a_number_that_is_not_exact_follows_the_rule_of_its_question() -> None:
    assert kind_of("ok. 30", "enterprises") == "not_exact"
    accepting = changed("enterprises", inexact="accept")
    assert read("ok. 30", "enterprises", codebook=accepting)[0] == Value(
        30.0, None, Note("inexact_number", "30 przedsiębiorstwa")
    )
    assert kind_of("10-21", "enterprises", codebook=accepting) == "not_whole"
    assert read("10-20", "enterprises", codebook=changed("enterprises", inexact="lower"))[0].number == 10.0
    assert kind_of("co najmniej 30", "enterprises", codebook=changed("enterprises", inexact="upper")) == "not_exact"


def test_an_amount_is_read_into_the_unit_of_its_question() -> None:
    assert read("1,2 mln zł", "cluster_budget_year_1")[0] == Value(1200.0)
    assert read("350 tys. zł", "cluster_budget_year_1")[0] == Value(350.0)


@pytest.mark.parametrize(
    "codebook", [load_codebook(edition) for edition in (2010, 2020, 2024)], ids=["2010", "2020", "2024"]
)
def test_every_option_survives_being_written_in_every_form(codebook: Codebook) -> None:
    for question in codebook.questions:
        reader = CellReader(codebook, question.survey)
        for option in codebook.options_of[question.question_id] if question.type == "single_choice" else ():
            for name in filter(None, (option.code, option.label_pl, option.label_en)):
                forms = (name, name.upper(), f"  {name} ", name.replace(" ", "\n"), name.replace(" ", "\u00a0"),
                         name.replace("-", "\u2011"), f"{name}." if not name.endswith(".") else name)  # fmt: skip
                for form in forms:
                    assert reader.read(Cell(form), question, None)[0].option_id == option.option_id, form
            if option.code and option.code.isdigit():
                for form in (
                    f"{option.code}.0",
                    f"{option.code},0",
                    f"{option.code}.",
                    f"{option.code}. {option.label_en}",
                ):
                    assert reader.read(Cell(form), question, None)[0].option_id == option.option_id, form


@given(st.text(max_size=40), st.sampled_from(CODEBOOK.questions))
def test_any_text_is_an_answer_or_is_refused(text: str, question: Question) -> None:
    options = CODEBOOK.options_of[question.question_id]
    option = options[0] if question.has_column_per_option else None
    try:
        value, status = CellReader(CODEBOOK, question.survey).read(Cell(text or None), question, option)
    except Unreadable as error:
        assert error.expected
    else:
        assert status in ("given", "blank", "refused", "not_applicable")
        assert status == "given" or value == Value(None)
