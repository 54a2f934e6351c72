"""The answers of all clusters of a calibrated edition; and more or fewer clusters out of an edition's."""

from __future__ import annotations

import numpy as np

from ingestion.codebook import Codebook, Question
from sample.calibration import Calibration, Indicator
from sample.marginals import Vector
from sample.names import other_items
from sample.options import OptionCount
from sample.parts import split
from sample.profile import Profile
from sample.values import ValueDraw

WRITTEN_ZERO = 0.5  # share of the zeros that are written as 0; the others are left blank
# Question and option → one entry per cluster: None (blank), a number in base units (zł, persons; ticks 1 and 0), the
# id of the option chosen, or a text (also in place of a number: the words that say "no answer").
Answers = dict[tuple[str, str | None], np.ndarray]

OF_THE_IDENTITY = ("cluster_name", "coordinator_name", "voivodeship")  # filled in when a delivery is put together
CHARACTERISTICS = ("founded_year", "age_counts_from", "members", "enterprises", "science_institutions", "pkd_division")


def step_of(question: Question) -> float:
    """The grid that a question's numbers are written on, in base units."""
    multiplier = question.multiplier or 1.0
    if question.type == "integer" or question.unit == "zł":
        return multiplier
    return multiplier * (0.001 if multiplier >= 1e6 else 0.1)


def draw_answers(codebook: Codebook, calibration: Calibration, profile: Profile, rng: np.random.Generator) -> Answers:
    """The answers that the published figures are about, for the clusters of the profile."""
    answers = characteristics(codebook, profile, rng)
    values = ValueDraw(codebook, calibration, profile, rng).values()
    for indicator in calibration.indicators:
        fill = _options if indicator.kind == "options" else _numbers
        answers |= fill(indicator, values[indicator.indicator_id], codebook, calibration, rng)
    return answers | _uncounted(answers, codebook, calibration, profile, rng)


def characteristics(codebook: Codebook, profile: Profile, rng: np.random.Generator) -> Answers:
    """What the profile says, for the questions that the edition asks."""
    plans = profile.maturity + rng.normal(0, 0.5, len(profile.maturity)) > -0.5
    known: Answers = {(name, None): getattr(profile, name).astype(object) for name in CHARACTERISTICS}
    known["industry", None] = _offered(codebook, "industry", profile.industry)
    known["kkk_status", None] = np.where(profile.kkk, "kkk", "non_kkk").astype(object)
    known["kkk_plans", None] = np.where(profile.kkk, "kkk", np.where(plans, "planned", "not_planned")).astype(object)
    asked = {question.question_id for question in codebook.questions}
    return {key: cells for key, cells in known.items() if key[0] in asked}


def _offered(codebook: Codebook, question_id: str, chosen: np.ndarray) -> np.ndarray:
    """The options chosen; the last one, which stands for all others, for what the edition does not offer."""
    offered = [option.option_id for option in codebook.options_of.get(question_id, ())]
    return np.array([name if name in offered or not offered else offered[-1] for name in map(str, chosen)], object)


def _numbers(
    indicator: Indicator, units: Vector, codebook: Codebook, calibration: Calibration, rng: np.random.Generator
) -> Answers:
    parts, unit = {indicator.inputs[0]: units}, indicator.step * indicator.scale
    if len(indicator.inputs) > 1:
        unit *= len(indicator.inputs) if indicator.kind == "mean" else 1
        parts = split(calibration, indicator, units, rng)
    blank = np.isnan(units)
    if indicator.blank_is_zero:
        blank = (units == 0) & (rng.random(len(units)) >= WRITTEN_ZERO)
    answers: Answers = {}
    for question in codebook.questions:
        if question.question_id not in parts:
            continue
        cells = (parts[question.question_id] * unit).astype(object)
        if question.type == "single_choice":
            ids = {option.value: option.option_id for option in codebook.options_of[question.question_id]}
            cells = np.array([ids.get(round(cell, 6)) for cell in cells], object)
        cells[np.isnan(units)] = codebook.refusals[0]  # a blank would count as none
        cells[blank] = None
        answers[question.question_id, None] = cells
    return answers


