"""A trace as text for a terminal: the figure first, then what it is made of, down to file and row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingestion.synthetic import SYNTHETIC_NOTICE

Node = Mapping[str, Any]


def number(value: float | int | None) -> str:
    """A figure with enough digits to tell it from another."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def trace_text(report: Mapping[str, Any]) -> str:
    """The report of audit.trace.trace for a person."""
    lines = [
        *_figure(report),
        "",
        *_indicators(report),
        "",
        *_clusters(report),
        "",
        *_corrections(report),
        *_origin(report),
        "",
        *_checks(report),
    ]
    return "\n".join(lines)


def _figure(report: Mapping[str, Any]) -> Iterator[str]:
    figure, node, edition, release = (report[key] for key in ("figure", "node", "edition", "release"))
    if figure["cluster_id"]:
        (cluster,) = report["clusters"]
        whom = f"cluster {cluster['cluster_id']} ({cluster['name']})"
    else:
        segment = report["segment"]
        whom = (
            f"{figure['cut_id']}/{figure['segment_id']} ({segment['cut_name_en']}: {segment['name_en']}), "
            f"{segment['n_clusters']} clusters"
        )
    yield f"{edition['name_en']}, {node['node_id']} {node['name_en']} ({node['level']})"
    what = figure["measure"] if figure["measure"] == figure["of"] else f"{figure['measure']} of {figure['of']}s"
    yield f"  {what}, {whom}: {figure['value']!r}"
    again = "the same" if figure["agrees"] else f"DIFFERENT: {figure['recomputed']!r}"
    steps = report["steps"]
    yield (
        f"  computed again from what is below: {again}; of the steps below {steps['agree']} agree, "
        f"{steps['differ']} differ"
    )
    made = f"{release['released_at']}, made by {release['code_version']}"
    yield f"  {figure['table']} of release {release['release_id']}, {made}"
    if release["is_sample"]:
        yield f"  {SYNTHETIC_NOTICE}"


def _indicators(report: Mapping[str, Any]) -> Iterator[str]:
    yield "Rules and bounds"
    for indicator in report["indicators"]:
        bounds, rule = indicator["bounds"], indicator["rule"]
        first = rule[0]
        yield f"  {indicator['node_id']} {indicator['name_en']}, in {indicator['unit'] or 'no unit'}"
        blank = f"a blank counts as {first['blank_means']}"
        questions = f"{len(rule)} question{'s' * (len(rule) > 1)}"
        yield f"    {first['kind']} of {questions}, divided by {first['scale']:g}; {blank}"
        for part in rule:
            yield f"      {part['question_id']} (× {part['multiplier']:g}): {part['wording_en']}"
        capped = ", values above count as the upper bound" if bounds["is_capped"] else ""
        yield (
            f"    score = (value − {number(bounds['lower_bound'])}) / "
            f"({number(bounds['upper_bound'])} − {number(bounds['lower_bound'])}){capped}; of {bounds['n']} values: "
            f"minimum {number(bounds['minimum'])}, Q1 {number(bounds['q1'])}, Q3 {number(bounds['q3'])}, "
            f"maximum {number(bounds['maximum'])}, fence {number(bounds['fence'])}"
        )
        if not bounds["agrees"]:
            lower, upper = map(number, bounds["recomputed"])
            yield f"    DIFFERENT: the values of all clusters give bounds {lower} and {upper}"


def _clusters(report: Mapping[str, Any]) -> Iterator[str]:
    yield "Clusters"
    own = report["figure"]["node_id"]
    of = report["figure"]["of"]
    for cluster in report["clusters"]:
        top = next((node for node in cluster["nodes"] if node["node_id"] == own), {})
        yield f"  {cluster['cluster_id']} {cluster['name']}: {of} {number(top.get(of))}, rank {number(top.get('rank'))}"
        for node in cluster["nodes"]:
            yield from _node(node)


def _node(node: Node) -> Iterator[str]:
    wrong = "" if node["agrees"] else f" DIFFERENT: computed again {number(node['recomputed'])}"
    if "parts" in node:
        parts = ", ".join(f"{part} {number(score)}" for part, score in node["parts"].items())
        yield f"    {node['node_id']} score {number(node['score'])} = mean of {parts}{wrong}"
        return
    corrected = ", corrected" if node["is_corrected"] else ""
    yield (
        f"    {node['node_id']} score {number(node['score'])} from value {number(node['value'])} "
        f"({node['status']}{corrected}){wrong}"
    )
    from_answers = node.get("value_from_answers")
    if from_answers and not from_answers["agrees"]:
        yield f"      DIFFERENT: the answers give {number(from_answers['recomputed'])}"
    for answer in node["answers"]:
        option = f"/{answer['option_id']}" if answer["option_id"] else ""
        said = answer["answer_text"] if answer["answer_text"] is not None else answer["status"]
        read = f" read as {number(answer['answer_number'])}" if answer["answer_number"] is not None else ""
        read += ", corrected" if answer["is_corrected"] else ""
        yield (
            f"      {answer['question_id']}{option}: {said!r}{read} [{answer['file_name']}, "
            f"row {answer['row_number']}, column {answer['column_name']}, respondent {answer['respondent_id']}]"
        )


def _corrections(report: Mapping[str, Any]) -> Iterator[str]:
    if not report["corrections"]:
        return
    yield "Corrections"
    for row in report["corrections"]:
        option = f"/{row['option_id']}" if row["option_id"] else ""
        what = row["node_id"] or f"{row['question_id']}{option}"
        yield (
            f"  {row['correction_id']} {row['cluster_id']} {what}: {row['action']} {row['new_value'] or ''} "
            f"({row['outcome']}; found {row['found_before']!r}, expected {row['expected_before']!r}): {row['reason']}; "
            f"reported by {row['reported_by']}"
        )
    yield ""


def _origin(report: Mapping[str, Any]) -> Iterator[str]:
    load = report["load"]
    when = f"{load['started_at']} to {load['finished_at']} (UTC)"
    yield f"Load {load['load_id']}: {load['outcome']}, {when}, run {load['run_id']}"
    yield f"  delivery {load['delivery_id']}, code {load['code_version']}"
    for file in load["files"]:
        size = f"{file['n_rows']} rows, {file['n_bytes']} bytes"
        yield f"  {file['file_name']} ({file['survey']}): {size}, received {file['received_at']} (UTC)"
        yield f"    sha256 {file['sha256']}"


def _checks(report: Mapping[str, Any]) -> Iterator[str]:
    checks = report["checks"]
    yield f"Checks of run {checks['run_id']}"
    doors: dict[str, list[str]] = {}
    for count in checks["counts"]:
        doors.setdefault(count["door"], []).append(f"{count['n']} {count['status']}")
    for door, told in doors.items():
        yield f"  {door} door: {', '.join(told)}"
    for row in checks["failed"]:
        mark = "  (names what is traced)" if row["names_what_is_traced"] else ""
        yield f"  {row['severity']} {row['check_id']}: {row['observed']}{mark}"
