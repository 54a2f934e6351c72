"""Distributions, verdicts, regression, spread and profiles (method §5) of the second implementation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .reference_numbers import available, least_squares, ranks, summary
from .reference_scores import EditionScores, column

Rows = list[dict[str, Any]]
SegmentsOf = dict[str, list[str | None]]  # cut_id → the segment of each cluster, in the order of the clusters


def verdict(median: float, setting: dict[str, Any]) -> str | None:
    """Strength, weakness or neutral, by the unrounded median of the segment."""
    if math.isnan(median):
        return None
    if median > float(setting["strength_above"]):
        return "strength"
    return "weakness" if median <= float(setting["weakness_at_most"]) else "neutral"


def best(values: np.ndarray, direction: int) -> float:
    """The benchmark of raw values: the largest, or the smallest where less is better."""
    if len(values) == 0:
        return math.nan
    return float(values.max() if direction > 0 else values.min())


def benchmark_rows(edition: EditionScores, segment_of: SegmentsOf) -> dict[str, Rows]:
    """indicator_statistic, score_distribution and strength_weakness: every cut × segment × node."""
    marts: dict[str, Rows] = {"indicator_statistic": [], "score_distribution": [], "strength_weakness": []}
    for segment in edition.answers.segments:
        inside = np.array([own == segment["segment_id"] for own in segment_of[segment["cut_id"]]], dtype=bool)
        key = {"edition_id": edition.answers.edition_id}
        key |= {"cut_id": segment["cut_id"], "segment_id": segment["segment_id"]}
        for node_id, values in edition.values.items():
            there = available(values[inside])
            marts["indicator_statistic"].append(
                {
                    **key,
                    "node_id": node_id,
                    **summary(values[inside], edition.method),
                    "benchmark": best(there, edition.direction[node_id]),
                    "n_missing": int(inside.sum()) - len(there),
                    "n_zero": int(np.sum(there == 0)),
                    "n_positive": int(np.sum(there > 0)),
                    "total": math.fsum(there) if len(there) else math.nan,
                }
            )
        for node_id, scores in edition.scores.items():
            own = {**key, "node_id": node_id}
            described = summary(scores[inside], edition.method)
            level = edition.level[node_id]
            marts["score_distribution"].append({**own, "level": level, **described})
            if level == "subarea":
                median = described["median"]
                found = verdict(median, edition.answers.setting)
                marts["strength_weakness"].append({**own, "median": median, "verdict": found})
    return marts


def regression_rows(edition: EditionScores) -> Rows:
    """score_regression: the overall score on each explanatory variable the edition asked."""
    answers = edition.answers
    overall = next((scores for node_id, scores in edition.scores.items() if edition.level[node_id] == "overall"), None)
    if overall is None:
        overall = np.full(len(answers.clusters), math.nan)
    rows = []
    for variable in ("members", "science_institutions"):
        if variable in answers.questions:
            x = column(answers.answer_number(cluster, variable) for cluster in answers.clusters)
            rows.append({"edition_id": answers.edition_id, "variable": variable, **least_squares(x, overall)})
    return rows


def spread_rows(edition: EditionScores) -> Rows:
    """score_spread: bottom quarter, middle half and top quarter of each node, by both quartile methods."""
    rows = []
    for node_id, scores in edition.scores.items():
        for method in ("inclusive", "exclusive"):
            of = summary(scores, method)
            rows.append(
                {
                    "edition_id": edition.answers.edition_id,
                    "node_id": node_id,
                    "quartile_method": method,
                    "bottom_25": of["q1"] - of["minimum"],
                    "middle_50": of["q3"] - of["q1"],
                    "top_25": of["benchmark"] - of["q3"],
                }
            )
    return rows


def profile_rows(edition: EditionScores, segment_of: SegmentsOf) -> Rows:
    """cluster_profile: each cluster's score beside the medians of all, of its size and of its industry."""
    rows = []
    nobody = [None] * len(edition.answers.clusters)
    for node_id, scores in edition.scores.items():
        everybody = summary(scores, edition.method)

        def median_of_own(cut_id: str, index: int, scores: np.ndarray = scores) -> float:
            segments = segment_of.get(cut_id, nobody)
            if segments[index] is None:
                return math.nan
            inside = np.array([segment == segments[index] for segment in segments])
            return float(summary(scores[inside], edition.method)["median"])

        for index, (cluster, rank) in enumerate(zip(edition.answers.clusters, ranks(scores), strict=True)):
            rows.append(
                {
                    "edition_id": edition.answers.edition_id,
                    "cluster_id": cluster,
                    "node_id": node_id,
                    "level": edition.level[node_id],
                    "score": scores[index],
                    "rank": rank,
                    "median_all": everybody["median"],
                    "benchmark_all": everybody["benchmark"],
                    "median_size": median_of_own("size", index),
                    "median_industry": median_of_own("industry", index),
                    "gap_to_benchmark": everybody["benchmark"] - scores[index],
                }
            )
    return rows
