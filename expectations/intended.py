"""Every check that is meant to be run, as rows of `raw.intended_check`: what did not run can be missed only so."""

from __future__ import annotations

from typing import Any

from expectations.dbt_results import dimension_of, entity_of, expected_by, severity_of
from expectations.runner import intended_checks


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
            "is_of_the_record": _reads_the_record(node, manifest),
        }
        for node in manifest.nodes.values()
        if node.resource_type == "test" and node.config.enabled
    ]
    return doors + sorted(tests, key=lambda test: test["check_id"])


def _reads_the_record(test: Any, manifest: Any) -> bool:  # noqa: ANN401
    """Whether the test reads a table made from the record: it can run only after it is written."""
    read = (manifest.nodes.get(node_id) for node_id in test.depends_on.nodes)
    return any(node.schema == "audit" or node.name == "release" for node in read if node)
