"""The three doors as blocking asset checks: what fails critically does not go on to the next stage."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import duckdb

from expectations import append_check_results, build_data_docs, intended_checks, run_door
from orchestration.parsed_project import ParsedProject
from orchestration.quality import show_what_stopped
from orchestration.resources import WarehouseResource

logger = logging.getLogger("clusterbench")

# A door's checks hang on the table it guards; every later stage depends on that table, so they block it.
DOORS = {
    "raw": dg.AssetKey(["raw", "answer"]),
    "facts": dg.AssetKey(["core", "fct_indicator_value"]),
    "scores": dg.AssetKey(["core", "fct_score"]),
}


def door_checks(door: str, parsed: ParsedProject) -> dg.AssetChecksDefinition:
    """The checks of one door, each shown for itself; a critical one blocks. `parsed` builds the record if one does."""
    checks = [check for check in intended_checks() if check.door == door]
    specs = [
        dg.AssetCheckSpec(
            name=check.check_id,
            asset=DOORS[door],
            description=check.description,
            blocking=check.severity == "critical",
            metadata={"entity": check.entity, "dimension": check.dimension, "severity": check.severity},
        )
        for check in checks
    ]

    @dg.multi_asset_check(specs=specs, name=f"{door}_door", pool="warehouse")
    def check_door(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        home = warehouse.installation.home
        loads = {edition: load.load_id for edition, load in warehouse.installation.ledger.candidates().items()}
        with duckdb.connect(home.work_file, read_only=True) as connection:
            report = run_door(
                door,
                connection,
                run_id=context.run.run_id,
                load_ids=loads,
                checked_at=datetime.now(UTC).replace(tzinfo=None),
            )
        append_check_results(home.checks / f"{context.run.run_id}-{door}.parquet", report.results)
        warehouse.reports.append(report)
        # After every door, so that the pages tell of a run that goes no further, too.
        build_data_docs(warehouse.reports, home.docs / "data_docs")
        critical = report.critical_failures
        warnings = [row for row in report.results if row.status in ("fail", "error") and row.severity == "warning"]
        logger.info(
            "%s door: %d checks, %d critical failures, %d warnings",
            door,
            len(report.results),
            len(critical),
            len(warnings),
        )
        if critical:
            for row in critical:
                logger.error("%s: %s, edition %s: %s", door, row.check_id, row.edition_id, row.observed)
            reason = f"{door} door: " + ", ".join(sorted({row.check_id for row in critical}))
            warehouse.installation.refuse_open_loads(reason)
            show_what_stopped(warehouse, parsed, context.run.run_id, f"Critical checks failed at the {reason}.")
        for check in checks:
            rows = [row for row in report.results if row.check_id == check.check_id]
            failing = [row for row in rows if row.status in ("fail", "error")]
            severe = check.severity == "critical"
            yield dg.AssetCheckResult(
                asset_key=DOORS[door],
                check_name=check.check_id,
                passed=not failing,
                severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
                metadata={
                    "entity": check.entity,
                    "rows checked": sum(row.n_rows or 0 for row in rows),
                    "rows failed": sum(row.n_failed or 0 for row in rows),
                    "failing keys": dg.MetadataValue.json(
                        {str(row.edition_id): json.loads(row.failing_keys or "[]")[:20] for row in failing}
                    ),
                },
            )

    return check_door
