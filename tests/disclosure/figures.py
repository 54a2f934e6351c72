"""What an attacker has: the figures of a public file about the scores of a node, and who belongs to which group.

Memberships are not in the file. They are assumed to be known from elsewhere: a cluster's size, age, industry and status
are in public registers, and which clusters took part in an edition is no secret.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

# Where an order statistic lies among the sorted values, from the first (0) to the last (1).
PLACES = {"minimum": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "benchmark": 1.0}
STATISTICS = (*PLACES, "mean")
Group = tuple[str, str]  # cut and segment; of a panel the other edition


@dataclass(frozen=True)
class Figure:
    """A published statistic of the scores of some clusters, which before rounding was between `low` and `high`.

    `clusters` are positions in the node's list of clusters.
    """

    group: Group
    clusters: tuple[int, ...]
    statistic: str
    low: float
    high: float


@dataclass(frozen=True)
class Node:
    """A node of an edition: its clusters in a fixed order, and all figures that are published about their scores."""

    node_id: str
    clusters: tuple[str, ...]
    figures: tuple[Figure, ...]

    def of(self, *statistics: str) -> list[Figure]:
        """The figures that are one of the statistics."""
        return [figure for figure in self.figures if figure.statistic in statistics]


class Knowledge:
    """The figures of an edition and the memberships of its clusters.

    `schema` is where the tables stand: `benchmark` in public.duckdb. `memberships` are what `known_memberships` gives.
    """

    def __init__(
        self, public: duckdb.DuckDBPyConnection, memberships: pd.DataFrame, edition: int, schema: str = "benchmark"
    ) -> None:
        self.edition = edition
        self.groups = (
            memberships[memberships["edition_id"] == edition].groupby(["cut_id", "segment_id"])["cluster_id"].agg(set)
        )
        self.distribution = public.execute(
            f"select * from {schema}.score_distribution where edition_id = ?", [edition]
        ).df()
        # Of scores as the edition itself has them: nothing recomputed, no bounds pooled.
        self.comparison = public.execute(
            f"select * from {schema}.edition_comparison where scale = 'own' and comparability = 'comparable'"
            " and $1 in (edition_id, previous_edition_id)",
            [edition],
        ).df()

    def node(self, node_id: str, clusters: Collection[str]) -> Node:
        """All that is published about a node's scores; `clusters` are those that have one."""
        names = tuple(sorted(clusters))
        place = {name: position for position, name in enumerate(names)}
        members = {
            group: tuple(sorted(place[name] for name in own if name in place)) for group, own in self.groups.items()
        }
        rows = self.distribution[self.distribution["node_id"] == node_id].to_dict("records")
        figures = [
            Figure(group, members[group], statistic, *before_rounding(row[statistic]))
            for row in rows
            for statistic in STATISTICS
            if (group := (row["cut_id"], row["segment_id"])) in members and not pd.isna(row[statistic])
        ]
        return Node(node_id, names, tuple(figures + self._of_panels(node_id, members)))

    def _of_panels(self, node_id: str, members: Mapping[Group, tuple[int, ...]]) -> list[Figure]:
        figures = []
        for row in self.comparison[self.comparison["node_id"] == node_id].to_dict("records"):
            is_later = row["edition_id"] == self.edition
            value = row["value" if is_later else "previous_value"]
            group = ("panel", str(row["previous_edition_id" if is_later else "edition_id"]))
            if row["basis"] == "panel" and not pd.isna(value):
                figures.append(Figure(group, members[group], row["measure"], *before_rounding(value)))
        return figures


def before_rounding(value: float) -> tuple[float, float]:
    """Between what a figure was before it was rounded to two decimals; what has more of them was not rounded."""
    slack = 0.005 if abs(value - round(value, 2)) < 1e-9 else 0.0
    return value - slack - 1e-9, value + slack + 1e-9


def known_memberships(benchmarking: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Edition, cut, segment and cluster: who is in which segment, among all, or in the panel with another edition."""
    clusters = benchmarking.execute("select * from core.dim_cluster_edition").df()
    cuts = benchmarking.execute("select distinct cut_id from core.dim_segment where cut_id != 'all'").df()["cut_id"]
    who = ["edition_id", "cluster_id"]
    segments = clusters.melt(who, list(cuts), "cut_id", "segment_id").dropna(subset="segment_id")
    everyone = clusters[who].assign(cut_id="all", segment_id="all")
    pairs = clusters[who].merge(clusters[who], on="cluster_id", suffixes=("", "_other"))
    panels = pairs[pairs["edition_id"] != pairs["edition_id_other"]].assign(cut_id="panel")
    panels["segment_id"] = panels["edition_id_other"].astype(str)
    return pd.concat([everyone, segments, panels])[["edition_id", "cut_id", "segment_id", "cluster_id"]]


def true_scores(benchmarking: duckdb.DuckDBPyConnection, edition: int) -> dict[str, dict[str, Any]]:
    """Of every node the scores by cluster, which the attacker does not have: to tell whether a claim is right."""
    rows = benchmarking.execute(
        "select node_id, cluster_id, score from core.fct_score where edition_id = ? and score is not null", [edition]
    ).fetchall()
    scores: dict[str, dict[str, Any]] = {}
    for node_id, cluster_id, score in rows:
        scores.setdefault(node_id, {})[cluster_id] = score
    return scores
