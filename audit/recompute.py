"""The method's arithmetic once more, in plain Python: a trace proves each step instead of repeating the tables.

Written from the study's rules (docs/method.md), not from the models.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


def quantile(values: Sequence[float], p: float, method: str) -> float | None:
    """Quantile by linear interpolation: `inclusive` at (n − 1) p + 1, `exclusive` at (n + 1) p within 1 … n."""
    ordered = sorted(values)
    if not ordered:
        return None
    n = len(ordered)
    place = (n - 1) * p + 1 if method == "inclusive" else min(max((n + 1) * p, 1.0), float(n))
    below = math.floor(place)
    lower, upper = ordered[below - 1], ordered[math.ceil(place) - 1]
    return lower + (place - below) * (upper - lower)


def measure_of(measure: str, values: Sequence[float | None], method: str, direction: int = 1) -> float | int | None:
    """A published measure of the clusters' values (None: missing); the benchmark is the best of them."""
    known = [value for value in values if value is not None]
    counts = {
        "n": len(known),
        "n_missing": len(values) - len(known),
        "n_zero": sum(value == 0 for value in known),
        "n_positive": sum(value > 0 for value in known),
    }
    if measure in counts:
        return counts[measure]
    if not known:
        return None
    if measure in ("q1", "median", "q3"):
        return quantile(known, {"q1": 0.25, "median": 0.5, "q3": 0.75}[measure], method)
    total = math.fsum(known)
    best = max(known) if direction == 1 else min(known)
    return {
        "minimum": min(known),
        "maximum": max(known),
        "benchmark": best,
        "total": total,
        "mean": total / len(known),
    }[measure]


def score_of_parts(scores: Sequence[float | None], minimum_availability: float) -> float | None:
    """Mean of the parts' available scores; None when fewer are available than the edition asks for (at least one)."""
    available = [score for score in scores if score is not None]
    if len(available) < max(1.0, minimum_availability * len(scores)):
        return None
    return math.fsum(available) / len(available)


def bounds_of_values(
    values: Sequence[float | None], direction: int, method: str, fence_factor: float
) -> tuple[float | None, float | None]:
    """Lower and upper bound of direction × value: the minimum, and the maximum or the fence if that is lower.

    The fence is Q3 + fence_factor × (Q3 − Q1); one at the minimum or below leaves no scale, so the maximum counts.
    """
    known = [direction * value for value in values if value is not None]
    q1, q3 = quantile(known, 0.25, method), quantile(known, 0.75, method)
    if q1 is None or q3 is None:
        return None, None
    fence = q3 + fence_factor * (q3 - q1)
    return min(known), max(known) if fence <= min(known) else min(max(known), fence)


def score_of_value(value: float | None, direction: int, bound: Mapping[str, Any]) -> float | None:
    """Min–max score of an indicator's value between the edition's bounds (of direction × value)."""
    lower, upper = bound["lower_bound"], bound["upper_bound"]
    if value is None or lower is None or upper == lower:
        return None
    return (min(direction * value, upper) - lower) / (upper - lower)


def value_of_answers(rule: Sequence[Mapping[str, Any]], answers: Mapping[str, Sequence[Mapping[str, Any]]]) -> Any:  # noqa: ANN401
    """Value of an indicator from the answers to its questions (by question id); None when it is missing.

    `rule` is a row per question, with kind, multiplier, scale and blank_means.
    """
    kind, scale, blank_means = rule[0]["kind"], rule[0]["scale"], rule[0]["blank_means"]
    amounts: list[float] = []
    n_blank = 0
    for part in rule:
        cells = answers.get(part["question_id"], ())
        statuses = {cell["status"] for cell in cells}
        if not cells or statuses & {"rejected", "refused"}:
            return None
        given = [cell["answer_number"] or 0.0 for cell in cells if cell["status"] == "given"]
        if "given" in statuses:
            amounts.append(math.fsum(given) * part["multiplier"])
        else:
            n_blank += 1
    if n_blank == len(rule) and (kind == "options" or blank_means == "missing"):
        return None
    if n_blank and kind != "options" and blank_means == "missing":
        return None
    return math.fsum(amounts) / (len(rule) if kind == "mean" else 1) / scale


def agrees(published: float | None, recomputed: float | None) -> bool:
    """Whether two figures are the same but for the order of additions."""
    if published is None or recomputed is None:
        return published is recomputed
    return math.isclose(published, recomputed, rel_tol=1e-9, abs_tol=1e-12)
