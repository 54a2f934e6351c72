"""Comparing the marts with the rows they should hold: same rows, same columns, numbers to 1e-9."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

Row = Mapping[str, Any]
TOLERANCE = 1e-9  # relative above 1, absolute below

SCHEMA_AND_KEY = {
    "dim_edition": ("core", ("edition_id",)),
    "dim_node": ("core", ("framework_id", "node_id")),
    "fct_answer": ("core", ("edition_id", "survey", "respondent_id", "question_id", "option_id")),
    "dim_cluster": ("core", ("cluster_id",)),
    "dim_cluster_edition": ("core", ("edition_id", "cluster_id")),
    "dim_segment": ("core", ("edition_id", "cut_id", "segment_id")),
    "cluster_segment": ("core", ("edition_id", "cut_id", "cluster_id")),
    "node_part": ("core", ("edition_id", "node_id", "part_node_id")),
    "indicator_part": ("core", ("edition_id", "node_id", "question_id")),
    "fct_indicator_value": ("core", ("edition_id", "cluster_id", "node_id")),
    "fct_score": ("core", ("edition_id", "cluster_id", "node_id")),
    "fct_normalisation_bound": ("core", ("edition_id", "node_id")),
    "indicator_statistic": ("benchmark", ("edition_id", "cut_id", "segment_id", "node_id")),
    "score_distribution": ("benchmark", ("edition_id", "cut_id", "segment_id", "node_id")),
    "option_share": (
        "benchmark",
        ("edition_id", "cut_id", "segment_id", "question_id", "option_id", "answer_level"),
    ),
    "edition_profile": ("benchmark", ("edition_id", "characteristic", "category")),
    "strength_weakness": ("benchmark", ("edition_id", "cut_id", "segment_id", "node_id")),
    "score_regression": ("benchmark", ("edition_id", "variable")),
    "score_spread": ("benchmark", ("edition_id", "node_id", "quartile_method")),
    "cluster_profile": ("benchmark", ("edition_id", "cluster_id", "node_id")),
    "cluster_lineage": ("core", ("edition_id", "predecessor_cluster_id", "successor_cluster_id")),
    "node_conformance": ("core", ("edition_id", "node_id", "today_node_id")),
    "question_edition": ("core", ("edition_id", "question_id")),
    "edition_comparison": (
        "benchmark",
        ("edition_id", "previous_edition_id", "basis", "scale", "node_id", "measure"),
    ),
    "edition_trend": ("benchmark", ("edition_id", "measure")),
    "edition_growth": ("benchmark", ("edition_id", "previous_edition_id", "measure")),
    "member_opinion": (
        "survey",
        ("edition_id", "cut_id", "segment_id", "question_no", "item_no", "option_id"),
    ),
    "cluster_opinion": ("survey", ("edition_id", "cluster_id", "question_no", "item_no", "option_id")),
    "accessibility_criterion": ("survey", ("edition_id", "criterion_no")),
    "accessibility_band": ("survey", ("edition_id", "band")),
}


def read_rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    """All rows of a table, as dictionaries."""
    cursor = connection.execute(f"select * from {table}")
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_marts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """Every mart that the second implementation computes too."""
    return {name: read_rows(connection, f"{schema}.{name}") for name, (schema, _) in SCHEMA_AND_KEY.items()}


def keyed(name: str, rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
    """The rows by the key of their table; a key that stands twice is an error."""
    by_key: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(row[column] for column in SCHEMA_AND_KEY[name][1])
        assert key not in by_key, f"{name}: two rows for {key}"
        by_key[key] = row
    return by_key


def is_same(left: object, right: object) -> bool:
    """Whether two values agree: numbers to the tolerance, everything else exactly."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return abs(left - right) <= TOLERANCE * max(1.0, abs(left), abs(right))
    return left == right


def differences_of(name: str, found: Iterable[Row], expected: Iterable[Row]) -> list[str]:
    """Every row missing or in excess and every differing column, in words. `found` may have more columns."""
    found_rows, expected_rows = keyed(name, found), keyed(name, expected)
    messages = [f"{name} {key}: row missing" for key in expected_rows.keys() - found_rows.keys()]
    messages += [f"{name} {key}: row not expected" for key in found_rows.keys() - expected_rows.keys()]
    for key in expected_rows.keys() & found_rows.keys():
        for column, value in expected_rows[key].items():
            if not is_same(found_rows[key][column], value):
                messages.append(f"{name} {key}: {column} is {found_rows[key][column]!r}, expected {value!r}")
    return sorted(messages)


def differences(found: Mapping[str, Sequence[Row]], expected: Mapping[str, Sequence[Row]]) -> list[str]:
    """The differences of all marts."""
    return [message for name in SCHEMA_AND_KEY for message in differences_of(name, found[name], expected[name])]


def assert_same(found: Mapping[str, Sequence[Row]], expected: Mapping[str, Sequence[Row]]) -> None:
    """Fail with the first differences of each kind when the marts are not as expected."""
    messages = differences(found, expected)
    shown = "\n".join(messages[:40])
    assert not messages, f"{len(messages)} differences, the first of them:\n{shown}"
