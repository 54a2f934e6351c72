"""Complementary suppression: which means of scores would, together with others, tell what must not be told.

The mean of a group of clusters is a sum, so every combination of the means that are shown can be calculated: all less
two of three segments is the third. A combination tells of a few clusters when all others cancel out. Whether there is
one follows from who belongs to which group, not from the scores: the vectors of membership span a space, and the
clusters of a small set are told of when a vector that is zero outside of it lies in that space.

Groups are admitted one after another, segments first, the largest first. One that would make such a combination
possible, or one that adds up to a group that is hidden, stays out. Hidden are groups that are too small, and those
whose clusters nearly all have the same score: the group tells it of each of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

TINY = 1e-9
COLUMNS = "edition_id, node_id, cut_id, segment_id, cluster_ids, members, scores"

Name = tuple[str, str]  # cut and segment


@dataclass(frozen=True)
class Row:
    """A group of clusters with the scores of a node; `cluster_ids` are all clusters that have one."""

    cut_id: str
    segment_id: str
    cluster_ids: str
    members: str
    scores: list[float]

    @property
    def name(self) -> Name:
        """The group's cut and segment."""
        return self.cut_id, self.segment_id


class Shown:
    """The space that the groups admitted so far span: `outside` projects n clusters on what is orthogonal to it.

    Raises ValueError when the policy asks for combinations of more clusters than are looked for.
    """

    def __init__(self, n_clusters: int, hidden: list[np.ndarray], fewest: float) -> None:
        if fewest > 3:
            raise ValueError(f"disclosure_policy: complementary, clusters is {fewest:g}; it can be 3 at most")
        self.outside = np.eye(n_clusters)
        self.hidden = hidden
        self.fewest = fewest

    def admits(self, group: np.ndarray) -> bool:
        """Take in a group's vector of zeros and ones unless a combination would then tell too much."""
        rest = self.outside @ group
        length = rest @ rest
        if length < TINY:
            return True  # it adds up from others
        outside = self.outside - np.outer(rest, rest) / length
        if any(vector @ outside @ vector < TINY for vector in self.hidden) or self._tells_of_few(outside):
            return False
        self.outside = outside
        return True

    def _tells_of_few(self, outside: np.ndarray) -> bool:
        """Whether a vector of the space has one cluster only (2 is the fewest allowed), or one or two (3)."""
        own = outside.diagonal()
        if self.fewest > 1 and (own < TINY).any():
            return True
        if self.fewest <= 2:
            return False
        pairs = np.outer(own, own) - outside**2 < TINY
        np.fill_diagonal(pairs, False)
        return bool(pairs.any())


def model(dbt: Any, session: Any) -> pa.Table:  # noqa: ANN401  what dbt passes
    """One row per edition, node above the indicators, group of clusters and measures to hide, with the rule."""
    thresholds = dbt.ref("disclosure_policy").df()
    policy = dict(zip(zip(thresholds["rule"], thresholds["scope"], strict=True), thresholds["threshold"], strict=True))
    found = []
    if ("complementary", "clusters") in policy:
        nodes: dict[tuple[int, str], list[Row]] = {}
        for edition_id, node_id, *row in dbt.ref("int_list_score_groups").project(COLUMNS).order("all").fetchall():
            nodes.setdefault((edition_id, node_id), []).append(Row(*row))
        hide = cache(lambda *question: hidden_means(*question, policy["complementary", "clusters"]))
        for (edition_id, node_id), rows in nodes.items():
            uniform = frozenset(row.name for row in rows if is_uniform(np.array(row.scores), policy))
            small = frozenset(row.name for row in rows if len(row.scores) < policy["minimum_n", "figures"])
            found += [(edition_id, node_id, *name, None, "uniform") for name in sorted(uniform - small)]
            # Nodes that the same clusters have scores of mostly have the same answer.
            memberships = tuple((row.name, row.members) for row in rows)
            found += [
                (edition_id, node_id, *name, "mean", "complementary")
                for name in hide(rows[0].cluster_ids, memberships, uniform | small)
            ]
    types = {"edition_id": pa.int32()} | dict.fromkeys(
        ("item", "cut_id", "segment_id", "measure_group", "rule"), pa.string()
    )
    columns = list(zip(*found, strict=True)) or [()] * len(types)
    return pa.table({name: pa.array(column, types[name]) for name, column in zip(types, columns, strict=True)})


def is_uniform(scores: np.ndarray, policy: Mapping[tuple[str, str], float]) -> bool:
    """Whether so many scores are near to each other that one of any two clusters has such a score."""
    ordered = np.sort(scores)
    near = np.searchsorted(ordered, ordered + policy["uniform", "width"]) - np.arange(len(ordered))
    return len(scores) - near.max() < policy["uniform", "outside_scores"]


def hidden_means(
    cluster_ids: str, memberships: Iterable[tuple[Name, str]], hidden: frozenset[Name], fewest: float
) -> list[Name]:
    """The groups whose mean must not be shown, given those `hidden` altogether."""
    clusters = cluster_ids.split(";")
    vectors = {name: np.isin(clusters, members.split(";")).astype(float) for name, members in memberships}
    shown = Shown(len(clusters), [vectors[name] for name in sorted(hidden)], fewest)
    # Segments go before panels: they are what the study prints.
    rest = sorted(set(vectors) - hidden, key=lambda name: (name[0] == "panel", -vectors[name].sum(), name))
    return sorted(name for name in rest if not shown.admits(vectors[name]))
