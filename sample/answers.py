"""The answers of all clusters, as cells of the delivered files; and more or fewer clusters out of these."""

from __future__ import annotations

import numpy as np

from ingestion.codebook import Codebook
from sample.calibration import Calibration, Indicator
from sample.marginals import Vector
from sample.names import other_items
from sample.options import OptionCount
from sample.parts import split
from sample.profile import Profile
from sample.values import ValueDraw

WRITTEN_ZERO = 0.5  # share of the zeros that are written as 0; the others are left blank
# Question and option → one cell per cluster: None (blank), a number in the unit asked, or a text.
Answers = dict[tuple[str, str | None], np.ndarray]


def draw_answers(codebook: Codebook, calibration: Calibration, profile: Profile, rng: np.random.Generator) -> Answers:
    """All answers of the calibrated clusters, but for their names."""
    answers = _characteristics(codebook, profile, rng)
    values = ValueDraw(codebook, calibration, profile, rng).values()
    for indicator in calibration.indicators:
        fill = _options if indicator.kind == "options" else _numbers
        answers |= fill(indicator, values[indicator.indicator_id], codebook, calibration, rng)
    return answers | _uncounted(answers, codebook, calibration, profile, rng)


def _labels(codebook: Codebook, question_id: str) -> dict[str, str]:
    return {option.option_id: option.label_pl for option in codebook.options_of[question_id]}


def _characteristics(codebook: Codebook, profile: Profile, rng: np.random.Generator) -> Answers:
    figures = ("founded_year", "age_counts_from", "members", "enterprises", "science_institutions", "pkd_division")
    answers: Answers = {(name, None): getattr(profile, name).astype(object) for name in (*figures, "voivodeship")}
    plans = profile.maturity + rng.normal(0, 0.5, len(profile.maturity)) > -0.5
    for question_id, chosen in {
        "industry": profile.industry,
        "kkk_status": np.where(profile.kkk, "kkk", "non_kkk"),
        "kkk_plans": np.where(profile.kkk, "kkk", np.where(plans, "planned", "not_planned")),
    }.items():
        labels = _labels(codebook, question_id)
        answers[question_id, None] = np.array([labels[str(option)] for option in chosen], object)
    return answers


def _numbers(
    indicator: Indicator, units: Vector, codebook: Codebook, calibration: Calibration, rng: np.random.Generator
) -> Answers:
    parts, unit = {indicator.inputs[0]: units}, indicator.step * indicator.scale
    if len(indicator.inputs) > 1:
        unit *= len(indicator.inputs) if indicator.kind == "mean" else 1
        parts = split(calibration, indicator, units, rng)
    blank = np.isnan(units)
    if indicator.blank_is_zero:
        blank |= (units == 0) & (rng.random(len(units)) >= WRITTEN_ZERO)
    answers: Answers = {}
    for question in codebook.questions:
        if question.question_id not in parts:
            continue
        cells = np.round(parts[question.question_id] * unit / (question.multiplier or 1), 1).astype(object)
        if question.type == "single_choice":
            labels = {option.value: option.label_pl for option in codebook.options_of[question.question_id]}
            cells = np.array([labels.get(cell) for cell in cells], object)
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
        asked = np.ones(len(profile.members), bool)
        if question.asked_if_question:
            labels = _labels(codebook, question.asked_if_question)
            wanted = [labels[option] for option in str(question.asked_if_option).split(";")]
            asked = np.isin(answers[question.asked_if_question, None].astype(str), wanted)
        for option, share in shares.items():
            wish = np.where(asked, profile.maturity + rng.normal(0, 1, len(asked)), -np.inf)
            cells = np.zeros(len(asked), object)
            cells[np.argsort(-wish, kind="stable")[: round(share)]] = 1
            cells[~asked] = None
            added[question.question_id, option] = cells
    return added


def resample(answers: Answers, codebook: Codebook, number: int, rng: np.random.Generator) -> Answers:
    """`number` clusters out of the calibrated ones: whole clusters drawn again, their numbers made larger or smaller.

    One factor per cluster and rounding that keeps order leave parts ≤ wholes, counts = ticks and skip rules as they
    are; shares and years stay as they are.
    """
    size = len(next(iter(answers.values())))
    rows = np.concatenate([rng.permutation(size) for _ in range(-(-number // size))])[:number]
    factor = rng.uniform(0.8, 1.25, number)
    questions = {question.question_id: question for question in codebook.questions}
    drawn: Answers = {}
    for (question_id, option), cells in answers.items():
        question, cells = questions[question_id], cells[rows]
        if question.type in ("integer", "number") and question.unit not in ("rok", "%"):
            given = np.array([cell is not None for cell in cells])
            scaled = np.round(cells[given].astype(float) * factor[given], 0 if question.type == "integer" else 1)
            cells[given] = np.clip(scaled, question.plausible_minimum or 0, question.plausible_maximum or np.inf)
        drawn[question_id, option] = cells
    for total in codebook.totals:  # rounding can lift several parts of one whole above it, by one
        *others, part = total.part_question_ids.split(";")
        for i, whole in enumerate(drawn[total.whole_question_id, None]):
            if whole is not None and drawn[part, None][i] is not None:
                room = whole - sum(drawn[other, None][i] or 0 for other in others)
                drawn[part, None][i] = min(drawn[part, None][i], room)
    return drawn
