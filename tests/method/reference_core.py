"""The dimensions and facts of the second implementation, row by row as they are published."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date

from .reference_answers import EditionAnswers, Tables, of_edition
from .reference_benchmark import Rows, SegmentsOf
from .reference_numbers import ranks
from .reference_scores import EditionScores

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


def way_down_rows(edition: EditionScores, segment_of: SegmentsOf) -> dict[str, Rows]:
    """cluster_segment, node_part and indicator_part: what the figures are made of."""
    answers = edition.answers
    key = {"edition_id": answers.edition_id}
    multiplier = {question: row["multiplier"] for question, row in answers.questions.items()}
    return {
        "cluster_segment": [
            key | {"cut_id": cut, "cluster_id": cluster, "segment_id": segment}
            for cut, segments in segment_of.items()
            for cluster, segment in zip(answers.clusters, segments, strict=True)
            if segment is not None
        ],
        "node_part": [
            key | {"node_id": node, "level": edition.level[node], "part_node_id": part}
            for node, parts in edition.parts.items()
            for part in parts
        ],
        "indicator_part": [
            key
            | {"node_id": node, "question_id": question, "multiplier": multiplier[question] or 1}
            | {"kind": rule["kind"], "scale": rule["scale"], "blank_means": rule["blank_means"]}
            for node, rule in answers.rules.items()
            for question in rule["inputs"].split(";")
        ],
    }


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
        row["coordinator"] = answers.part(cluster, "coordinator_name").text
        row |= {question: answers.answer_number(cluster, question) for question in NUMERIC_CHARACTERISTICS}
        row |= {cut: segment_of[cut][index] if cut in segment_of else None for cut in CHARACTERISTIC_CUTS}
        rows.append(row)
    return rows


def identity_rows(cluster_editions: Rows) -> Rows:
    """dim_cluster: one row per cluster over all editions, under the latest name that is known."""
    editions: dict[str, Rows] = defaultdict(list)
    for row in sorted(cluster_editions, key=lambda row: row["edition_id"]):
        editions[row["cluster_id"]].append(row)
    return [
        {
            "cluster_id": cluster,
            "name": next((row["name"] for row in reversed(rows) if row["name"]), None),
            "first_edition_id": rows[0]["edition_id"],
            "last_edition_id": rows[-1]["edition_id"],
            "n_editions": len(rows),
        }
        for cluster, rows in editions.items()
    ]


def edition_row(answers: EditionAnswers) -> Rows:
    """dim_edition: the edition's settings and its delivery."""
    setting, delivery = answers.setting, answers.delivery
    text = ("name_pl", "name_en", "framework_id", "conforms_to", "area_mean_of")
    return [
        {
            "edition_id": answers.edition_id,
            "edition_date": date(int(answers.edition_id), 1, 1),
            **{column: setting[column] for column in text},
            **{column: int(setting[column]) for column in ("period_from", "period_to")},
            "fence_factor": float(setting["fence_factor"]),
            "minimum_respondents": int(setting["minimum_respondents"]),
            "confidence_level": float(setting["confidence_level"]),
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
    provenance = {cut["cut_id"]: cut["provenance"] for cut in answers.cuts}
    return [
        {
            "edition_id": answers.edition_id,
            "cut_id": segment["cut_id"],
            "segment_id": segment["segment_id"],
            "provenance": provenance[segment["cut_id"]],
            "n_clusters": segment_of[segment["cut_id"]].count(segment["segment_id"]),
        }
        for segment in answers.segments
    ]
