"""A second, independent implementation of the study's method (method §2–§5), in NumPy and plain Python.

`compute(tables)` takes the raw tables and the seeds and returns every mart as a list of rows. It was written
from the description of the method alone; a test holds it against the marts row by row.

    reference_answers    §2  answers → indicator values and their status, segments of a cluster
    reference_scores     §3  bounds and normalised scores; §4 sub-areas, areas, overall
    reference_benchmark  §5  distributions, strengths, regression, spread, profiles
    reference_numbers        quartiles, summaries, ranks, least squares
"""

from __future__ import annotations

import math
from collections import defaultdict

from .reference_answers import EditionAnswers, Tables, of_edition
from .reference_benchmark import (
    Rows,
    SegmentsOf,
    benchmark_rows,
    profile_rows,
    regression_rows,
    spread_rows,
)
from .reference_numbers import null_if_nan, ranks
from .reference_scores import EditionScores

Marts = dict[str, Rows]
CHARACTERISTIC_CUTS = ("kkk_status", "kkk_plans", "size", "age", "strategy", "industry")
NUMERIC_CHARACTERISTICS = (
    "founded_year",
    "age_counts_from",
    "members",
    "enterprises",
    "science_institutions",
)


def score_rows(edition: EditionScores) -> Rows:
    """fct_score: every cluster × every node."""
    rows = []
    for node_id, scores in edition.scores.items():
        parts = edition.parts.get(node_id)
        for index, (cluster, rank) in enumerate(zip(edition.answers.clusters, ranks(scores), strict=True)):
            there = parts and sum(not math.isnan(edition.scores[part][index]) for part in parts)
            rows.append(
                {
                    "edition_id": edition.answers.edition_id,
                    "cluster_id": cluster,
                    "node_id": node_id,
                    "level": edition.level[node_id],
                    "score": scores[index],
                    "rank": rank,
                    "n_parts": parts and len(parts),
                    "n_parts_available": there,
                }
            )
    return rows


def value_rows(edition: EditionScores) -> Rows:
    """fct_indicator_value: every cluster × every indicator asked."""
    return [
        {
            "edition_id": edition.answers.edition_id,
            "cluster_id": cluster,
            "node_id": node_id,
            "value": value,
            "status": status,
            "is_corrected": False,
            "delivery_id": edition.answers.delivery["delivery_id"],
        }
        for (cluster, node_id), (value, status) in edition.answers.values.items()
    ]


def cluster_rows(answers: EditionAnswers, segment_of: SegmentsOf, region_of: dict[str, str]) -> Rows:
    """dim_cluster_edition: what is known about each cluster, and the segments it belongs to."""
    rows = []
    for index, cluster in enumerate(answers.clusters):
        voivodeship = answers.part(cluster, "voivodeship").option_id
        row = {"edition_id": answers.edition_id, "cluster_id": cluster, "voivodeship": voivodeship}
        row |= {
            "name": answers.part(cluster, "cluster_name").text,
            "nuts1_region": region_of.get(voivodeship or ""),
        }
        row["pkd_division"] = answers.part(cluster, "pkd_division").text
        row |= {question: answers.answer_number(cluster, question) for question in NUMERIC_CHARACTERISTICS}
        row |= {cut: segment_of[cut][index] if cut in segment_of else None for cut in CHARACTERISTIC_CUTS}
        rows.append(row)
    return rows


def identity_rows(cluster_editions: Rows) -> Rows:
    """dim_cluster: one row per cluster over all editions, under its latest name."""
    editions: dict[str, Rows] = defaultdict(list)
    for row in sorted(cluster_editions, key=lambda row: row["edition_id"]):
        editions[row["cluster_id"]].append(row)
    return [
        {
            "cluster_id": cluster,
            "name": rows[-1]["name"],
            "first_edition_id": rows[0]["edition_id"],
            "last_edition_id": rows[-1]["edition_id"],
            "n_editions": len(rows),
        }
        for cluster, rows in editions.items()
    ]


def edition_row(answers: EditionAnswers) -> Rows:
    """dim_edition: the edition's settings and its delivery."""
    setting, delivery = answers.setting, answers.delivery
    text = ("name_pl", "name_en", "framework_id", "area_mean_of")
    return [
        {
            "edition_id": answers.edition_id,
            **{column: setting[column] for column in text},
            **{column: int(setting[column]) for column in ("period_from", "period_to")},
            "fence_factor": float(setting["fence_factor"]),
            **{column: delivery[column] for column in ("delivery_id", "is_sample", "is_provisional")},
        }
    ]


