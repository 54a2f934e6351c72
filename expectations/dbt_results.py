"""dbt's data tests as rows of the same table: structure and arithmetic are its part, content is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.dbt_failures import Failures, failing_rows
from expectations.result import CheckResult, Status, naive_utc

if TYPE_CHECKING:
    import duckdb

# For tests that do not say under which dimension they count (`meta: {dimension: …}`).
_DIMENSION_OF_TEST = {
    "not_null": "completeness",
    "unique": "uniqueness",
    "key": "uniqueness",
    "accepted_values": "range",
    "relationships": "consistency",
    "refers_to": "consistency",
}
_STATUSES: Mapping[str, Status] = {"pass": "pass", "fail": "fail", "warn": "fail"}


def dbt_check_results(
    run_results: Iterable[Any],
    door: str,
    *,
    run_id: str,
    checked_at: datetime,
    connection: duckdb.DuckDBPyConnection,
) -> list[CheckResult]:
    """The data tests among dbt's results, as rows; other results are left out.

    A test looks at all editions at once, so its row is of no edition and no load; of which editions the failing rows
    are is part of what was observed. Those rows, and how many rows a table has, are read from the work file through
    `connection`. A test that could not run is an error; one that was skipped, because a test before it failed and so
    what it tests was not built, has no result: it was not run.
    """
    results = [result for result in run_results if result.node.resource_type in ("model", "seed", "snapshot", "test")]
    tables = {
        result.node.unique_id: f"{result.node.schema}.{result.node.name}"
        for result in results
        if result.node.resource_type != "test"
    }
    tests = [result for result in results if result.node.resource_type == "test" and result.status != "skipped"]
    keys = {
        result.node.attached_node: generic.kwargs["columns"]
        for result in tests
        if (generic := _generic(result.node)) and generic.name == "key"
    }
    row_counts = _row_counts(connection)
    rows = []
    for result in tests:
        node = result.node
        status = _STATUSES.get(str(result.status), "error")
        entity = entity_of(node, tables)
        failures = Failures("[]", {})
        if status == "fail":
            failures = failing_rows(connection, node, keys.get(getattr(node, "attached_node", None), ()))
        rows.append(
            CheckResult(
                run_id=run_id,
                load_id=None,
                edition_id=None,
                tool="dbt",
                door=door,
                check_id=node.name,
                dimension=dimension_of(node),
                entity=entity,
                column_name=getattr(node, "column_name", None),
                severity=severity_of(node),
                status=status,
                observed=_observed(result, status, failures),
                expected=expected_by(node),
                n_rows=None if status == "error" else row_counts(entity),
                n_failed=None if status == "error" else int(result.failures or 0),
                failing_keys=failures.keys,
                checked_at=naive_utc(checked_at),
            )
        )
    return rows


def _row_counts(connection: duckdb.DuckDBPyConnection) -> Callable[[str], int | None]:
    """How many rows a table or view (`schema.name`) has, counted once; None for what is neither."""
    named = "select table_schema || '.' || table_name from information_schema.tables"
    tables = {name for (name,) in connection.execute(named).fetchall()}

    @cache
    def count(table: str) -> int | None:
        quoted = ".".join(f'"{part}"' for part in table.split("."))
        return connection.execute(f"select count(*) from {quoted}").fetchall()[0][0] if table in tables else None

    return count


def _generic(node: Any) -> Any | None:  # noqa: ANN401  a dbt node
    """What a generic test says of itself; None for a test that is a query of its own."""
    return getattr(node, "test_metadata", None)


def severity_of(node: Any) -> str:  # noqa: ANN401
    """`critical` for a test that stops the publication, else `warning`."""
    return "critical" if str(node.config.severity).lower() == "error" else "warning"


def dimension_of(node: Any) -> str:  # noqa: ANN401
    """What the test is about: as it says itself, else by the kind of test."""
    said = (getattr(node.config, "meta", None) or {}).get("dimension")
    generic = _generic(node)
    return said or _DIMENSION_OF_TEST.get(generic.name if generic else "", "consistency")


def entity_of(node: Any, tables: Mapping[str, str]) -> str:  # noqa: ANN401
    """The table tested, with its schema if it was built in this run; a query's own name if it tests none.

    Of the tables that a query compares it is the first built in this run: its other inputs were built before.
    """
    tested = getattr(node, "attached_node", None)
    candidates = [tested] if tested else list(node.depends_on.nodes)
    if not candidates:
        return str(node.name)
    built = [tables[each] for each in candidates if tables.get(each)]
    # A source is source.<project>.<schema>.<table>, a model model.<project>.<table>.
    return built[0] if built else ".".join(candidates[0].split(".")[2:])


def _observed(result: Any, status: Status, failures: Failures) -> str:  # noqa: ANN401
    if status == "pass":
        return "no row against it"
    if status == "error":
        return f"{result.status}: {result.message or 'not run'}"
    editions = f": {failures}" if failures.editions else ""
    return f"{result.failures} rows against it{editions}"


def expected_by(node: Any) -> str:  # noqa: ANN401
    """What the test expects, in a line: its kind and arguments."""
    generic = _generic(node)
    if generic is None:
        return "no row against it"
    arguments = {name: value for name, value in generic.kwargs.items() if name not in ("model", "column_name")}
    return f"{generic.name}({', '.join(f'{name}={value}' for name, value in sorted(arguments.items()))})"
