"""Every indicator's value for every cluster: first which values there are, then which cluster has which."""

from __future__ import annotations

from itertools import product

import numpy as np

from ingestion.codebook import Codebook
from sample.calibration import Calibration, Indicator
from sample.marginals import Vector, draw_sorted, order_bounds, published_total, scores
from sample.options import OptionCount
from sample.profile import Profile
from sample.ranks import Limits, draw_targets, hand_out, swap_towards

POWERS = (0.3, 0.5, 0.8, 1.2, 1.7, 2.4, 3.3, 4.5, 6.0)  # shapes of the upper half, from equal to unequal
RISES = (1.0, 0.7, 0.5, 0.35, 0.2)  # of the lower half, where the options of a question need a flatter one


class ValueDraw:
    """Draws the values of an edition's indicators for its calibrated number of clusters."""

    def __init__(
        self, codebook: Codebook, calibration: Calibration, profile: Profile, rng: np.random.Generator
    ) -> None:
        self.codebook, self.calibration, self.profile, self.rng = codebook, calibration, profile, rng
        self.wholes = {total.part_question_ids: total.whole_question_id for total in codebook.totals}

    def values(self) -> dict[str, Vector]:
        """Every indicator's value per cluster (NaN: missing), in units of its grid."""
        subareas: dict[str, list[Indicator]] = {}
        for indicator in self.calibration.indicators:
            subareas.setdefault(indicator.subarea_id, []).append(indicator)
        known: dict[str, np.ndarray] = {}
        present: dict[str, np.ndarray] = {}
        for subarea, indicators in subareas.items():
            # Indicators of a sub-area that lack as many clusters lack the same ones.
            masks = {i.n: self._known(i) for i in indicators}
            known |= {i.indicator_id: masks[i.n] for i in indicators}
            present[subarea] = np.any(list(masks.values()), axis=0)
        sizes = {subarea: len(indicators) for subarea, indicators in subareas.items()}
        targets = draw_targets(self.profile.maturity, present, sizes, self.calibration.scores, self.rng)
        values: dict[str, Vector] = {}
        for subarea, indicators in subareas.items():
            values |= self._subarea(subarea, indicators, known, targets[subarea])
        return values

    def _known(self, indicator: Indicator) -> np.ndarray:
        """Which clusters have a value. The largest always does: only it can hold the largest counts."""
        members = self.profile.members
        wish = self.rng.random(len(members))
        for segment in self.calibration.segments_of("size"):
            if segment.segment_id == indicator.missing_among:
                wish += members >= (segment.lower or 0)
        wish[np.argmax(members)] = -1
        known = np.ones(len(members), bool)
        known[np.argsort(-wish, kind="stable")[: len(members) - indicator.n]] = False
        return known

    def _subarea(
        self, subarea: str, indicators: list[Indicator], known: dict[str, np.ndarray], target: Vector
    ) -> dict[str, Vector]:
        """Values of a sub-area: of the shape whose mean score is nearest to the published, ranked to the target."""
        gaps = {i.indicator_id: self.rng.gamma(6.0, size=i.n) for i in indicators}
        wish = {i.indicator_id: np.nan_to_num(target) + self.rng.normal(0, 0.02, len(target)) for i in indicators}
        published, nearest, best = self.calibration.scores[subarea][3], np.inf, {}
        for power in POWERS:
            columns: dict[str, Vector] = {}
            for indicator in indicators:
                name = indicator.indicator_id
                caps = self._caps(indicator, columns)
                fitting = caps[known[name]] if caps is not None else None
                ordered = self._ordered(indicator, fitting, power, gaps[name])
                columns[name] = hand_out(ordered, known[name], wish[name], caps)
            mean = np.mean([np.nanmean(scores(values)) for values in columns.values()])
            if abs(mean - published) < nearest:
                nearest, best = abs(mean - published), columns
        swap_towards(target, best, {i.indicator_id: self._limit(i, best) for i in indicators})
        return best

    def _ordered(self, indicator: Indicator, caps: Vector | None, power: float, gaps: Vector) -> Vector:
        """Sorted values of the shape `power`, or of the nearest shape whose counts the options can make up."""
        facts = self.calibration.facts_of(indicator.indicator_id)
        question = next(q for q in self.codebook.questions if q.question_id == indicator.inputs[0])
        options = self.codebook.options_of[question.question_id] if question.type == "single_choice" else ()
        scale = [option.value for option in options if option.value is not None]
        low, high = order_bounds(indicator, facts, caps, max(scale, default=None))
        total = published_total(indicator, facts)
        if indicator.kind != "options" or total is None:
            return draw_sorted(indicator, low, high, total, power, gaps)
        counted = OptionCount.of(indicator, self.codebook, self.calibration)
        low, total = counted.restrict(low, total)
        for other, rise in sorted(product(POWERS, RISES), key=lambda shape: abs(np.log(shape[0] / power)) - shape[1]):
            ordered = draw_sorted(indicator, low, high, total, other, gaps, rise)
            if counted.can_make_up(ordered):
                return ordered
        raise ValueError(f"No counts of {indicator.indicator_id} can be made up by its options")

    def _limit(self, indicator: Indicator, columns: dict[str, Vector]) -> Limits:
        """What the indicator's values may not exceed: another indicator of the sub-area, or what the register says."""
        whole = self.wholes.get(";".join(indicator.inputs), "")
        if whole in self.profile.wholes:
            return None, self.profile.wholes[whole] / indicator.step
        asked = {i.inputs: i.indicator_id for i in self.calibration.indicators if i.indicator_id in columns}
        return asked.get((whole,)), None

    def _caps(self, indicator: Indicator, columns: dict[str, Vector]) -> Vector | None:
        other, figures = self._limit(indicator, columns)
        return np.nan_to_num(columns[other], nan=np.inf) if other else figures
