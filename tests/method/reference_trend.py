"""The long series (method §6): totals and means of what was said, through all editions, and their yearly growth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .reference_answers import Row, Tables
from .reference_conformance import ConformingEdition, Rows
from .reference_numbers import available, quantile

Figures = dict[str, Any]  # n, total, mean, median, comparability


def annual_growth(later: float, earlier: float, years: int) -> float:
    """The yearly rate that makes `later` of `earlier` in so many years; nan unless all three are positive."""
    if not (later > 0 and earlier > 0 and years > 0):  # also when one of them is nan
        return math.nan
    return math.exp(math.log(later / earlier) / years) - 1


def figures(edition: ConformingEdition, measure: Row) -> Figures | None:
    """One edition's figures of the measure; None when it did not ask for it."""
    scores, source, scale = edition.scores, measure["source"], float(measure["scale"])
    if measure["source_kind"] == "cluster":
        n = len(edition.clusters)
        return {"n": n, "total": n or math.nan, "mean": math.nan, "median": math.nan, "comparability": "comparable"}
    if measure["source_kind"] == "question":
        if source not in scores.answers.questions:
            return None
        said = [scores.answers.answer_number(cluster, source) for cluster in edition.clusters]
        values = [value / scale for value in said if value is not None]
        comparability = "comparable"
    else:
        node_id = edition.node_of.get(source)
        if node_id is None or not edition.is_asked(node_id):
            return None
        values = scores.values[node_id] * float(scores.answers.rules[node_id]["scale"]) / scale
        comparability = edition.conformance[node_id]["comparability"]
    there = available(values)
    total = math.fsum(there) if len(there) else math.nan
    return {
        "n": len(there),
        "total": total,
        "mean": total / len(there) if len(there) else math.nan,
        "median": quantile(there, 0.5, "inclusive"),
        "comparability": comparability,
    }


def trend_rows(tables: Tables, editions: Mapping[int, ConformingEdition]) -> tuple[Rows, Rows]:
    """edition_trend and edition_growth."""
    trend, growth = [], []
    for measure in tables["trend_measure"]:
        seen: dict[int, Figures] = {}
        deciding = "total" if measure["source_kind"] == "cluster" else "mean"
        for edition_id, edition in sorted(editions.items()):
            now = figures(edition, measure)
            if now is None:
                continue
            key = {"edition_id": edition_id, "measure": measure["measure"]}
            growth_of = {}
            for previous_id, before in seen.items():
                years = int(edition.setting["period_to"]) - int(editions[previous_id].setting["period_to"])
                growth_of[previous_id] = {
                    column: annual_growth(now[column], before[column], years) for column in ("total", "mean", "median")
                }
                named = {f"growth_{column}": rate for column, rate in growth_of[previous_id].items()}
                growth.append({**key, "previous_edition_id": previous_id, "years": years, **named})
            latest = max(seen, default=None)
            rate = math.nan if latest is None else growth_of[latest][deciding]
            trend.append({**key, **now, "previous_edition_id": latest, "annual_growth": rate})
            seen[edition_id] = now
    return trend, growth
