"""Normalisation and aggregation (method §3, §4) of the second implementation (clusters × nodes)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
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


def normalised_column(values: np.ndarray, direction: int, span: dict[str, Any]) -> np.ndarray:
    """The scores of all clusters."""
    return column(normalised(value, direction, span) for value in values)


def column(values: Iterable[float | None]) -> np.ndarray:
    """One number per cluster; nan where it is missing."""
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def parts_of_nodes(
    indicators: Iterable[str], parent: Mapping[str, str], area_mean_of: str
) -> dict[str, dict[str, list[str]]]:
    """What each sub-area, area and the whole above the indicators is the mean of, by level, parts before wholes."""
    parts: dict[str, dict[str, list[str]]] = {"subarea": {}, "area": {}, "overall": {}}
    for indicator in indicators:
        subarea = parent[indicator]
        area = parent[subarea]
        area_part = {"indicators": indicator, "subareas": subarea}[area_mean_of]
        places = (("subarea", subarea, indicator), ("area", area, area_part), ("overall", parent[area], area))
        for level, whole, part in places:
            own = parts[level].setdefault(whole, [])
            if part not in own:
                own.append(part)
    return parts


def with_means(
    scores: Mapping[str, np.ndarray], parts: Mapping[str, Mapping[str, list[str]]], minimum_availability: float
) -> dict[str, np.ndarray]:
    """The indicators' scores, and those of every node above them."""
    found = dict(scores)
    for wholes in parts.values():
        for whole, own in wholes.items():
            matrix = np.column_stack([found[part] for part in own])
            found[whole] = column(mean_of_parts(row, minimum_availability) for row in matrix)
    return found


class EditionScores:
    """Scores of all nodes of one edition, for all its clusters."""

    def __init__(self, answers: EditionAnswers) -> None:
        self.answers = answers
        setting = answers.setting
        self.method = setting["quartile_method"]
        self.minimum_availability = float(setting["minimum_availability"])
        self.fence_factor = float(setting["fence_factor"])
        self.area_mean_of = setting["area_mean_of"]
        self.indicators = list(answers.rules)
        self.level = {node_id: row["level"] for node_id, row in answers.nodes.items()}
        self.parent = {node_id: row["parent_node_id"] for node_id, row in answers.nodes.items()}
        self.direction = {node_id: int(answers.nodes[node_id]["direction"]) for node_id in self.indicators}
        self.values = {
            node_id: column(answers.values[cluster, node_id][0] for cluster in answers.clusters)
            for node_id in self.indicators
        }
        self.bounds = {
            node_id: bounds(values, self.direction[node_id], self.method, self.fence_factor)
            for node_id, values in self.values.items()
        }
        indicator_scores = {
            node_id: normalised_column(values, self.direction[node_id], self.bounds[node_id])
            for node_id, values in self.values.items()
        }
        by_level = parts_of_nodes(self.indicators, self.parent, self.area_mean_of)
        self.parts = {whole: parts for wholes in by_level.values() for whole, parts in wholes.items()}
        self.scores = with_means(indicator_scores, by_level, self.minimum_availability)
