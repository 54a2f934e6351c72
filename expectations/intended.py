"""Every check that is meant to be run, as rows of `raw.intended_check`: what did not run can be missed only so."""

from __future__ import annotations

from typing import Any

from expectations.dbt_results import dimension_of, entity_of, expected_by, severity_of
from expectations.runner import intended_checks

# The schemas of the tables of data; what is built after them belongs to the stage that writes the record.
DATA_SCHEMAS = ("core", "benchmark", "survey")


def intended_rows(manifest: Any) -> list[dict[str, Any]]:  # noqa: ANN401  dbt's manifest
    """One row per check of the doors, to be run for every edition, and per data test of dbt, run once for all.

    A dbt test has no door of its own here: it counts for the door behind the stage that can first run it.
    """
    doors = [
        {
            "tool": "great_expectations",
            "door": check.door,
            "check_id": check.check_id,
            "dimension": check.dimension,
            "entity": check.entity,
            "column_name": check.column_name,
            "severity": check.severity,
            "description": check.description,
            "expected": check.expected,
            "is_of_the_record": False,
        }
        for check in intended_checks()
    ]
    tables = {
        node_id: f"{node.schema}.{node.name}"
        for node_id, node in manifest.nodes.items()
        if node.resource_type != "test"
    }
    made_before = _made_before_the_record(manifest)
    tests = [
        {
            "tool": "dbt",
            "door": None,
            "check_id": node.name,
            "dimension": dimension_of(node),
            "entity": entity_of(node, tables),
            "column_name": getattr(node, "column_name", None),
            "severity": severity_of(node),
            "description": node.description or None,
            "expected": expected_by(node),
            "is_of_the_record": not made_before.issuperset(node.depends_on.nodes),
        }
        for node in manifest.nodes.values()
        if node.resource_type == "test" and node.config.enabled
    ]
    return doors + sorted(tests, key=lambda test: test["check_id"])


def _made_before_the_record(manifest: Any) -> set[str]:  # noqa: ANN401
    """The ids of all that the tables of data are made of, these among them: built, and tested, before the record."""
    waiting = [
        node_id
        for node_id, node in manifest.nodes.items()
        if node.resource_type == "model" and node.schema in DATA_SCHEMAS and node.name != "release"
    ]
    made: set[str] = set()
    while waiting:
        node_id = waiting.pop()
        if node_id not in made:
            made.add(node_id)
            node = manifest.nodes.get(node_id)
            waiting += node.depends_on.nodes if node and node.resource_type == "model" else []
    return made
