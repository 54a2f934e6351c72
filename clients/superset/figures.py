"""What the charts must show: the same as psql reads from the tables by queries of its own, and nothing of others."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.serving.server import Server

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]

# By the file of a chart: its columns, the login that asks, and the same figures from the tables, in the same order.
# An analyst reads them from the marts, so what a coordinator sees of the own cluster is held to those.
EXPECTED: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "areas": (
        ("median_score", "benchmark_score"),
        "superset_public",
        "select median, benchmark from public_benchmark.score_distribution"
        " where edition_id = 2024 and cut_id = 'all' and level = 'area' order by node_id desc",  # bars grow from below
    ),
    "area_figures": (
        ("node_id", "n", "median", "benchmark"),
        "reader",
        "select node_id, n, round(median::numeric, 2), round(benchmark::numeric, 2) from benchmark.score_distribution"
        " where edition_id = 2024 and cut_id = 'all' and level = 'area' order by node_id",
    ),
    "segment_areas": (
        ("segment_pl", "median_iii", "median_overall"),
        "superset_public",
        "select segment.name_pl, area.median, overall.median from public_core.dim_segment as segment"
        " inner join public_benchmark.score_distribution as area using (edition_id, cut_id, segment_id)"
        " inner join public_benchmark.score_distribution as overall using (edition_id, cut_id, segment_id)"
        " where edition_id = 2024 and area.node_id = 'III' and overall.node_id = 'overall' order by segment.position",
    ),
    "trend_figures": (
        ("edition_year", "members_total", "members_mean"),
        "superset_public",
        "select edition_id, total, mean from public_benchmark.edition_trend where measure = 'members' order by 1",
    ),
    "change_figures": (
        ("node_id", "previous_value", "value", "comparability"),
        "superset_public",
        "select node_id, previous_value, value, comparability from public_benchmark.edition_comparison"
        " where edition_id = 2024 and previous_edition_id = 2022 and basis = 'panel' and scale = 'anchored'"
        " and measure = 'median' and level = 'area' order by node_id",
    ),
    "own_subareas": (
        ("node_id", "score", "rank"),
        "reader",
        "select node_id, score, rank from core.fct_score where edition_id = 2024 and cluster_id = '{cluster}'"
        " and level <> 'indicator' order by node_id <> 'overall', node_id",
    ),
}

# What the public connection must not be able to ask.
FORBIDDEN = ("coordinator.cluster_profile", "benchmark.cluster_profile", "core.fct_score", "raw.answer")


class Fault(Exception):
    """The dashboard does not show what it should."""


def psql(server: Server, database: str, login: str, query: str) -> list[list[Any]]:
    """The rows of a query as psql reads them. Raises Fault with what it says when it is refused."""
    as_json = f"select coalesce(json_agg(to_json(answer)), '[]') from ({query}) as answer"
    done = subprocess.run(
        ["psql", "--no-psqlrc", "-At", server.url(login, database), "-c", as_json],
        env={"PATH": "/usr/bin:/bin", "PGPASSWORD": server.password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Fault(done.stderr.strip())
    return [list(pairs) for pairs in json.loads(done.stdout, object_pairs_hook=_values)]


def _values(pairs: list[tuple[str, Any]]) -> list[Any]:
    """The values of a row, also of columns of the same name."""
    return [value for _, value in pairs]


def compare(rows: Rows, cluster: str, server: Server, database: str) -> Iterator[str]:
    """A line per chart that shows the same as psql reads. Raises Fault with both for one that does not."""
    for chart, (columns, login, query) in EXPECTED.items():
        shown = [[row[column] for column in columns] for row in rows[chart]]
        expected = psql(server, database, login, query.format(cluster=cluster))
        if shown != expected:
            raise Fault(f"{chart}: shown {shown}, psql as {login} reads {expected}")
        yield f"{chart}: {len(shown)} rows, as psql reads them ({login})"
    for table in FORBIDDEN:
        try:
            psql(server, database, "superset_public", f"select * from {table}")
        except Fault as refused:
            if "permission denied" not in str(refused):
                raise
        else:
            raise Fault(f"superset_public may read {table}, and must not")
    yield f"superset_public is denied {', '.join(FORBIDDEN)}"


def only_cluster(rows: Rows, cluster: str) -> None:
    """Raise Fault if the profile is not of just this cluster of those that the login is mapped to."""
    found = sorted({str(row["cluster_id"]) for row in rows["own_cluster"]})
    if found != [cluster]:
        raise Fault(f"The profile should be of {cluster} only, the dashboard shows {', '.join(found)}")
