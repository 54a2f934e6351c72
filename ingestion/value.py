"""What one cell says: a number as people write it, a chosen option, a word such as `brak danych`, or nothing."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, NamedTuple

from ingestion.amount import Asked, parse_amount
from ingestion.codebook import Codebook, Option, Question
from ingestion.dates import parse_date, probably_typed, typed_for, year_behind
from ingestion.labels import Labels, label
from ingestion.table import Cell, Choice
from ingestion.unreadable import Unreadable
from ingestion.wording import LONGEST_WORD, TICKED, UNTICKED, Meaning, meanings, word

Status = Literal["given", "blank", "skipped", "refused", "rejected"]


class Note(NamedTuple):
    """That an answer was read otherwise than it stands: the `kind` of problem that tells it, and how it was read."""

    kind: str
    read: str


class Value(NamedTuple):
    """An answer as read: its number, if it has one, and the option chosen, if it has options."""

    number: float | None
    option_id: str | None = None
    note: Note | None = None


NOTHING = Value(None)


def format_bound(number: float) -> str:
    """A bound as a person writes it: without a decimal part where it has none."""
    return f"{number:g}" if number % 1 else f"{number:.0f}"


class CellReader:
    """Reads the cells of one survey's file, written as its `choice` says (by default as the codebook says)."""

    def __init__(self, codebook: Codebook, survey: str, choice: Choice | None = None) -> None:
        self.codebook = codebook
        self.decimal = choice.decimal if choice else codebook.surveys[survey].decimal
        self.is_decimal_certain = bool(choice and choice.is_decimal_certain)
        self._labels: dict[str, Labels] = {}
        self._asked: dict[str, Asked] = {}

    @cached_property
    def _words(self) -> dict[str, Meaning]:
        book = self.codebook
        return dict(
            meanings(
                (
                    ("blank", book.blanks),
                    ("zero", book.zeros),
                    ("not_applicable", book.not_applicable),
                    ("refused", book.refusals),
                )
            )
        )

    @cached_property
    def _ticks(self) -> dict[str, bool]:
        """Whether a word ticks an option: the codebook's own go before those that are known to all."""
        own, book = {label(each): True for each in TICKED} | {label(each): False for each in UNTICKED}, self.codebook
        return own | {label(each): True for each in book.ticked} | {label(each): False for each in book.unticked}

    def read(self, cell: Cell, question: Question, option: Option | None) -> tuple[Value, Status | Meaning]:
        """The answer in a cell to `question` (to its `option`, if that has a column of its own), and its status.

        Numbers stay in the unit the question was asked in. The status is `not_applicable` where the respondent says
        so. Raises Unreadable.
        """
        text = cell.text
        if cell.mark == "error":
            raise Unreadable("spreadsheet_error")
        if cell.mark == "uncomputed":
            raise Unreadable("formula_without_value")
        if text is None:
            return NOTHING, "blank"
        meaning = self._words.get(word(text)) if len(text) <= LONGEST_WORD else None
        if cell.mark == "missing" and meaning in (None, "zero"):
            return NOTHING, "blank"
        if question.type in ("text", "free_text"):
            value: Value | None = NOTHING if meaning in (None, "zero") else None
        elif question.type == "single_choice":
            value = self._choice(text, question, is_word=meaning not in (None, "zero"))
        elif question.type == "multiple_choice" and option is not None:
            value = self._tick(text, option, meaning)
        elif meaning in (None, "zero"):
            value = self._number(cell, question, meaning)
            value = value._replace(option_id=option.option_id) if option else value
        else:
            value = None
        return (NOTHING, meaning or "blank") if value is None else (value, "given")

    def _choice(self, text: str, question: Question, is_word: bool) -> Value | None:
        """The option chosen; None where the text names none but is a word for no answer."""
        options = self.codebook.options_of[question.question_id]
        labels = self._labels.get(question.question_id)
        if labels is None:
            labels = self._labels[question.question_id] = Labels(options)
        if option := labels.find(text):
            return Value(option.value, option.option_id)
        if is_word:
            return None
        raise Unreadable("not_an_option", options=" | ".join(option.label_pl for option in options))

    def _tick(self, text: str, option: Option, meaning: Meaning | None) -> Value | None:
        """Whether an option is ticked, or how many further items are named; None: a word for no answer."""
        ticked = self._ticks.get(label(text))
        if ticked is None:
            number = label(text).removesuffix(",0").removesuffix(".0")
            ticked = self._ticks.get(number) if number.isdigit() else None
        if option.is_other and ticked is None and meaning == "zero":
            return Value(0.0, option.option_id, Note("word_read_as_zero", "0"))
        if ticked is None and meaning not in (None, "zero"):
            return None
        if option.is_other:
            items = [item for item in text.split(self.codebook.item_separator) if item.strip()]
            return Value(0.0 if ticked is False else float(len(items)), option.option_id)
        if ticked is None and label(text) in (label(option.label_pl), label(option.label_en)):
            ticked = True
        if ticked is None:
            raise Unreadable("not_a_tick", options=" | ".join((*self.codebook.ticked, *self.codebook.unticked)))
        return Value(float(ticked), option.option_id)

    def _number(self, cell: Cell, question: Question, meaning: Meaning | None) -> Value:
        text, note = str(cell.text), None
        least = question.least
        if meaning == "zero" and (least is None or least <= 0):
            number, note = 0.0, Note("word_read_as_zero", "0")
        elif cell.mark is not None:
            number = self._marked(cell, question)
        elif cell.number is not None and (question.type == "level" or text[:1] in "-0123456789"):
            number = cell.number  # elsewhere a value with a label is what its label says
        else:
            number, note = self._written(text, question)
        if question.type in ("integer", "level") and not number.is_integer():
            raise Unreadable("not_whole")
        if least is not None and number < least:
            raise Unreadable("below_possible", bound=format_bound(least))
        if question.hard_maximum is not None and number > question.hard_maximum:
            raise Unreadable("above_possible", bound=format_bound(question.hard_maximum))
        return Value(number, None, note)

    def _marked(self, cell: Cell, question: Question) -> float:
        """The number in a cell that a spreadsheet shows as a date, or in per cent."""
        asked = self._asked_in(question)
        if cell.mark == "percent":
            if asked.base != "%" or cell.number is None:
                raise Unreadable("other_unit", unit="%", asked=question.unit or "–")
            return round(cell.number * 100, 10)
        try:
            day = parse_date(str(cell.text))
        except Unreadable:
            raise Unreadable("became_a_date", typed="–") from None
        if asked.base != "rok":
            raise Unreadable("became_a_date", typed=probably_typed(day, self.decimal))
        if year := year_behind(day):
            raise Unreadable("became_a_date", typed=str(year))
        return float(day.year)

    def _written(self, text: str, question: Question) -> tuple[float, Note | None]:
        """The number that a text says; of a date its year, where a year is asked."""
        asked = self._asked_in(question)
        try:
            amount = parse_amount(text, asked)
        except Unreadable:
            if asked.base == "rok":
                return self._year(text), None
            if typed := typed_for(text, self.decimal):
                raise Unreadable("became_a_date", typed=typed) from None
            raise
        number = amount.by_rule(question.inexact)
        if amount.how == "exact":
            return number, None
        read = f"{f'{number:.12g}'.replace('.', ',')} {question.unit or ''}".strip()
        return number, Note("inexact_number", read)

    @staticmethod
    def _year(text: str) -> float:
        try:
            return float(parse_date(text, may_lack_day=True).year)
        except Unreadable:
            raise Unreadable("not_a_year") from None

    def _asked_in(self, question: Question) -> Asked:
        asked = self._asked.get(question.question_id)
        if asked is None:
            asked = Asked(question.unit, question.multiplier or 1.0, self.decimal, self.is_decimal_certain)
            self._asked[question.question_id] = asked
        return asked


def read_value(cell: Cell, question: Question, option: Option | None, codebook: Codebook) -> Value:
    """Read a cell that is not blank as an answer, written as the codebook says. Raises Unreadable.

    A word for no answer is not an answer to a question that has options or a number.
    """
    value, status = CellReader(codebook, question.survey).read(cell, question, option)
    if status != "given" and question.type not in ("text", "free_text"):
        raise Unreadable("no_answer")
    return value
