"""The arithmetic of the second implementation: quartiles, summaries, ranks, least squares. NumPy only.

Written from the method's text and textbooks, never from the project's SQL: else agreement means nothing.
Missing numbers are `nan` inside arrays and `None` in the rows that are handed back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

RANK_PLACES = 12  # ties are told on scores rounded to this many places


def available(values: Iterable[float]) -> np.ndarray:
    """The values that are there (not nan), ascending."""
    array = np.asarray(list(values), dtype=float)
    return np.sort(array[~np.isnan(array)])


def quantile(ordered: np.ndarray, share: float, method: str) -> float:
    """The `share` quantile (0.25, 0.5, 0.75) of ascending values, linearly interpolated; nan if none.

    Hyndman & Fan (1996): `inclusive` is type 7, at position 1 + (n − 1)·p counted from 1; `exclusive` is
    type 6, at (n + 1)·p, which is kept between the first and the last value.
    """
    n = len(ordered)
    if n == 0:
        return math.nan
    position = {"inclusive": 1 + (n - 1) * share, "exclusive": (n + 1) * share}[method]
    position = min(max(position, 1), n)
    below = math.floor(position)
    above = min(below + 1, n)
    low, high = ordered[below - 1], ordered[above - 1]
    return float(low + (position - below) * (high - low))


def summary(values: Iterable[float], method: str) -> dict[str, float | int]:
    """n, minimum, q1, median, mean, q3 and benchmark (= maximum) of the available values; nan where n = 0."""
    ordered = available(values)
    n = len(ordered)
    return {
        "n": n,
        "minimum": float(ordered[0]) if n else math.nan,
        "q1": quantile(ordered, 0.25, method),
        "median": quantile(ordered, 0.50, method),
        "mean": math.fsum(ordered) / n if n else math.nan,
        "q3": quantile(ordered, 0.75, method),
        "benchmark": float(ordered[-1]) if n else math.nan,
    }


def ranks(scores: Iterable[float]) -> list[int | None]:
    """Descending ranks, ties sharing the smallest (1, 2, 2, 4); a missing score is unranked."""
    rounded = np.round(np.asarray(list(scores), dtype=float), RANK_PLACES)
    return [None if np.isnan(own) else 1 + int(np.sum(rounded > own)) for own in rounded]


def mean_of_parts(parts: np.ndarray, minimum_availability: float) -> float:
    """Mean of the parts that are there; nan when none is, or fewer than the required share of them."""
    there = parts[~np.isnan(parts)]
    if len(there) == 0 or len(there) / len(parts) < minimum_availability:
        return math.nan
    return math.fsum(there) / len(there)


def least_squares(x: np.ndarray, y: np.ndarray) -> dict[str, float | int]:
    """The line y = slope·x + intercept through the complete pairs, with R² and the slope's standard error.

    No line without spread in x (nor below two pairs), no R² without spread in y, no standard error below
    three pairs.
    """
    complete = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[complete], y[complete]
    n = len(x)
    line: dict[str, float | int] = {"n": n}
    line |= dict.fromkeys(("slope", "slope_standard_error", "intercept", "r_squared"), math.nan)
    if n < 2 or np.ptp(x) == 0:
        return line
    spread_x = math.fsum((x - x.mean()) ** 2)
    spread_y = math.fsum((y - y.mean()) ** 2)
    slope = math.fsum((x - x.mean()) * (y - y.mean())) / spread_x
    intercept = float(y.mean() - slope * x.mean())
    residual = math.fsum((y - (slope * x + intercept)) ** 2)
    line |= {"slope": slope, "intercept": intercept}
    if np.ptp(np.round(y, RANK_PLACES)) > 0:  # equal scores may differ in the last bit
        line["r_squared"] = 1 - residual / spread_y
    if n > 2:
        line["slope_standard_error"] = math.sqrt(residual / (n - 2) / spread_x)
    return line


def null_if_nan(value: float | int | None) -> float | int | None:
    """`nan` as None, which is how a missing number looks in a table."""
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value
