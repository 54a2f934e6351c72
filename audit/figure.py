"""Which figure is asked about, and the release that holds it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import duckdb

Rows = list[dict[str, Any]]

MEASURES_OF_SCORES = ("median", "benchmark", "mean", "minimum", "q1", "q3", "n")
MEASURES_OF_VALUES = (*MEASURES_OF_SCORES, "total", "n_missing", "n_zero", "n_positive")


class UnknownFigure(Exception):
    """The release has no such figure; the message says what there is."""


@dataclass(frozen=True)
class Figure:
    """A published figure: of a segment (`cut_id`, `segment_id` and `measure`), or of one cluster (`cluster_id`).

    `of` says whether it is made of the clusters' scores or of their indicator values.
    """

    edition_id: int
    node_id: str
    of: Literal["score", "value"] = "score"
    cut_id: str | None = None
    segment_id: str | None = None
    measure: str | None = None
    cluster_id: str | None = None


@dataclass(frozen=True)
class PublishedRelease:
    """The folder of a release and an open connection to its benchmarking.duckdb."""

    folder: Path
    connection: duckdb.DuckDBPyConnection

    @property
    def description(self) -> dict[str, Any]:
        """What the release says of itself."""
        return json.loads((self.folder / "release.json").read_text(encoding="utf-8"))

    def rows(self, query: str, **parameters: object) -> Rows:
        """The rows of a query, as dicts by column name; parameters are bound, never pasted."""
        cursor = self.connection.execute(query, parameters or None)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, query: str, **parameters: object) -> dict[str, Any] | None:
        """The first row, or None."""
        return next(iter(self.rows(query, **parameters)), None)


def require(found: object, known: Sequence[object], what: str) -> None:
    """Raise UnknownFigure when what was asked for is not known; names what is, the likely ones first."""
    if found in known:
        return
    names = [str(name) for name in known]
    listed = get_close_matches(str(found), names, n=5, cutoff=0.4) if len(names) > 20 else names
    raise UnknownFigure(f"There is no {what} {found!r} in the release; there is {', '.join(listed or names[:20])}.")


def check_figure(release: PublishedRelease, figure: Figure) -> None:
    """Raise UnknownFigure when the release does not have the figure, naming what it has instead."""
    edition = {"edition": figure.edition_id}
    editions = release.rows("select edition_id from core.dim_edition order by 1")
    require(figure.edition_id, [row["edition_id"] for row in editions], "edition")
    nodes = release.rows(
        "select distinct node_id, level from core.fct_score where edition_id = $edition order by 1", **edition
    )
    require(figure.node_id, [row["node_id"] for row in nodes], "node")
    if figure.of == "value":
        indicators = [row["node_id"] for row in nodes if row["level"] == "indicator"]
        require(figure.node_id, indicators, "indicator (values are of indicators only)")
    if figure.cluster_id is not None:
        clusters = release.rows(
            "select cluster_id from core.dim_cluster_edition where edition_id = $edition order by 1", **edition
        )
        require(figure.cluster_id, [row["cluster_id"] for row in clusters], "cluster")
        return
    segments = release.rows(
        "select cut_id || '/' || segment_id as name from core.dim_segment where edition_id = $edition order by 1",
        **edition,
    )
    require(f"{figure.cut_id}/{figure.segment_id}", [row["name"] for row in segments], "segment")
    measures = MEASURES_OF_SCORES if figure.of == "score" else MEASURES_OF_VALUES
    require(figure.measure, measures, f"measure of {figure.of}s")
