"""What an attacker has: the figures of one public.duckdb about the scores of a node, and who belongs to which group.

Memberships are not in the file. They are assumed to be known from elsewhere: a cluster's size, age, industry and status
are in public registers, and which clusters took part is no secret.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

STATISTICS = ("minimum", "q1", "median", "mean", "q3", "benchmark")
PLACES = {"minimum": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "benchmark": 1.0}


@dataclass(frozen=True)
class Figure:
    """A published statistic of the scores of some clusters: its true value is between `low` and `high`.

    `clusters` are positions in the node's list of clusters; `name` says where the figure stands.
    """

    name: str
    cut: str
    clusters: tuple[int, ...]
    statistic: str
    low: float
    high: float


@dataclass(frozen=True)
class Node:
    """A node of an edition: its clusters in a fixed order, and the figures that are published about them."""

    edition: int
    node: str
    clusters: tuple[str, ...]
    figures: tuple[Figure, ...]

    def of(self, statistic: str) -> list[Figure]:
        return [figure for figure in self.figures if figure.statistic == statistic]


class Knowledge:
    """The tables of a public file, and the memberships."""

    def __init__(self, public: duckdb.DuckDBPyConnection, memberships: pd.DataFrame) -> None:
        """`memberships` has edition_id, cut_id, segment_id and cluster_id; panels are a cut of that name."""
        self.distribution = public.execute("select * from benchmark.score_distribution").df()
        self.comparison = public.execute(
            "select * from benchmark.edition_comparison where scale = 'own' and comparability = 'comparable'"
        ).df()
        self.memberships = memberships

    def node(self, edition: int, node: str, with_scores: set[str]) -> Node:
        """All that is published about a node's scores; `with_scores` are the clusters that have one."""
        clusters = tuple(sorted(with_scores))
        members = {
            (cut, segment): tuple(clusters.index(c) for c in sorted(set(group) & with_scores))
            for (cut, segment), group in self.memberships[self.memberships["edition_id"] == edition].groupby(
                ["cut_id", "segment_id"]
            )["cluster_id"]
        }
        rows = self.distribution[(self.distribution["edition_id"] == edition) & (self.distribution["node_id"] == node)]
        figures = [
            Figure(f"{row['cut_id']}/{row['segment_id']}", row["cut_id"], members[row["cut_id"], row["segment_id"]], s, *_range(row[s]))
            for row in rows.to_dict("records")
            if (row["cut_id"], row["segment_id"]) in members
            for s in STATISTICS
            if not pd.isna(row[s])
        ]
        figures += self._of_panels(edition, node, members, figures)
        return Node(edition, node, clusters, tuple(figures))

    def _of_panels(
        self, edition: int, node: str, members: dict[tuple[str, str], tuple[int, ...]], figures: list[Figure]
    ) -> list[Figure]:
        """The figures of panels with other editions, where the scores compared are those of the edition itself."""
        of_all = {figure.statistic: figure for figure in figures if figure.cut == "all"}
        found = []
        table = self.comparison[self.comparison["node_id"] == node]
        for own, other, column in (
            ("edition_id", "previous_edition_id", "value"),
            ("previous_edition_id", "edition_id", "previous_value"),
        ):
            for pair, rows in table[table[own] == edition].groupby(other):
                values = rows.set_index(["basis", "measure"])[column].dropna()
                same = all(
                    statistic in of_all and np.isclose(values["all", statistic], np.mean(_middle(of_all[statistic])))
                    for basis, statistic in values.index
                    if basis == "all"
                )
                for (basis, statistic), value in values.items() if same else ():
                    if basis == "panel":
                        clusters = members["panel", str(pair)]
                        found.append(Figure(f"panel/{pair}", "panel", clusters, statistic, *_range(value)))
        return found


def _range(value: float) -> tuple[float, float]:
    """Between what the unrounded figure was: half a unit of two decimals, or nothing when it has more of them."""
    slack = 0.005 if abs(value - round(value, 2)) < 1e-9 else 1e-9
    return value - slack, value + slack


def _middle(figure: Figure) -> float:
    return (figure.low + figure.high) / 2


def known_memberships(benchmarking: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Which cluster is in which segment, and in the panel with which other edition."""
    columns = benchmarking.execute("select * from core.dim_cluster_edition").df()
    cuts = benchmarking.execute("select distinct cut_id from core.dim_segment where cut_id != 'all'").df()["cut_id"]
    long = columns.melt(["edition_id", "cluster_id"], list(cuts), "cut_id", "segment_id").dropna(subset="segment_id")
    everyone = columns[["edition_id", "cluster_id"]].assign(cut_id="all", segment_id="all")
    pairs = columns[["edition_id", "cluster_id"]].merge(
        columns[["edition_id", "cluster_id"]], on="cluster_id", suffixes=("", "_other")
    )
    panels = pairs[pairs["edition_id"] != pairs["edition_id_other"]].assign(
        cut_id="panel", segment_id=lambda table: table["edition_id_other"].astype(str)
    )
    names = ["edition_id", "cut_id", "segment_id", "cluster_id"]
    return pd.concat([everyone[names], long[names], panels[names]], ignore_index=True)
