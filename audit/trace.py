"""From a published figure down to the answers, files and rows it comes from, each step computed again on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from audit.figure import Figure, PublishedRelease, Rows, check_figure
from audit.recompute import agrees, bounds_of_values, measure_of, score_of_parts, score_of_value, value_of_answers

Report = dict[str, Any]

# The node itself and every node below it that its score is made of.
_NODES = """
    with recursive below as (
        select $node as node_id
        union
        select part.part_node_id
        from core.node_part as part
        inner join below on part.node_id = below.node_id
        where part.edition_id = $edition
    )

    select node.node_id, node.level, node.parent_node_id, node.name_pl, node.name_en, node.unit, node.direction
    from below
    inner join core.dim_edition as edition on edition.edition_id = $edition
    inner join core.dim_node as node on edition.framework_id = node.framework_id and below.node_id = node.node_id
    order by node.position
"""

_SEGMENT = """
    select cut_id, segment_id, cut_name_pl, cut_name_en, name_pl, name_en, lower_bound, upper_bound, n_clusters
    from core.dim_segment
    where edition_id = $edition and cut_id = $cut and segment_id = $segment
"""

_CLUSTERS_OF_SEGMENT = """
    select cluster.cluster_id, cluster.name
    from core.cluster_segment as segment
    inner join core.dim_cluster_edition as cluster using (edition_id, cluster_id)
    where segment.edition_id = $edition and segment.cut_id = $cut and segment.segment_id = $segment
    order by cluster.cluster_id
"""

_CLUSTER = "select cluster_id, name from core.dim_cluster_edition where edition_id = $edition and cluster_id = $cluster"

_SCORES = """
    select cluster_id, node_id, score, rank, n_parts, n_parts_available
    from core.fct_score
    where edition_id = $edition and list_contains($clusters, cluster_id) and list_contains($nodes, node_id)
"""

_VALUES = """
    select cluster_id, node_id, value, status, is_corrected
    from core.fct_indicator_value
    where edition_id = $edition and list_contains($clusters, cluster_id) and list_contains($nodes, node_id)
"""

_PARTS = """
    select node_id, part_node_id
    from core.node_part
    where edition_id = $edition and list_contains($nodes, node_id)
    order by all
"""

_BOUNDS = """
    select node_id, n, minimum, q1, q3, maximum, fence, lower_bound, upper_bound, is_capped, is_degenerate
    from core.fct_normalisation_bound
    where edition_id = $edition and list_contains($nodes, node_id)
"""

_ALL_VALUES = """
    select node_id, list(value) as indicator_values
    from core.fct_indicator_value
    where edition_id = $edition and list_contains($nodes, node_id)
    group by node_id
"""

_RULES = """
    select part.node_id, part.question_id, part.kind, part.multiplier, part.scale, part.blank_means,
        question.header, question.wording_pl, question.wording_en, question.unit
    from core.indicator_part as part
    inner join core.question_edition as question using (edition_id, question_id)
    where part.edition_id = $edition and list_contains($nodes, part.node_id)
    order by part.node_id, part.question_id
"""

_ANSWERS = """
    select answer.cluster_id, answer.question_id, answer.option_id, answer.answer_text, answer.answer_number,
        answer.status, answer.is_corrected, answer.survey, answer.respondent_id, file.file_name, answer.row_number,
        answer.column_name,
        answer.file_sha256
    from core.fct_answer as answer
    inner join audit.load as load on answer.edition_id = load.edition_id and load.is_current
    inner join audit.source_file as file
        on load.load_id = file.load_id and answer.survey = file.survey and answer.file_sha256 = file.sha256
    where
        answer.edition_id = $edition
        and list_contains($clusters, answer.cluster_id)
        and list_contains($questions, answer.question_id)
    order by answer.cluster_id, answer.question_id, answer.row_number, answer.column_name
"""

_CORRECTIONS = """
    select correction_id, cluster_id, question_id, option_id, node_id, action, new_value, expected_before, found_before,
        outcome, applied, reason, reported_by
    from audit.correction
    where
        edition_id = $edition
        and list_contains($clusters, cluster_id)
        and (list_contains($nodes, node_id) or list_contains($questions, question_id))
    order by correction_id
"""

_LOAD = "select * from audit.load where edition_id = $edition and is_current"
_FILES = "select * exclude (load_id, edition_id) from audit.source_file where load_id = $load order by survey"

_CHECKS = """
    select door, tool, check_id, entity, column_name, severity, status, observed, expected, n_rows, n_failed,
        failing_keys, checked_at
    from audit.check_result
    where run_id = $run and (edition_id = $edition or edition_id is null)
    order by door, check_id