def answer_rows(tables: Tables, edition_id: int) -> Rows:
    """fct_answer: the answers as delivered, but for the words of free text."""
    columns = ("edition_id", "survey", "respondent_id", "cluster_id", "question_id", "option_id")
    columns += ("answer_text", "answer_number", "status", "file_sha256", "row_number", "column_name")
    free = {row["question_id"] for row in of_edition(tables["question"], edition_id) if row["type"] == "free_text"}
    other = {
        (row["question_id"], row["option_id"]) for row in of_edition(tables["option"], edition_id) if row["is_other"]
    }
    rows = []
    for answer in of_edition(tables["answer"], edition_id):
        row = {column: answer.get(column) for column in columns}
        if row["question_id"] in free or (row["question_id"], row["option_id"]) in other:
            row["answer_text"] = None
        rows.append(row)
    return rows


def node_rows(tables: Tables) -> Rows:
    """dim_node: the frameworks, with what a blank means for each indicator in the latest edition delivered."""
    framework_of = {row["edition_id"]: row["framework_id"] for row in tables["edition_setting"]}
    delivered = {row["edition_id"] for row in tables["delivery"]}
    blank_means: dict[tuple[str, str], str] = {}
    for rule in sorted(tables["indicator_rule"], key=lambda row: row["edition_id"]):
        if rule["edition_id"] in delivered:
            blank_means[framework_of[rule["edition_id"]], rule["node_id"]] = rule["blank_means"]
    text = ("framework_id", "node_id", "level", "parent_node_id", "code", "name_pl", "name_en", "unit")
    text += ("value_type", "provenance")
    return [
        {column: row[column] or None for column in text}
        | {column: int(row[column]) for column in ("position", "direction")}
        | {"blank_means": blank_means.get((row["framework_id"], row["node_id"]))}
        for row in tables["framework_node"]
    ]


def segment_rows(answers: EditionAnswers, segment_of: SegmentsOf) -> Rows:
    """dim_segment: every segment of the edition's cuts, also those without clusters."""
    return [
        {
            "edition_id": answers.edition_id,
            "cut_id": segment["cut_id"],
            "segment_id": segment["segment_id"],
            "n_clusters": segment_of[segment["cut_id"]].count(segment["segment_id"]),
        }
        for segment in answers.segments
    ]


def compute_edition(tables: Tables, edition_id: int) -> Marts:
    """All marts of one edition; every number that is missing is None."""
    answers = EditionAnswers(tables, edition_id)
    edition = EditionScores(answers)
    segment_of: SegmentsOf = {
        cut["cut_id"]: [answers.segment_of(cluster, cut) for cluster in answers.clusters] for cut in answers.cuts
    }
    region_of = {row["voivodeship"]: row["nuts1_region"] for row in tables["voivodeship"]}
    marts: Marts = {
        "dim_edition": edition_row(answers),
        "fct_answer": answer_rows(tables, edition_id),
        "fct_indicator_value": value_rows(edition),
        "fct_normalisation_bound": [
            {"edition_id": edition_id, "node_id": node_id, **span} for node_id, span in edition.bounds.items()
        ],
        "fct_score": score_rows(edition),
        **benchmark_rows(edition, segment_of),
        "score_regression": regression_rows(edition),
        "score_spread": spread_rows(edition),
        "cluster_profile": profile_rows(edition, segment_of),
        "dim_segment": segment_rows(answers, segment_of),
        "dim_cluster_edition": cluster_rows(answers, segment_of, region_of),
    }
    return {name: [{k: null_if_nan(v) for k, v in row.items()} for row in rows] for name, rows in marts.items()}


def compute(tables: Tables) -> Marts:
    """All marts of all editions delivered. Each edition is computed by itself: none can influence another."""
    marts: Marts = defaultdict(list)
    for edition_id in sorted(int(row["edition_id"]) for row in tables["delivery"]):
        for name, rows in compute_edition(tables, edition_id).items():
            marts[name].extend(rows)
    marts["dim_node"] = node_rows(tables)
    marts["dim_cluster"] = identity_rows(marts["dim_cluster_edition"])
    return dict(marts)
