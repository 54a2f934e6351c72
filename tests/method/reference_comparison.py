"""Two editions compared (method §6): the same clusters, the same indicators, the same bounds, or not.

An edition is compared with every earlier one that conforms to the same framework of today. Tree, direction and
settings are the later edition's; the earlier one's indicators are found through today's nodes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .reference_answers import Tables
from .reference_conformance import ConformingEdition, Rows
from .reference_numbers import available, quantile
from .reference_scores import bounds, normalised_column, parts_of_nodes, with_means

Scores = Mapping[str, np.ndarray]  # node of the later edition → a score per cluster


def measures(scores: np.ndarray) -> dict[str, float]:
    """Median, mean and benchmark of the scores there are; nan when there is none."""
    there = available(scores)
    if len(there) == 0:
        return dict.fromkeys(("median", "mean", "benchmark"), math.nan)
    return {
        "median": quantile(there, 0.5, "inclusive"),
        "mean": math.fsum(there) / len(there),
        "benchmark": float(there[-1]),
    }


class Pair:
    """An edition and an earlier one."""

    def __init__(self, later: ConformingEdition, earlier: ConformingEdition) -> None:
        self.later, self.earlier = later, earlier
        self.match = {  # asked indicators of the later edition → those of the earlier one
            own: other
            for own in later.scores.indicators
            if (other := earlier.node_of.get(later.today[own])) and earlier.is_asked(other)
        }
        self.common = {own for own, other in self.match.items() if later.variant[own] == earlier.variant[other]}

    def comparability(self, node_id: str) -> str:
        """`comparable`, `changed` or `new`, of a node that the later edition asked."""
        below = self.later.below[node_id]
        if self.later.scores.level[node_id] == "indicator":
            return "new" if node_id not in self.match else "comparable" if node_id in self.common else "changed"
        if not below & self.common:
            return "new"
        other = self.earlier.node_of.get(self.later.today[node_id])
        if other is None or self.later.variant[node_id] != self.earlier.variant[other]:
            return "changed"
        shared = {self.match[own] for own in below & self.common} & self.earlier.below[other]
        same = len(shared) == len(below) == len(self.earlier.below[other])
        return "comparable" if same else "changed"

    def own_scores(self) -> tuple[Scores, Scores]:
        """The published scores of the indicators matched."""
        later, earlier = self.later.scores.scores, self.earlier.scores.scores
        return {own: later[own] for own in self.match}, {own: earlier[other] for own, other in self.match.items()}

    def anchored_scores(self) -> tuple[Scores, Scores]:
        """Their scores between bounds over the values (in base units) of all clusters of both editions."""
        method, fence_factor = self.later.scores.method, self.later.scores.fence_factor
        found: tuple[dict[str, np.ndarray], dict[str, np.ndarray]] = ({}, {})
        for own, other in self.match.items():
            direction = self.later.scores.direction[own]
            values = [
                edition.scores.values[node_id] * float(edition.scores.answers.rules[node_id]["scale"])
                for edition, node_id in ((self.later, own), (self.earlier, other))
            ]
            span = bounds(np.concatenate(values), direction, method, fence_factor)
            for scores, column in zip(found, values, strict=True):
                scores[own] = normalised_column(column, direction, span)
        return found

    def with_composites(self, scores: Scores) -> Scores:
        """The scores of one edition and scale, with the nodes above recomputed from the comparable indicators."""
        of = self.later.scores
        parts = parts_of_nodes(sorted(self.common), of.parent, of.area_mean_of)
        return with_means(scores, parts, of.minimum_availability)

    def panel(self, tables: Tables) -> set[str]:
        """The clusters in both editions, but for those that merged or split in between."""
        clusters = set(self.later.clusters) & set(self.earlier.clusters)
        for event in tables.get("cluster_lineage", ()):
            if self.earlier.edition_id < event["edition_id"] <= self.later.edition_id:
                clusters -= {event["predecessor_cluster_id"], event["successor_cluster_id"]}
        return clusters

    def rows(self, tables: Tables) -> Iterator[dict[str, Any]]:
        """edition_comparison, of this pair."""
        everybody = set(self.later.clusters) | set(self.earlier.clusters)
        bases = {"all": everybody, "panel": self.panel(tables)}
        scales = {"own": self.own_scores(), "anchored": self.anchored_scores()}
        for scale, (later, earlier) in scales.items():
            now, before = self.with_composites(later), self.with_composites(earlier)
            for basis, clusters in bases.items():
                key = {"edition_id": self.later.edition_id, "previous_edition_id": self.earlier.edition_id}
                key |= {"basis": basis, "scale": scale}
                inside = np.array([cluster in clusters for cluster in self.later.clusters], dtype=bool)
                inside_before = np.array([cluster in clusters for cluster in self.earlier.clusters], dtype=bool)
                for node_id, published in self.later.scores.scores.items():
                    found = self.comparability(node_id)
                    is_new = found == "new"
                    scores = (published if is_new else now[node_id])[inside]
                    earlier_scores = None if is_new else before[node_id][inside_before]
                    yield from self.node_rows(key, node_id, found, scores, earlier_scores)

    def node_rows(
        self, key: dict[str, Any], node_id: str, found: str, scores: np.ndarray, earlier_scores: np.ndarray | None
    ) -> Iterator[dict[str, Any]]:
        """The measures of one node."""
        level = self.later.scores.level[node_id]
        previous = {} if earlier_scores is None else measures(earlier_scores)
        for measure, value in measures(scores).items():
            previous_value = previous.get(measure, math.nan)
            yield {
                **key,
                "node_id": node_id,
                "level": level,
                "measure": measure,
                "comparability": found,
                "n": len(available(scores)),
                "previous_n": None if earlier_scores is None else len(available(earlier_scores)),
                "value": value,
                "previous_value": previous_value,
                "change": value - previous_value,
                "n_parts": None if level == "indicator" else len(self.later.below[node_id] & self.common),
            }


def comparison_rows(tables: Tables, editions: Mapping[int, ConformingEdition]) -> Rows:
    """edition_comparison: every edition delivered with every earlier one of the same framework of today."""
    return [
        row
        for later in editions.values()
        for earlier in editions.values()
        if earlier.edition_id < later.edition_id and earlier.setting["conforms_to"] == later.setting["conforms_to"]
        for row in Pair(later, earlier).rows(tables)
    ]