"""


def trace(release: PublishedRelease, figure: Figure) -> Report:
    """Everything that makes the figure, as plain values; `agrees` says whether each step, computed again, gives it.

    Raises UnknownFigure.
    """
    check_figure(release, figure)
    edition = release.row("select * from core.dim_edition where edition_id = $edition", edition=figure.edition_id)
    assert edition is not None
    nodes = {row["node_id"]: row for row in release.rows(_NODES, edition=figure.edition_id, node=figure.node_id)}
    clusters = _clusters(release, figure)
    named = [row["cluster_id"] for row in clusters]
    keys = {"edition": figure.edition_id, "nodes": list(nodes)}
    scores = {(row["cluster_id"], row["node_id"]): row for row in release.rows(_SCORES, **keys, clusters=named)}
    values = {(row["cluster_id"], row["node_id"]): row for row in release.rows(_VALUES, **keys, clusters=named)}
    rules = {node: rows for (node,), rows in _grouped(release.rows(_RULES, **keys), "node_id").items()}
    bounds = {row.pop("node_id"): row for row in release.rows(_BOUNDS, **keys)}
    everyone = {row["node_id"]: row["indicator_values"] for row in release.rows(_ALL_VALUES, **keys)}
    parts = {
        node: [row["part_node_id"] for row in rows]
        for (node,), rows in _grouped(release.rows(_PARTS, **keys), "node_id").items()
    }
    questions = sorted({row["question_id"] for rule in rules.values() for row in rule})
    whose = {"edition": figure.edition_id, "clusters": named, "questions": questions}
    answers = _grouped(release.rows(_ANSWERS, **whose), "cluster_id", "question_id")
    corrections = release.rows(_CORRECTIONS, **whose, nodes=list(nodes))
    for node, bound in bounds.items():
        bound |= _bounds_again(edition, nodes[node]["direction"], bound, everyone.get(node, []))
    replaced = {(row["cluster_id"], row["node_id"]) for row in corrections if row["applied"] and row["node_id"]}
    steps = _Steps(edition, nodes, scores, values, rules, bounds, parts, answers, replaced)
    traced = [cluster | {"nodes": steps.of_cluster(cluster["cluster_id"])} for cluster in clusters]
    load = release.row(_LOAD, edition=figure.edition_id)
    assert load is not None
    report: Report = {
        "figure": _published(release, figure),
        "edition": edition,
        "segment": _segment(release, figure),
        "node": nodes[figure.node_id],
        "release": {key: value for key, value in release.description.items() if key != "files"},
        "clusters": traced,
        "indicators": [
            nodes[node] | {"rule": rule, "bounds": bounds[node]} for node, rule in rules.items() if node in bounds
        ],
        "corrections": corrections,
        "load": load | {"files": release.rows(_FILES, load=load["load_id"])},
        "checks": _checks(release, figure, nodes, clusters),
    }
    report["figure"] |= _again(figure, report, scores, values)
    checked = [*steps.checked, *(bound["agrees"] for bound in bounds.values())]
    report["steps"] = {"agree": checked.count(True), "differ": checked.count(False)}
    report["agrees"] = bool(report["figure"]["agrees"]) and all(checked)
    return report


def _bounds_again(
    edition: Mapping[str, Any], direction: int, bound: Mapping[str, Any], values: list[float | None]
) -> dict[str, Any]:
    """The bounds computed again from the values of all clusters of the edition."""
    lower, upper = bounds_of_values(values, direction, edition["quartile_method"], edition["fence_factor"])
    same = agrees(bound["lower_bound"], lower) and agrees(bound["upper_bound"], upper)
    return {"recomputed": [lower, upper], "agrees": same}


def _grouped(rows: Rows, *key: str) -> dict[tuple[Any, ...], Rows]:
    grouped: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        grouped.setdefault(tuple(row[name] for name in key), []).append(row)
    return grouped


def _clusters(release: PublishedRelease, figure: Figure) -> Rows:
    if figure.cluster_id is not None:
        return release.rows(_CLUSTER, edition=figure.edition_id, cluster=figure.cluster_id)
    return release.rows(_CLUSTERS_OF_SEGMENT, edition=figure.edition_id, cut=figure.cut_id, segment=figure.segment_id)


def _segment(release: PublishedRelease, figure: Figure) -> dict[str, Any] | None:
    if figure.cluster_id is not None:
        return None
    return release.row(_SEGMENT, edition=figure.edition_id, cut=figure.cut_id, segment=figure.segment_id)


class _Steps:
    """The way down from each cluster's node, every step computed again; `checked` are the verdicts."""

    def __init__(
        self,
        edition: Mapping[str, Any],
        nodes: Mapping[str, dict[str, Any]],
        scores: Mapping[tuple[str, str], dict[str, Any]],
        values: Mapping[tuple[str, str], dict[str, Any]],
        rules: Mapping[str, Rows],
        bounds: Mapping[str, dict[str, Any]],
        parts: Mapping[str, list[str]],
        answers: Mapping[tuple[Any, ...], Rows],
        replaced: Collection[tuple[str, str]],
    ) -> None:
        self.edition, self.nodes, self.scores, self.values = edition, nodes, scores, values
        self.rules, self.bounds, self.parts, self.answers = rules, bounds, parts, answers
        self.replaced = replaced
        self.checked: list[bool] = []

    def of_cluster(self, cluster_id: str) -> Rows:
        """The cluster's nodes from the one asked about downwards: sub-areas below their area, indicators below."""
        return [
            self._indicator(cluster_id, node) if node in self.rules else self._mean(cluster_id, node)
            for node in self.nodes
            if (cluster_id, node) in self.scores
        ]

    def _step(self, published: float | None, recomputed: float | None) -> dict[str, Any]:
        self.checked.append(agrees(published, recomputed))
        return {"recomputed": recomputed, "agrees": self.checked[-1]}

    def _mean(self, cluster_id: str, node: str) -> dict[str, Any]:
        row = self.scores[cluster_id, node]
        parts = {part: self.scores[cluster_id, part]["score"] for part in self.parts[node]}
        recomputed = score_of_parts(list(parts.values()), self.edition["minimum_availability"])
        return (
            {key: value for key, value in row.items() if key != "cluster_id"}
            | {"parts": parts}
            | self._step(row["score"], recomputed)
        )

    def _indicator(self, cluster_id: str, node: str) -> dict[str, Any]:
        row, value = self.scores[cluster_id, node], self.values[cluster_id, node]
        rule = self.rules[node]
        answers = {part["question_id"]: self.answers.get((cluster_id, part["question_id"]), []) for part in rule}
        from_answers = value_of_answers(rule, answers)
        score = score_of_value(value["value"], self.nodes[node]["direction"], self.bounds[node])
        told = {
            "value": value["value"],
            "status": value["status"],
            "is_corrected": value["is_corrected"],
            "score": row["score"],
            "rank": row["rank"],
        }
        told |= self._step(row["score"], score)
        # Where the value itself was corrected, the answers say what it was before.
        if (cluster_id, node) not in self.replaced:
            told["value_from_answers"] = self._step(value["value"], from_answers)
        return {"node_id": node} | told | {"answers": [cell for cells in answers.values() for cell in cells]}


