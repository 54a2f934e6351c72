"""Splitting an indicator's value over the questions it is added up from (years, forms, levels of education)."""

from __future__ import annotations

import numpy as np

from sample.calibration import Calibration, Indicator
from sample.marginals import Vector, fit_sum

GROWTH = 15.0  # % from the first year to the second, where none is published


def _part_total(calibration: Calibration, indicator: Indicator, question_id: str, whole: float) -> float:
    """What a question adds up to: published, or its share by the published yearly means, or a plausible share."""
    total = calibration.figure(question_id, "total")
    if total is not None:
        return total
    mean = calibration.figure(question_id, "mean")
    if mean is not None:
        return round(whole * mean / sum(calibration.figure(other, "mean") or 0.0 for other in indicator.inputs))
    positive = calibration.figure(question_id, "n_positive")
    growth = next((f.value for f in calibration.facts_of(indicator.indicator_id) if f.kind == "growth_pct"), GROWTH)
    return round(1.6 * positive) if positive else round(whole / (2 + growth / 100))


def split(calibration: Calibration, indicator: Indicator, units: Vector, rng: np.random.Generator) -> dict[str, Vector]:
    """Whole units per question, adding up to `units` (NaN where missing) in every cluster."""
    left = np.nan_to_num(units)
    whole, positive = left.sum(), int((left > 0).sum())
    *first, last = sorted(indicator.inputs, key=lambda q: -(calibration.figure(q, "n_positive") or 0))
    reserve = (calibration.figure(last, "n_positive") or 0) >= positive
    parts: dict[str, Vector] = {}
    for question_id in first:
        count = int(calibration.figure(question_id, "n_positive") or positive)
        named = np.zeros(len(left), bool)
        named[np.argsort(-(left + rng.random(len(left))), kind="stable")[:count]] = True
        high = np.where(named, np.maximum(left - (1 if reserve else 0), 0), 0)
        low = np.minimum(high, 1.0) if calibration.figure(question_id, "n_positive") else np.zeros(len(left))
        total = _part_total(calibration, indicator, question_id, whole)
        wanted = high * rng.uniform(0.85, 1.15, len(left))
        parts[question_id] = fit_sum(wanted * total / max(wanted.sum(), 1), low, high, total)
        left = left - parts[question_id]
    parts[last] = left
    return {question_id: np.where(np.isnan(units), np.nan, part) for question_id, part in parts.items()}
