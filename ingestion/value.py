"""What one cell says: a number as Poles write it, a chosen option, or nothing. Pure functions."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from ingestion.codebook import Codebook, Option, Question
from ingestion.problem import tell
from ingestion.table import Cell, Choice

Status = Literal["given", "blank", "skipped", "refused", "rejected"]

# Thousands are set apart by a space, a no-break space or a narrow no-break space; decimals by the survey's mark.
_NUMBER = {
    mark: re.compile(rf"[-−]?(?:\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}})+|\d+)(?:{re.escape(mark)}\d+)?", re.ASCII)
    for mark in ",."
}


class Unreadable(ValueError):
    """The cell cannot be read as an answer to its question: a `kind` of problem, and what is said of it."""

    def __init__(self, kind: str, **said: object) -> None:
        self.kind = kind
        self.said = said
        super().__init__(f"{self.reason}; expected {self.expected}")

    @property
    def reason(self) -> str:
        """Why, in English, as what follows "the answer is"."""
        return tell(self.kind, {"found": "", **self.said}).reason.removeprefix("the answer is ")

    @property
    def expected(self) -> str:
        """What was expected, in English."""
        return tell(self.kind, {"found": "", **self.said}).expected


class Value(NamedTuple):
    """An answer as read: the option chosen, if it has options, and its number, if it has one."""

    number: float | None
    option_id: str | None = None


def parse_number(text: str, decimal: str = ",") -> float:
    """A number in Polish writing, such as `1 711,9`; `decimal` is the mark before its decimals.

    Raises Unreadable; the other mark is refused, since `1.711` could mean 1711 as well as 1,711.
    """
    if not _NUMBER[decimal].fullmatch(text):
        called_en, called_pl = {",": ("comma", "przecinkiem"), ".": ("point", "kropką")}[decimal]
        raise Unreadable("not_a_number", mark_en=called_en, mark_pl=called_pl, example=f"1 711{decimal}9")
    return float(re.sub(r"[ \u00a0\u202f]", "", text).replace("−", "-").replace(",", "."))


def format_bound(number: float) -> str:
    """A bound as a person writes it: without a decimal part where it has none."""
    return f"{number:g}" if number % 1 else f"{number:.0f}"


def _read_number(cell: Cell, question: Question, decimal: str) -> Value:
    number = cell.number if cell.number is not None else parse_number(str(cell.text), decimal)
    if question.type in ("integer", "level") and not number.is_integer():
        raise Unreadable("not_whole")
    if question.least is not None and number < question.least:
        raise Unreadable("below_possible", bound=format_bound(question.least))
    if question.hard_maximum is not None and number > question.hard_maximum:
        raise Unreadable("above_possible", bound=format_bound(question.hard_maximum))
    return Value(number)


def _same(left: str | None, right: str) -> bool:
    return left is not None and " ".join(left.split()).casefold() == " ".join(right.split()).casefold()


def _read_choice(cell: Cell, options: tuple[Option, ...]) -> Value:
    text = str(cell.text)
    for option in options:
        if _same(option.code, text) or _same(option.label_pl, text) or _same(option.label_en, text):
            return Value(option.value, option.option_id)
    raise Unreadable("not_an_option", options=" | ".join(option.label_pl for option in options))


def _read_tick(cell: Cell, option: Option, codebook: Codebook) -> Value:
    text = str(cell.text)
    if option.is_other:
        items = [item for item in text.split(codebook.item_separator) if item.strip()]
        return Value(float(len(items)), option.option_id)
    if any(_same(word, text) for word in codebook.ticked):
        return Value(1.0, option.option_id)
    if any(_same(word, text) for word in codebook.unticked):
        return Value(0.0, option.option_id)
    raise Unreadable("not_a_tick", options=" | ".join((*codebook.ticked, *codebook.unticked)))


def read_value(
    cell: Cell, question: Question, option: Option | None, codebook: Codebook, choice: Choice | None = None
) -> Value:
    """Read a cell that is not blank as an answer to `question` (to its `option`, if that has a column of its own).

    `choice` says how its file was read; None: it is in none, and written as
    the codebook has it. Numbers stay in the unit the question was asked in. Raises Unreadable.
    """
    if question.type in ("text", "free_text"):
        return Value(None)
    if question.type == "single_choice":
        return _read_choice(cell, codebook.options_of[question.question_id])
    if question.type == "multiple_choice" and option is not None:
        return _read_tick(cell, option, codebook)
    decimal = choice.decimal if choice else codebook.surveys[question.survey].decimal
    value = _read_number(cell, question, decimal)
    return Value(value.number, option.option_id if option else None)


def is_refusal(cell: Cell, codebook: Codebook) -> bool:
    """Whether the respondent says in so many words that there is no answer."""
    return cell.text is not None and any(_same(word, cell.text) for word in codebook.refusals)
