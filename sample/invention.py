"""Made-up answers to a question that no later edition asked: plausible beside the size and maturity of the cluster."""

from __future__ import annotations

import numpy as np

from ingestion.codebook import Option, Question
from sample.answers import Answers, step_of
from sample.profile import Profile, standard

USUAL = 0.08  # of the plausible maximum is what a cluster of usual size and maturity says
BLANK = 0.1  # share of answers that are not given where none is required


def invent(question: Question, options: tuple[Option, ...], profile: Profile, rng: np.random.Generator) -> Answers:
    """Answers of all clusters of the profile to one question; free texts are left blank unless required."""
    n, own = len(profile.members), question.question_id
    wish = profile.maturity + rng.normal(size=n)
    blank = np.zeros(n, bool) if question.required else rng.random(n) < BLANK
    if question.type in ("integer", "number"):
        cells = _numbers(question, profile, wish).astype(object)
    elif question.type == "single_choice":
        order = sorted(options, key=lambda option: option.value if option.value is not None else option.position)
        place = np.clip(np.floor((standard(wish) + 1.5) / 3 * len(order)), 0, len(order) - 1).astype(int)
        cells = np.array([order[i].option_id for i in place], object)
    elif question.has_column_per_option:
        return _ticks(question, options, wish, blank, rng)
    else:
        cells = np.full(n, "brak uwag" if question.required else None, object)
    cells[blank] = None
    return {(own, None): cells}


def _numbers(question: Question, profile: Profile, wish: np.ndarray) -> np.ndarray:
    multiplier, step = question.multiplier or 1.0, step_of(question)
    low = max(question.hard_minimum or 0, question.plausible_minimum or 0) * multiplier
    high = min(question.hard_maximum or np.inf, question.plausible_maximum or 100) * multiplier
    usual = USUAL * high * (1 if question.unit == "%" else profile.members / profile.members.mean())
    drawn = usual * np.exp(0.7 * wish) - USUAL * high * 0.3  # the least mature have none
    return np.round(np.clip(drawn, low, high) / step) * step


def _ticks(
    question: Question, options: tuple[Option, ...], wish: np.ndarray, blank: np.ndarray, rng: np.random.Generator
) -> Answers:
    made: Answers = {}
    for option in options:
        cells = np.full(len(wish), None, object)
        if not option.is_other:
            leaning = wish + rng.normal(size=len(wish)) + rng.normal(scale=0.5)
            cells = (leaning > 0).astype(int).astype(object)
            if question.type == "level":
                cells = (cells + (leaning > 1.5)).astype(object)
            cells[blank] = None
        made[question.question_id, option.option_id] = cells
    return made