def _options(
    indicator: Indicator, units: Vector, codebook: Codebook, calibration: Calibration, rng: np.random.Generator
) -> Answers:
    counted = OptionCount.of(indicator, codebook, calibration)
    ticks, left = counted.distribute(units, rng)
    answers: Answers = {key: cells.astype(object) for key, cells in ticks.items()}
    for option in codebook.options_of[counted.question_id]:
        if option.is_other:
            items = np.array([other_items(number, rng) for number in left], object)
            answers[counted.question_id, option.option_id] = items
    for parent, (question_id, totals) in counted.further.items():
        for option_id in totals:
            answers[question_id, option_id][ticks[counted.question_id, parent] == 0] = None  # not asked
    return answers


def _uncounted(
    answers: Answers, codebook: Codebook, calibration: Calibration, profile: Profile, rng: np.random.Generator
) -> Answers:
    """Multi-option questions with published shares that no indicator counts: of those asked, the most mature tick."""
    added: Answers = {}
    for question in codebook.questions:
        shares = calibration.shares.get(question.question_id, {})
        if not shares or any((question.question_id, option) in answers for option in shares):
            continue
        asked = was_asked(question, codebook, answers)
        for option, share in shares.items():
            wish = np.where(asked, profile.maturity + rng.normal(0, 1, len(asked)), -np.inf)
            cells = np.zeros(len(asked), object)
            cells[np.argsort(-wish, kind="stable")[: round(share)]] = 1
            cells[~asked] = None
            added[question.question_id, option] = cells
    return added


def was_asked(question: Question, codebook: Codebook, answers: Answers) -> np.ndarray:
    """Which clusters the question was put to, by its skip rule."""
    parent, wanted = question.asked_if_question, (question.asked_if_option or "").split(";")
    if not parent:
        return np.ones(len(next(iter(answers.values()))), bool)
    if (parent, None) in answers:
        return np.isin(answers[parent, None].astype(str), wanted)
    return np.any([answers[parent, option] == 1 for option in wanted], axis=0)


def resample(answers: Answers, codebook: Codebook, rows: np.ndarray, factor: Vector) -> Answers:
    """The clusters `rows`, drawn again and again if need be, their numbers made larger or smaller by `factor`.

    One factor per cluster and rounding that keeps order leave parts ≤ wholes, counts = ticks and skip rules as they
    are; shares and years stay as they are.
    """
    questions = {question.question_id: question for question in codebook.questions}
    drawn: Answers = {}
    for (question_id, option), cells in answers.items():
        question, cells = questions[question_id], cells[rows]
        if question.type in ("integer", "number") and question.unit not in ("rok", "%"):
            given = is_number(cells)
            step, multiplier = step_of(question), question.multiplier or 1.0
            scaled = np.round(cells[given].astype(float) * factor[given] / step) * step
            highest = (question.plausible_maximum or np.inf) * multiplier
            cells[given] = np.clip(scaled, (question.plausible_minimum or 0) * multiplier, highest)
        drawn[question_id, option] = cells
    keep_within_wholes(drawn, codebook)
    return drawn


def is_number(cells: np.ndarray) -> np.ndarray:
    """Which cells hold a number, rather than a blank or words."""
    return np.array([isinstance(cell, int | float | np.number) for cell in cells], bool)


def is_given(cells: np.ndarray) -> np.ndarray:
    """Which cells are not blank."""
    return np.array([cell is not None for cell in cells], bool)


def keep_within_wholes(answers: Answers, codebook: Codebook) -> None:
    """Cut (in place) the last of the parts of a whole that together exceed it."""
    for total in codebook.totals:
        *others, part = total.part_question_ids.split(";")
        cells, wholes = answers[part, None], answers[total.whole_question_id, None]
        both = np.flatnonzero(is_number(cells) & is_number(wholes))
        for i in both:
            taken = sum(
                x for x in (answers[other, None][i] for other in others) if isinstance(x, int | float | np.number)
            )
            cells[i] = min(cells[i], max(wholes[i] - taken, 0))
