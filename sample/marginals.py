"""The values of one indicator, sorted: its mean, median, maximum and counts hold whatever is drawn.

Every published statement is a bound on an order statistic. Between the bounds the lower half rises to the median, and
the upper half is median + C·tᵃ with C solved for the sum; a shapes how unequal the clusters are, hence their scores.
All values are in units of the indicator's grid, so that they are whole numbers.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sample.calibration import Fact, Indicator

Vector = NDArray[np.float64]
FENCE = 1.5
BISECTIONS = 45


def fit_sum(wanted: Vector, low: Vector, high: Vector, total: float) -> Vector:
    """Whole numbers between `low` and `high` near `wanted` that add up to `total`; or as near as the bounds allow."""
    values = np.rint(np.clip(wanted, low, high))
    room = high - values if total > values.sum() else values - low
    lack = total - values.sum()
    share = min(abs(lack) / room.sum(), 1.0) if room.sum() else 0.0
    values += np.sign(lack) * np.floor(room * share)
    lack = total - values.sum()
    room = high - values if lack > 0 else values - low
    # One unit each, where there is most room: at most one per value is left after the proportional part.
    for index in np.argsort(-room, kind="stable")[: int(abs(lack))]:
        values[index] += np.sign(lack) if room[index] >= 1 else 0
    return values


def order_bounds(
    indicator: Indicator, facts: list[Fact], caps: Vector | None, highest: float | None
) -> tuple[Vector, Vector]:
    """Lower and upper bounds, in grid units, of the indicator's `n` sorted values.

    `caps` (n, grid units): what each cluster's value may not exceed; with sorted caps as bounds an assignment exists.
    `highest`: the highest value there is on an ordinal scale, None when it is not one.
    Raises ValueError when the published figures contradict each other.
    """
    n, step = indicator.n, indicator.step
    low, high = np.zeros(n), np.full(n, np.inf)

    def at_least(threshold: float, count: float) -> None:
        bound = math.ceil(round(threshold / step, 6))
        split = n - int(count)
        low[split:] = np.maximum(low[split:], bound)
        high[:split] = np.minimum(high[:split], bound - 1)

    counts = {fact.kind: fact.value for fact in facts}
    n_positive = counts.get("n_positive", n - counts["n_zero"] if "n_zero" in counts else None)
    if n_positive is not None:
        at_least(max(step, counts.get("minimum_positive", 0)), n_positive)
        high[: n - int(n_positive)] = 0
    positive = n_positive if n_positive is not None else n
    below = n - positive
    for fact in sorted(facts, key=lambda fact: fact.threshold):
        above = fact.threshold + step
        match fact.kind:
            case "n_at_least":
                at_least(fact.threshold, fact.value)
            case "n_greater_than":
                at_least(above, fact.value)
            case "n_at_most":
                at_least(above, n - fact.value)
            case "n_less_than":
                at_least(fact.threshold, n - fact.value)
            case "n_positive_at_most":
                at_least(above, positive - fact.value)
            case "n_positive_less_than":
                at_least(fact.threshold, positive - fact.value)
            case "value_of_rank":
                place = n - int(fact.threshold)
                low[place:] = np.maximum(low[place:], fact.value / step)
                high[: place + 1] = np.minimum(high[: place + 1], fact.value / step)
            case "n_equal":
                below = 0 if fact.threshold == 0 else below
                at_least(fact.threshold, n - below)
                below += fact.value
                at_least(above, n - below)
    if indicator.benchmark:
        high = np.minimum(high, float(indicator.benchmark) / step)
        low[-1] = high[-1]
    else:  # no maximum printed: a thin tail above the last threshold
        high = np.minimum(high, low.max() + 3 if highest is None else highest)
    if indicator.median:
        median, upper = round(float(indicator.median) / step, 6), n // 2
        if n % 2:
            pair = (median, median)
        elif high[upper - 1] == 0:  # half of the clusters have none
            pair = (0.0, 2 * median)
        else:
            pair = (math.floor(median), math.ceil(median))
        for index, value in zip((n - 1 - upper, upper), pair, strict=True):
            low[index:], high[: index + 1] = (
                np.maximum(low[index:], value),
                np.minimum(high[: index + 1], value),
            )
    low = np.maximum.accumulate(low)
    if caps is not None:
        high = np.minimum(high, np.floor(np.sort(caps)))
    high = np.minimum.accumulate(high[::-1])[::-1]
    if (low > high).any():
        raise ValueError(f"The figures of {indicator.indicator_id} contradict each other: no values can meet them")
    return low, high


def published_total(indicator: Indicator, facts: list[Fact]) -> float | None:
    """What the indicator's values add up to, in grid units: a published total, or n times the printed mean.

    The mean of the positive values, if published, decides among the totals that print the same mean.
    """
    if not indicator.mean:
        return None
    counts = {fact.kind: fact.value for fact in facts}
    total = float(indicator.mean) * indicator.n
    if "mean_of_positive" in counts and "n_positive" in counts:
        leeway = indicator.tolerance * indicator.n
        total = min(max(counts["mean_of_positive"] * counts["n_positive"], total - leeway), total + leeway)
    return float(round(counts.get("total", total) / indicator.step))


def draw_sorted(
    indicator: Indicator,
    low: Vector,
    high: Vector,
    total: float | None,
    power: float,
    gaps: Vector,
    rise: float = 1.0,
) -> Vector:
    """The indicator's sorted values, in grid units, that add up to `total` (None: nothing printed).

    `gaps` (n, positive): the random spacing of the clusters along the distribution; `rise`: the lower half's power.
    """
    n = indicator.n
    median = float(indicator.median or 0) / indicator.step
    start = max(n // 2, int((high == 0).sum()))
    shape = np.zeros(n)
    t = np.cumsum(gaps[:start])
    shape[:start] = median * (t / t[-1]) ** rise
    t = np.cumsum(gaps[start:])
    tail = (t / t[-1]) ** power

    def spread(scale: float) -> Vector:
        shape[start:] = median + scale * tail
        return np.clip(shape, low, high)

    if total is None:
        return np.rint(low + (high - low) * np.concatenate([np.zeros(start), tail]))
    least, most = 0.0, 200 * float(high[-1])
    for _ in range(BISECTIONS):
        scale = (least + most) / 2
        least, most = (scale, most) if spread(scale).sum() < total else (least, scale)
    return np.sort(fit_sum(spread(least), low, high, total))


def scores(values: Vector) -> Vector:
    """Min–max scores with the upper end cut at the Tukey fence; NaN stays NaN (method §3, quartiles of type 7)."""
    known = values[~np.isnan(values)]
    low, high = known.min(), known.max()
    q1, q3 = np.percentile(known, [25, 75])
    fence = min(high, q3 + FENCE * (q3 - q1))
    upper = fence if fence > low else high
    return (np.minimum(values, upper) - low) / (upper - low) if upper > low else np.full(values.shape, np.nan)