def _published(release: PublishedRelease, figure: Figure) -> dict[str, Any]:
    """The figure as the release has it."""
    if figure.cluster_id is not None:
        table = "core.fct_score" if figure.of == "score" else "core.fct_indicator_value"
        row = release.row(
            f"select * from {table} where edition_id = $edition and node_id = $node and cluster_id = $cluster",
            edition=figure.edition_id,
            node=figure.node_id,
            cluster=figure.cluster_id,
        )
        measure = figure.of
    else:
        table = "benchmark.score_distribution" if figure.of == "score" else "benchmark.indicator_statistic"
        row = release.row(
            f"select * from {table} where edition_id = $edition and node_id = $node and cut_id = $cut"
            " and segment_id = $segment",
            edition=figure.edition_id,
            node=figure.node_id,
            cut=figure.cut_id,
            segment=figure.segment_id,
        )
        measure = str(figure.measure)
    assert row is not None, "check_figure lets only figures through that the release has"
    return vars(figure) | {"table": table, "measure": measure, "value": row[measure], "row": row}


def _again(
    figure: Figure,
    report: Report,
    scores: Mapping[tuple[str, str], Mapping[str, Any]],
    values: Mapping[tuple[str, str], Mapping[str, Any]],
) -> dict[str, Any]:
    """The figure computed again from the clusters below it, and which of them it equals."""
    own = scores if figure.of == "score" else values
    found = {
        cluster["cluster_id"]: own.get((cluster["cluster_id"], figure.node_id), {}).get(figure.of)
        for cluster in report["clusters"]
    }
    if figure.cluster_id is not None:
        recomputed = found[figure.cluster_id]
    else:
        direction = 1 if figure.of == "score" else report["node"]["direction"]
        recomputed = measure_of(
            str(figure.measure), list(found.values()), report["edition"]["quartile_method"], direction
        )
    return {"recomputed": recomputed, "agrees": agrees(report["figure"]["value"], recomputed)}


def _checks(release: PublishedRelease, figure: Figure, nodes: Mapping[str, object], clusters: Rows) -> dict[str, Any]:
    """The checks of the run that made the release, and of those that failed the ones that name what is traced."""
    rows = release.rows(_CHECKS, run=release.description["run_id"], edition=figure.edition_id)
    counts = Counter((row["door"], row["status"]) for row in rows)
    names = [f'"{name}"' for name in (*nodes, *(cluster["cluster_id"] for cluster in clusters))]
    failed = [row for row in rows if row["status"] in ("fail", "error")]
    return {
        "run_id": release.description["run_id"],
        "counts": [{"door": door, "status": status, "n": n} for (door, status), n in sorted(counts.items())],
        "failed": [
            row | {"names_what_is_traced": any(name in (row["failing_keys"] or "") for name in names)} for row in failed
        ],
        "checked": [{key: row[key] for key in ("door", "tool", "check_id", "status")} for row in rows],
    }
