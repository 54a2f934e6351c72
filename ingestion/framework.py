"""What an edition's benchmark is made of, as data: carried to the warehouse, not interpreted here.

A framework (`codebooks/frameworks/<framework_id>.csv`) is a tree of nodes that editions can share. Beside an
edition's questions stand its settings (in edition.yml), how its answers make indicators (`rules.csv`), its taxonomies
(`cuts.csv`, `segments.csv`) and how its nodes conform to today's (`conformance.csv`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from ingestion.rows import CodebookError, Number, Row, Text, check_unique

Level = Literal["overall", "area", "subarea", "indicator"]
Provenance = Literal["published", "inferred", "assumed"]
Comparability = Literal["comparable", "changed", "new"]


class Settings(Row):
    """The settings of an edition: names, reference period (years), framework and the method's parameters.

    `conforms_to` is the framework whose nodes the edition's conformance.csv calls today's. `expected_by` is the day
    by which an announced delivery should have arrived. Of member surveys: a cluster with fewer than
    `minimum_respondents` is flagged, and shares have a confidence interval of `confidence_level`.
    """

    name_pl: str
    name_en: str
    period_from: int
    period_to: int
    framework_id: str
    conforms_to: str
    area_mean_of: Literal["indicators", "subareas"]
    quartile_method: Literal["inclusive", "exclusive"]
    fence_factor: float
    minimum_availability: float
    strength_above: float
    weakness_at_most: float
    minimum_respondents: int = 5
    confidence_level: float = 0.95
    expected_by: date | None = None


class Node(Row):
    """A place in a framework: indicator, sub-area, area or the whole (`overall`)."""

    node_id: str
    level: Level
    parent_node_id: Text
    position: int
    code: str
    name_pl: str
    name_en: str
    unit: Text
    value_type: Text
    direction: Annotated[Literal[1, -1], BeforeValidator(int)]
    provenance: Provenance


class Rule(Row):
    """How answers make an indicator: the questions `inputs` (joined by `;`), combined by `kind`, over `scale`."""

    node_id: str
    kind: Literal["value", "sum", "mean", "options"]
    inputs: str
    scale: float
    blank_means: Literal["zero", "missing"]

    @property
    def question_ids(self) -> list[str]:
        """The questions the indicator is made of."""
        return self.inputs.split(";")


class Cut(Row):
    """A way to divide the clusters, by the question or indicator `attribute` (none: all clusters)."""

    cut_id: str
    position: int
    name_pl: str
    name_en: str
    attribute: Text
    provenance: Provenance


class Segment(Row):
    """One part of a cut: the answer option `category`, or a band with inclusive bounds (none: open)."""

    cut_id: str
    segment_id: str
    position: int
    name_pl: str
    name_en: str
    category: Text
    lower_bound: Number
    upper_bound: Number


class Conformance(Row):
    """How a node of the edition conforms to today's framework.

    `comparable`: it means the same as today's node. `changed`: it means something else, named by `variant` and told
    by `note`; two editions of one variant are comparable with each other. `new`: today's framework has no such node.
    """

    node_id: str
    today_node_id: Text
    comparability: Comparability
    variant: Text
    note: Text


_PARENT: dict[str, str | None] = {"indicator": "subarea", "subarea": "area", "area": "overall", "overall": None}


def check_nodes(path: Path, nodes: Sequence[Node]) -> None:
    """Raise CodebookError unless the nodes are one tree of indicators, sub-areas, areas and the whole."""
    check_unique(path, [node.node_id for node in nodes])
    levels = {node.node_id: node.level for node in nodes}
    for row, node in enumerate(nodes, start=2):
        found, expected = levels.get(node.parent_node_id or ""), _PARENT[node.level]
        if found != expected or (node.parent_node_id is None) != (expected is None):
            raise CodebookError(
                f"{path}, row {row}: {node.node_id} is a {node.level} under {node.parent_node_id!r} ({found}); "
                f"expected under a node of level {expected}"
            )


def check_rules(path: Path, rules: Sequence[Rule], nodes: Sequence[Node], questions: Collection[str]) -> None:
    """Raise CodebookError when a rule is of no indicator of the framework, or names a question that is not asked."""
    check_unique(path, [rule.node_id for rule in rules])
    indicators = {node.node_id for node in nodes if node.level == "indicator"}
    for row, rule in enumerate(rules, start=2):
        if rule.node_id not in indicators:
            raise CodebookError(f"{path}, row {row}: {rule.node_id} is not an indicator of the edition's framework")
        for question_id in rule.question_ids:
            if question_id not in questions:
                raise CodebookError(
                    f"{path}, row {row}: {rule.node_id} is made of {question_id!r}, which the edition does not ask"
                )


def check_taxonomy(folder: Path, cuts: Sequence[Cut], segments: Sequence[Segment], attributes: Collection[str]) -> None:
    """Raise CodebookError when a cut looks at something the edition does not know, or segments fit no cut."""
    path = folder / "cuts.csv"
    check_unique(path, [cut.cut_id for cut in cuts])
    for row, cut in enumerate(cuts, start=2):
        if cut.attribute and cut.attribute not in attributes:
            raise CodebookError(
                f"{path}, row {row}: cut {cut.cut_id} looks at {cut.attribute!r}, which is neither a question nor an "
                "indicator of the edition; a cut that the edition cannot make is left out"
            )
    path = folder / "segments.csv"
    check_unique(path, [f"{segment.cut_id}/{segment.segment_id}" for segment in segments])
    for row, segment in enumerate(segments, start=2):
        if segment.cut_id not in {cut.cut_id for cut in cuts}:
            raise CodebookError(f"{path}, row {row}: there is no cut {segment.cut_id} in cuts.csv")


def check_conformance(path: Path, rows: Sequence[Conformance], nodes: Sequence[Node], today: Sequence[Node]) -> None:
    """Raise CodebookError unless every node of the edition's framework says how it conforms to today's."""
    check_unique(path, [row.node_id for row in rows])
    check_unique(path, [row.today_node_id or f"(new) {row.node_id}" for row in rows])
    own, others = {node.node_id: node.level for node in nodes}, {node.node_id: node.level for node in today}
    missing, unknown = own.keys() - {row.node_id for row in rows}, {row.node_id for row in rows} - own.keys()
    if missing or unknown:
        raise CodebookError(
            f"{path}: no row for {', '.join(sorted(missing)) or 'none'}; "
            f"not in the edition's framework: {', '.join(sorted(unknown)) or 'none'}"
        )
    for number, row in enumerate(rows, start=2):
        if (row.comparability == "new") != (row.today_node_id is None):
            raise CodebookError(f"{path}, row {number}: a node is `new` exactly when it has no today_node_id")
        if row.today_node_id and others.get(row.today_node_id) != own[row.node_id]:
            raise CodebookError(
                f"{path}, row {number}: {row.node_id} is a {own[row.node_id]}, today's {row.today_node_id} "
                f"is {others.get(row.today_node_id, 'not in the framework')}"
            )
        if (row.comparability == "changed") != bool(row.variant and row.note):
            raise CodebookError(f"{path}, row {number}: `changed`, and only that, has a variant and a note saying why")


def framework_path(root: Path, framework_id: str) -> Path:
    """The file of a framework's nodes."""
    return root / "frameworks" / f"{framework_id}.csv"
