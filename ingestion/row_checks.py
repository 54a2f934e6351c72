"""What one respondent's answers say together: what was asked, and whether that and nothing else was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ingestion.codebook import Option, Question
from ingestion.table import Cell
from ingestion.value import Status, Value, format_bound
from ingestion.wording import Meaning


class ReadCell(NamedTuple):
    """A cell of a question's answer as read; `option` where the option has a column of its own."""

    header: str
    option: Option | None
    cell: Cell
    value: Value
    status: Status | Meaning


def is_asked(question: Question, values: Mapping[str, Sequence[ReadCell]]) -> bool | None:
    """Whether the question was asked of who gave these `values` (by question), by its skip rule.

    None where the answer that the rule looks at could not be read.
    """
    if not question.asked_if_question:
        return True
    wanted = set((question.asked_if_option or "").split(";"))
    looked_at = values.get(question.asked_if_question, ())
    for read in looked_at:
        # An option with a column of its own is chosen when it is ticked; of one column, the option that it names.
        is_chosen = read.option is None or bool(read.value.number)
        if read.status == "given" and is_chosen and read.value.option_id in wanted:
            return True
    return None if not looked_at or any(read.status == "rejected" for read in looked_at) else False


def is_checked(question: Question) -> bool:
    """Whether an answer to the question that could be read may be wrong beside others; most cannot."""
    has_plausible = question.plausible_minimum is not None or question.plausible_maximum is not None
    return bool(question.asked_if_question or question.required or (has_plausible and has_range(question)))


def check_answers(
    question: Question, line: Sequence[ReadCell], asked: bool | None, called: Mapping[str, str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What is wrong with the answer to one question: kind of problem, header, what is said of it.

    `called` are the headers of the survey's questions.
    An unticked box or a 0 says nothing where nothing was asked: platforms write it for what was not shown as well.
    """
    for read in line:
        if asked is False and read.status == "given" and (read.value.number is None or read.value.number):
            looked_at = called[str(question.asked_if_question)]
            yield "answer_to_skipped", read.header, {"found": read.cell.text, "filter": looked_at}
        elif read.status == "given" and is_implausible(question, read.value.number):
            ends = (question.plausible_minimum, question.plausible_maximum)
            least, most = ("…" if end is None else format_bound(end) for end in ends)
            yield "implausible", read.header, {"found": read.cell.text, "least": least, "most": most}
    has_none = all(read.status in ("blank", "refused", "not_applicable") for read in line)
    if question.required and asked and line and has_none:
        yield "required_missing", line[0].header, {"found": line[0].cell.text or "–"}


def is_implausible(question: Question, number: float | None) -> bool:
    """Whether a number that was answered, not the score of an option, is beyond the plausible range."""
    if number is None or not has_range(question):
        return False
    least, most = question.plausible_minimum, question.plausible_maximum
    return (least is not None and number < least) or (most is not None and number > most)


def has_range(question: Question) -> bool:
    """Whether the number of an answer is one that was answered, and not the score of an option."""
    return question.type in ("integer", "number", "level")
