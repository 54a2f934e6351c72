"""Normalisation and aggregation (method §3, §4) of the second implementation (clusters × nodes)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .reference_answers import EditionAnswers
from .reference_numbers import available, mean_of_parts, quantile


def bounds(values: Iterable[float], direction: int, method: str, fence_factor: float) -> dict[str, Any]:
    """The span an indicator is normalised over (§3), of the values turned round where less is better."""
    x = available(direction * np.asarray(list(values), dtype=float))
    if len(x) == 0:
        empty = ("minimum", "q1", "q3", "maximum", "fence", "lower_bound", "upper_bound")
        return {"n": 0, **dict.fromkeys(empty, math.nan), "is_capped": False, "is_degenerate": False}
    minimum, maximum = float(x[0]), float(x[-1])
    q1, q3 = quantile(x, 0.25, method), quantile(x, 0.75, method)
    fence = q3 + fence_factor * (q3 - q1)
    upper = min(maximum, fence)
    is_degenerate = upper <= minimum
    if is_degenerate:
        upper = maximum
    return {
        "n": len(x),
        "minimum": minimum,
        "q1": q1,
        "q3": q3,
        "maximum": maximum,
        "fence": fence,
        "lower_bound": minimum,
        "upper_bound": upper,
        "is_capped": upper < maximum,
        "is_degenerate": is_degenerate,
    }


def normalised(value: float, direction: int, span: dict[str, Any]) -> float:
    """The score of one value, in [0, 1]; nan for a missing value and where all values are the same."""
    lower, upper = span["lower_bound"], span["upper_bound"]
    if math.isnan(value) or upper == lower:
        return math.nan
    return (min(direction * value, upper) - lower) / (upper - lower)


class EditionScores:
    """Scores of all nodes of one edition, for all its clusters."""

    def __init__(self, answers: EditionAnswers) -> None:
        self.answers = answers
        setting = answers.setting
        self.method = setting["quartile_method"]
        self.minimum_availability = float(setting["minimum_availability"])
        self.indicators = list(answers.rules)
        self.level = {node_id: row["level"] for node_id, row in answers.nodes.items()}
        self.parent = {node_id: row["parent_node_id"] for node_id, row in answers.nodes.items()}
        self.direction = {node_id: int(answers.nodes[node_id]["direction"]) for node_id in self.indicators}
        self.values = {
            node_id: self._column(answers.values[cluster, node_id][0] for cluster in answers.clusters)
            for node_id in self.indicators
        }
        self.bounds = {
            node_id: bounds(values, self.direction[node_id], self.method, float(setting["fence_factor"]))
            for node_id, values in self.values.items()
        }
        self.scores = {
            node_id: self._column(
                normalised(value, self.direction[node_id], self.bounds[node_id]) for value in self.values[node_id]
            )
            for node_id in self.indicators
        }
        self.parts = self._parts_of_nodes()
        for level in ("subarea", "area", "overall"):  # parts before wholes
            for node_id in self.parts:
                if self.level[node_id] == level:
                    self.scores[node_id] = self._mean_of(self.parts[node_id])

    @staticmethod
    def _column(values: Iterable[float | None]) -> np.ndarray:
        return np.array([math.nan if value is None else value for value in values], dtype=float)

    def _parts_of_nodes(self) -> dict[str, list[str]]:
        """For each sub-area, area and the overall score: what it is the mean of (only what was asked)."""
        parts: dict[str, list[str]] = {}
        for indicator in self.indicators:
            subarea = self.parent[indicator]
            area = self.parent[subarea]
            overall = self.parent[area]
            area_part = {"indicators": indicator, "subareas": subarea}[self.answers.setting["area_mean_of"]]
            for whole, part in ((subarea, indicator), (area, area_part), (overall, area)):
                if part not in parts.setdefault(whole, []):
                    parts[whole].append(part)
        return parts

    def _mean_of(self, parts: Sequence[str]) -> np.ndarray:
        matrix = np.column_stack([self.scores[part] for part in parts])
        return self._column(mean_of_parts(row, self.minimum_availability) for row in matrix)
