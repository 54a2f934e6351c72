"""The answers of an edition without statistics of its own: those of the next later edition, taken back in time.

A pool holds every question ever asked in a later edition, also those that the edition between did not ask, with the
answers as they would have been. An edition takes from it what it asks; what nobody asked later is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingestion.codebook import Codebook, Option, Question
from sample.answers import OF_THE_IDENTITY, Answers, is_given, is_number, keep_within_wholes, step_of, was_asked
from sample.calibration import Calibration
from sample.invention import invent
from sample.marginals import Vector
from sample.names import other_items
from sample.profile import Profile
from sample.totals import meet_totals

SHRINK = (0.8, 1.0)  # how much smaller an activity was, beside the size of the cluster
KEPT, LOWERED = 0.92, 0.15  # shares of options already ticked, and of levels and ordinals one step lower, before


@dataclass(frozen=True)
class Pool:
    """Questions and options as the latest edition asked them, and the answers of an edition's clusters to them."""

    questions: dict[str, Question]
    options: dict[str, tuple[Option, ...]]
    answers: Answers
    profile: Profile

    @classmethod
    def of(cls, codebook: Codebook, answers: Answers, profile: Profile) -> Pool:
        """The pool of the newest edition."""
        return cls({q.question_id: q for q in codebook.benchmark_questions}, codebook.options_of, answers, profile)

    def renewed(self, codebook: Codebook, answers: Answers) -> Pool:
        """The pool once an edition has been answered: its questions replace those of the same id."""
        asked = {question.question_id: question for question in codebook.benchmark_questions}
        kept = {
            key: cells
            for key, cells in self.answers.items()
            if key[0] not in asked or _sort(asked[key[0]]) == _sort(self.questions[key[0]])
        }
        return Pool(self.questions | asked, self.options | codebook.options_of, kept | answers, self.profile)

    def earlier(self, row: np.ndarray, profile: Profile, rng: np.random.Generator) -> Pool:
        """The answers as they would have been an edition earlier, of the clusters that descend from `row`."""
        ratio = profile.members / self.profile.members[row]
        answers: Answers = {}
        for (question_id, option_id), cells in self.answers.items():
            question, options = self.questions[question_id], self.options[question_id]
            option = next((option for option in options if option.option_id == option_id), None)
            answers[question_id, option_id] = _earlier(question, option, options, cells[row], ratio, rng)
        return Pool(self.questions, self.options, answers, profile)

    def answer(self, codebook: Codebook, calibration: Calibration, known: Answers, rng: np.random.Generator) -> Answers:
        """Every answer of an edition: `known` ones, those of the pool in the edition's terms, and made-up ones."""
        answers = dict(known)
        for question in codebook.benchmark_questions:
            is_known = any(key[0] == question.question_id for key in answers)
            if not is_known and question.question_id not in OF_THE_IDENTITY:
                answers |= self._restated(question, codebook, rng)
        _skip(answers, codebook)
        meet_totals(answers, codebook, [fact for fact in calibration.facts if not fact.indicator_id], set(known))
        keep_within_wholes(answers, codebook)
        return answers

    def _restated(self, question: Question, codebook: Codebook, rng: np.random.Generator) -> Answers:
        own = codebook.options_of[question.question_id]
        before = self.questions.get(question.question_id)
        if before is None or _sort(before) != _sort(question):
            return invent(question, own, self.profile, rng)
        if not question.has_column_per_option:
            cells = self.answers[question.question_id, None]
            return {(question.question_id, None): _fitted(question, own, cells, self.profile, rng)}
        made = invent(question, own, self.profile, rng)
        earlier = [self.answers[question.question_id, o.option_id] for o in self.options[question.question_id]]
        answered = np.any([is_given(cells) for cells in earlier], axis=0)
        for key in made:
            made[key] = self.answers.get(key, np.where(answered, made[key], None))
        return made


def _sort(question: Question) -> str:
    """What an answer is: numbers are numbers whatever the unit."""
    return "number" if question.type in ("integer", "number") else question.type


def _earlier(
    question: Question,
    option: Option | None,
    options: tuple[Option, ...],
    cells: np.ndarray,
    ratio: Vector,
    rng: np.random.Generator,
) -> np.ndarray:
    chance = rng.random(len(cells))
    cells = cells.copy()
    if question.type in ("integer", "number"):
        given = is_number(cells)
        scale = rng.uniform(*SHRINK, len(cells)) * (1 if question.unit in ("%", "rok") else np.minimum(ratio, 1))
        step = step_of(question)
        cells[given] = np.floor(cells[given].astype(float) * scale[given] / step + chance[given]) * step
    elif option is not None and option.is_other:
        for i in np.flatnonzero(chance > KEPT):
            cells[i] = other_items(str(cells[i]).count(";"), rng) if cells[i] else None
    elif question.has_column_per_option:
        lower = is_number(cells) & (chance < (LOWERED if question.type == "level" else 1 - KEPT))
        cells[lower] = np.maximum(cells[lower].astype(float) - 1, 0)
    elif question.type == "single_choice":
        scale = sorted((o for o in options if o.value is not None), key=lambda o: float(o.value or 0))
        step_down = {up.option_id: down.option_id for down, up in pairwise(scale)}
        for i in np.flatnonzero(chance < LOWERED):
            cells[i] = step_down.get(str(cells[i]), cells[i])
    return cells


def _fitted(
    question: Question, options: tuple[Option, ...], cells: np.ndarray, profile: Profile, rng: np.random.Generator
) -> np.ndarray:
    """Cells on the grid, in the range and among the options of the question; none blank where it is required."""
    cells, made = cells.copy(), invent(question, options, profile, rng)[question.question_id, None]
    if question.type in ("integer", "number"):
        multiplier, step, given = question.multiplier or 1.0, step_of(question), is_number(cells)
        low = max(question.hard_minimum or 0, question.plausible_minimum or 0) * multiplier
        high = min(question.hard_maximum or np.inf, question.plausible_maximum or np.inf) * multiplier
        cells[given] = np.clip(np.round(cells[given].astype(float) / step) * step, low, high)
        cells[~given] = None  # also the words for "no answer", which editions write in their own way
        lacking = ~given if question.required else np.zeros(len(cells), bool)
    elif question.type == "single_choice":
        lacking = ~np.isin(cells.astype(str), [option.option_id for option in options])
        if not question.required:
            lacking &= is_given(cells)
    else:
        lacking = np.zeros(len(cells), bool)
    cells[lacking] = made[lacking]
    return cells


def _skip(answers: Answers, codebook: Codebook) -> None:
    """Blank (in place) what was not asked of a cluster."""
    for question in codebook.benchmark_questions:
        if question.asked_if_question:
            asked = was_asked(question, codebook, answers)
            for key in [key for key in answers if key[0] == question.question_id]:
                answers[key] = np.where(asked, answers[key], None)
