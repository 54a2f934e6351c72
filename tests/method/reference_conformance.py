"""How editions hang together: nodes conforming to today's framework, questions through the editions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from .reference_answers import Tables, of_edition
from .reference_scores import EditionScores

Rows = list[dict[str, Any]]
QUESTION_COLUMNS = ("survey", "header", "type", "unit", "reference_year", "wording_pl", "wording_en")
QUESTION_COLUMNS += ("question_no", "item_no", "reference")
LINEAGE_COLUMNS = ("edition_id", "kind", "predecessor_cluster_id", "successor_cluster_id", "note")


class ConformingEdition:
    """One edition's scores, and which of today's nodes its own nodes conform to."""

    def __init__(self, tables: Tables, scores: EditionScores) -> None:
        self.scores = scores
        self.edition_id = scores.answers.edition_id
        self.setting = scores.answers.setting
        self.clusters = scores.answers.clusters
        self.conformance = {row["node_id"]: row for row in of_edition(tables["conformance"], self.edition_id)}
        self.today = {node_id: row["today_node_id"] for node_id, row in self.conformance.items()}
        self.variant = {node_id: row["variant"] for node_id, row in self.conformance.items()}
        self.node_of = {today: node_id for node_id, today in self.today.items() if today}

    def is_asked(self, node_id: str) -> bool:
        """Whether the edition asked the indicator, or any indicator below the node."""
        return node_id in self.scores.scores

    @cached_property
    def below(self) -> dict[str, set[str]]:
        """The asked indicators below each node of the framework (below an indicator: itself, if asked)."""
        found: dict[str, set[str]] = {node_id: set() for node_id in self.scores.level}
        for indicator in self.scores.indicators:
            place: str | None = indicator
            while place:
                found[place].add(indicator)
                place = self.scores.parent[place]
        return found


def conformance_rows(tables: Tables, edition: ConformingEdition) -> Rows:
    """node_conformance: every node of the edition's framework, and today's nodes that none of them conforms to."""
    rows = []
    for node_id, level in edition.scores.level.items():
        said = edition.conformance[node_id]
        is_asked = edition.is_asked(node_id)
        rows.append(
            {
                "edition_id": edition.edition_id,
                "node_id": node_id,
                "level": level,
                "is_asked": is_asked,
                "comparability": said["comparability"] if is_asked else "not_applicable",
                **{column: said[column] for column in ("today_node_id", "variant", "note")},
            }
        )
    for node in tables["framework_node"]:
        if node["framework_id"] == edition.setting["conforms_to"] and node["node_id"] not in edition.node_of:
            rows.append(
                {
                    "edition_id": edition.edition_id,
                    "node_id": None,
                    "today_node_id": node["node_id"],
                    "level": node["level"],
                    "is_asked": False,
                    "comparability": "not_applicable",
                    "variant": None,
                }
            )
    return rows


def question_rows(editions: Mapping[int, ConformingEdition]) -> Rows:
    """question_edition: every question that any edition asked, in every edition."""
    asked = {edition_id: edition.scores.answers.questions for edition_id, edition in editions.items()}
    return [
        {
            "edition_id": edition_id,
            "question_id": question_id,
            "is_asked": question_id in own,
            **{column: own.get(question_id, {}).get(column) for column in QUESTION_COLUMNS},
        }
        for question_id in sorted({question_id for own in asked.values() for question_id in own})
        for edition_id, own in asked.items()
    ]


def lineage_rows(tables: Tables) -> Rows:
    """cluster_lineage: mergers and splits as recorded."""
    return [{column: row[column] for column in LINEAGE_COLUMNS} for row in tables.get("cluster_lineage", ())]
