"""The attacker: what can be concluded from the figures of a node. Each conclusion is certain, none is a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from tests.disclosure.figures import PLACES, Figure, Node

WIDTH = 0.05  # a narrower interval is told
FEWEST = 3  # of fewer clusters


@dataclass(frozen=True)
class Claim:
    """One of `clusters` (positions in the node) has its score between `low` and `high`; or (`of_mean`) their mean."""

    clusters: frozenset[int]
    low: float
    high: float
    of_mean: bool = False

    def tells(self) -> bool:
        """Whether that is more than may be told."""
        return self.high - self.low < WIDTH and 0 < len(self.clusters) < FEWEST

    def is_right(self, scores: Sequence[float]) -> bool:
        """Whether it is so."""
        values = np.array([scores[cluster] for cluster in sorted(self.clusters)])
        values = values.mean(keepdims=True) if self.of_mean else values
        return bool(((values >= self.low - 1e-9) & (values <= self.high + 1e-9)).any())


def by_order_statistics(node: Node) -> list[Claim]:
    """Figures that are the score of one cluster of a group, and the same score in groups of several cuts.

    With an odd number of clusters the median is the value of one, with 4k + 1 the quartiles are; so are always minimum
    and maximum.
    A figure that was not rounded and is the same in two cuts is of the same cluster, unless two have just that score:
    scores of which that may be expected (few digits) are not claimed. Whoever has the largest score of all is, in every
    cut, in the segment whose largest is not smaller; so for the smallest.
    """
    single = [
        figure for figure in node.of(*PLACES) if ((len(figure.clusters) - 1) * PLACES[figure.statistic]).is_integer()
    ]
    claims = [Claim(frozenset(figure.clusters), figure.low, figure.high) for figure in single]
    exact = [figure for figure in single if figure.high - figure.low < 1e-6 and _has_many_digits(figure.low)]
    for one, other in combinations(exact, 2):
        if one.group[0] != other.group[0] and max(one.low, other.low) <= min(one.high, other.high):
            claims.append(Claim(frozenset(one.clusters) & frozenset(other.clusters), one.low, one.high))
    same = [claim for claim in claims if _has_many_digits(claim.low) and claim.high - claim.low < 1e-6]
    for claim in same:
        everywhere = frozenset.intersection(*(o.clusters for o in same if abs(o.low - claim.low) < 1e-9))
        claims.append(Claim(everywhere, claim.low, claim.high))
    return [*claims, *_holders_of_extremes(node, "benchmark", 1), *_holders_of_extremes(node, "minimum", -1)]


def _has_many_digits(value: float) -> bool:
    return abs(value - round(value, 3)) > 1e-6


def _holders_of_extremes(node: Node, statistic: str, sign: int) -> list[Claim]:
    figures = node.of(statistic)
    of_all = [figure for figure in figures if figure.group[0] == "all"]
    if not of_all:
        return []
    holders = set(of_all[0].clusters)
    for figure in figures:
        reach = figure.high if sign > 0 else -figure.low
        if reach < (of_all[0].low if sign > 0 else -of_all[0].high):
            holders -= set(figure.clusters)
    return [Claim(frozenset(holders), of_all[0].low, of_all[0].high)]


def by_differencing(node: Node) -> list[Claim]:
    """Means of overlapping groups combined so that all but one or two clusters cancel out.

    A set of clusters is isolated when a vector that is zero elsewhere is a combination of the groups' memberships. What
    rounding leaves open of the means adds up with the factors.
    """
    means = node.of("mean")
    sizes = np.array([len(figure.clusters) for figure in means], dtype=float)
    memberships = _memberships(node, means)
    totals = np.array([(figure.low + figure.high) / 2 for figure in means]) * sizes
    left_open = np.array([(figure.high - figure.low) / 2 for figure in means]) * sizes
    solve = np.linalg.pinv(memberships.T)
    claims = []
    for size in range(1, FEWEST):
        for clusters in combinations(range(len(node.clusters)), size):
            wanted = np.zeros(len(node.clusters))
            wanted[list(clusters)] = 1 / size
            factors = solve @ wanted
            if np.abs(memberships.T @ factors - wanted).max() < 1e-9:
                value, slack = factors @ totals, np.abs(factors) @ left_open
                claims.append(Claim(frozenset(clusters), value - slack, value + slack, of_mean=True))
    return claims


def by_solver(node: Node, known: Sequence[Claim]) -> list[Claim]:
    """The least and the largest score that each cluster can have by all that is published, found by linear programming.

    Every score is between 0 and 1, and between the minimum and the benchmark of its groups; means are what is
    published, with what rounding left open; `known` are earlier claims, of which those about one cluster are taken.
    What quartiles say of the order is left out, so an attacker could do better, and what is claimed is certain.
    """
    means = node.of("mean")
    memberships = _memberships(node, means) / np.array([[len(figure.clusters)] for figure in means])
    low, high = np.zeros(len(node.clusters)), np.ones(len(node.clusters))
    for figure in node.of("minimum"):
        low[list(figure.clusters)] = np.maximum(low[list(figure.clusters)], figure.low)
    for figure in node.of("benchmark"):
        high[list(figure.clusters)] = np.minimum(high[list(figure.clusters)], figure.high)
    for claim in known:
        if len(claim.clusters) == 1:
            (cluster,) = claim.clusters
            low[cluster], high[cluster] = max(low[cluster], claim.low), min(high[cluster], claim.high)
    limits = {
        "A_ub": np.concatenate([memberships, -memberships]),
        "b_ub": [*(figure.high for figure in means), *(-figure.low for figure in means)],
        "bounds": list(zip(low, high, strict=True)),
    }
    claims = []
    for cluster in range(len(node.clusters)):
        objective = np.zeros(len(node.clusters))
        objective[cluster] = 1
        least, largest = linprog(objective, **limits), linprog(-objective, **limits)
        assert least.status == largest.status == 0, "the figures are of some scores"
        claims.append(Claim(frozenset([cluster]), least.fun, -largest.fun))
    return claims


def _memberships(node: Node, figures: Sequence[Figure]) -> np.ndarray:
    """A row per figure, a column per cluster: 1 where the figure is about the cluster."""
    memberships = np.zeros((len(figures), len(node.clusters)))
    for row, figure in enumerate(figures):
        memberships[row, list(figure.clusters)] = 1
    return memberships
