"""From the number of options a cluster names to which ones: option totals as published, every count made up exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.codebook import Codebook
from sample.calibration import Calibration, Indicator
from sample.marginals import Vector

# Question and option → ticks (0/1) or levels of every cluster.
Ticks = dict[tuple[str, str], Vector]


def _take(wish: Vector, allowed: np.ndarray, count: int) -> Vector:
    """1 for the `count` allowed clusters with the strongest wish, 0 for the others."""
    order = np.argsort(np.where(allowed, -wish, np.inf), kind="stable")
    chosen = np.zeros(len(wish))
    chosen[order[: min(count, int(allowed.sum()))]] = 1
    return chosen


@dataclass(frozen=True)
class OptionCount:
    """An indicator that counts options: its question, and the questions asked only if one of its options is ticked."""

    question_id: str
    totals: dict[str, int]  # option → number of clusters that tick it, or give it the highest level
    further: dict[str, tuple[str, dict[str, int]]]  # option → the question that hangs on it, and its totals
    highest: int  # level of a full answer; 1 for a tick
    is_open: bool  # respondents can add options of their own

    @classmethod
    def of(cls, indicator: Indicator, codebook: Codebook, calibration: Calibration) -> OptionCount:
        """What the codebook and the published shares say about the indicator's questions."""
        questions = {question.question_id: question for question in codebook.questions}
        own_id, *child_ids = indicator.inputs
        totals = {q: {o: round(n) for o, n in calibration.shares[q].items()} for q in indicator.inputs}
        further = {str(questions[q].asked_if_option): (q, totals[q]) for q in child_ids}
        highest = int(questions[own_id].hard_maximum or 2) if questions[own_id].type == "level" else 1
        is_open = any(option.is_other for q in indicator.inputs for option in codebook.options_of[q])
        return cls(own_id, totals[own_id], further, highest, is_open)

    def restrict(self, low: Vector, total: float) -> tuple[Vector, float]:
        """Lower bounds of the sorted counts, and their total, such that the options can reach their totals."""
        most = max(self.totals.values())
        low[-most:] = np.maximum(low[-most:], self.highest)
        if self.highest > 1:  # lower levels fill up what is lacking
            return low, total
        named = sum(self.totals.values()) + sum(sum(totals.values()) for _, totals in self.further.values())
        return low, float(max(total, named) if self.is_open else named)

    def can_make_up(self, counts: Vector) -> bool:
        """Whether every option reaches its total with all counts made up."""
        ticks, left = self.distribute(counts, np.random.default_rng(0))
        wanted = {(self.question_id, option): total for option, total in self.totals.items()}
        for question_id, totals in self.further.values():
            wanted |= {(question_id, option): total for option, total in totals.items()}
        met = all((ticks[key] == self.highest).sum() == total for key, total in wanted.items())
        return met and (self.is_open or not left.any())

    def distribute(self, counts: Vector, rng: np.random.Generator) -> tuple[Ticks, Vector]:
        """Ticks or levels, and what is left to name outside the list.

        Giving each option, most frequent first, to the clusters with most still to name meets all totals whenever
        that can be (Gale–Ryser).
        """
        return self._levels(counts, rng) if self.highest > 1 else self._ticks(counts, rng)

    def _ticks(self, counts: Vector, rng: np.random.Generator) -> tuple[Ticks, Vector]:
        left, own = counts.copy(), self.question_id
        columns = [(total, own, option, "") for option, total in self.totals.items()]
        for parent, (question_id, totals) in self.further.items():
            columns += [(total, question_id, option, parent) for option, total in totals.items()]
        ticks: Ticks = {}
        # An option comes before those that hang on it, being at least as frequent.
        for total, question_id, option, parent in sorted(columns, key=lambda column: (-column[0], column[3] != "")):
            allowed, wish = left >= 1, left + rng.random(len(left)) * 0.5
            if parent:
                allowed &= ticks[own, parent] == 1
            else:  # who is not asked the further question has fewer options to name, so goes first here
                wish += sum(1.5 * (ticks[own, asking] == 0) for asking in self.further if (own, asking) in ticks)
            ticks[question_id, option] = _take(wish, allowed, total)
            left -= ticks[question_id, option]
        return ticks, left

    def _levels(self, counts: Vector, rng: np.random.Generator) -> tuple[Ticks, Vector]:
        left, empty = counts.copy(), np.zeros(len(counts))
        ticks: Ticks = {}
        for option, total in sorted(self.totals.items(), key=lambda item: -item[1]):
            # What cannot be made up by level 1 where nothing was given yet is most urgent.
            chosen = _take(left - empty + rng.random(len(left)) * 0.5, left >= self.highest, total)
            ticks[self.question_id, option] = self.highest * chosen
            left -= self.highest * chosen
            empty += 1 - chosen
        for option in rng.permutation(list(self.totals)):
            more = (ticks[self.question_id, str(option)] == 0) & (left >= 1)
            ticks[self.question_id, str(option)] += more
            left -= more
        return ticks, left
