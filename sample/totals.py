"""Totals that are published of an edition without other statistics: met exactly, by scaling all answers alike."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from ingestion.codebook import Codebook
from sample.answers import Answers, is_number, step_of
from sample.calibration import Fact
from sample.marginals import fit_sum


def meet_totals(answers: Answers, codebook: Codebook, facts: Sequence[Fact], known: AbstractSet[object]) -> None:
    """Change answers (in place) so that the facts hold, one after the other; the `known` answers stay as they are.

    `n_missing`: so many clusters, those with the smallest numbers, give none, and all others do. `total`: the answers
    to the questions add up to it. `rest`: the first question is what the third leaves of the second.
    """
    rests = [fact.question_id.split(";") for fact in facts if fact.kind == "rest"]
    wholes = {part: whole for _, whole, part in rests}
    for fact in facts:
        question_ids = fact.question_id.split(";")
        if any((question_id, None) in known for question_id in question_ids):
            continue
        match fact.kind:
            case "n_missing":
                for question_id in question_ids:
                    _leave_out(answers[question_id, None], int(fact.value))
            case "total":
                _scale(answers, codebook, question_ids, fact.value, wholes)
            case "rest":
                rest, whole, part = question_ids
                answers[rest, None] = answers[whole, None] - answers[part, None]


def _leave_out(cells: np.ndarray, number: int) -> None:
    given = is_number(cells)
    cells[~given] = np.median(cells[given].astype(float))
    cells[np.argsort(cells.astype(float), kind="stable")[:number]] = None


def _scale(
    answers: Answers, codebook: Codebook, question_ids: Sequence[str], total: float, wholes: dict[str, str]
) -> None:
    """Numbers on the questions' grid that add up to `total`, none above its whole; a zero stays one."""
    questions = [question for question in codebook.questions if question.question_id in question_ids]
    step = max(step_of(question) for question in questions)
    columns = [answers[question.question_id, None] for question in questions]
    places = [(column, i) for column, cells in enumerate(columns) for i in np.flatnonzero(is_number(cells))]
    wanted = np.array([columns[column][i] for column, i in places], float)
    high = np.where(wanted > 0, 100 * total, 0.0)
    for place, (column, i) in enumerate(places):
        if whole := wholes.get(questions[column].question_id):
            high[place] = min(high[place], answers[whole, None][i])
    exact = fit_sum(wanted / wanted.sum() * total / step, np.zeros(len(places)), high / step, round(total / step))
    for (column, i), units in zip(places, exact, strict=True):
        columns[column][i] = units * step
