"""What goes on by itself: the weekly look at the published release, and the daily one for deliveries that are late."""

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from ingestion.arrivals import announced, overdue
from ingestion.ledger import Ledger
from orchestration.paths import Home
from orchestration.resources import WarehouseResource
from orchestration.revalidation import NotAsRebuilt, last_revalidation, revalidate

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

logger = logging.getLogger("clusterbench")

RELEASE = dg.AssetKey(["published", "benchmarking"])


def published_tables_check(marts: Sequence[dg.AssetKey]) -> dg.AssetChecksDefinition:
    """The check that compares the published release with a rebuild, when all marts are rebuilt."""
    spec = dg.AssetCheckSpec(
        "published_tables_are_as_rebuilt",
        asset=RELEASE,
        additional_deps=list(marts),
        description="Every published table is what the current deliveries give, row for row; the files can be read.",
    )

    @dg.multi_asset_check(specs=[spec], name="published_tables", pool="warehouse")
    def check_published_tables(warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
        home = warehouse.installation.home
        found = revalidate(warehouse.installation)
        last_revalidation(home).write_text(json.dumps(found.as_dict(), ensure_ascii=False), encoding="utf-8")
        logger.info("%s", found)
        yield dg.AssetCheckResult(
            asset_key=RELEASE,
            check_name=spec.name,
            passed=not found.differences,
            severity=dg.AssetCheckSeverity.WARN if found.is_sound else dg.AssetCheckSeverity.ERROR,
            metadata={
                "release": found.release_id,
                "tables compared": found.n_tables,
                "differences": dg.MetadataValue.json(list(found.differences)),
                "made of other things": dg.MetadataValue.json(list(found.other_inputs)),
            },
        )
        if not found.is_sound:
            raise NotAsRebuilt(str(found))

    return check_published_tables


def arrival_result(home: Home, codebooks: Path, today: date) -> dg.AssetCheckResult:
    """Whether every delivery that was announced for a day before `today` has arrived; names those that have not."""
    expected, ledger = announced(codebooks), Ledger(home.ledger)
    late = overdue(expected, ledger.arrived(), today)
    last = {load.edition_id: f"{load.load_id} {load.outcome or 'open'}" for load in ledger.loads()}
    return dg.AssetCheckResult(
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(f"edition {edition} is overdue since {day}" for edition, day in late.items()) or None,
        metadata={
            "announced": dg.MetadataValue.json({str(edition): str(day) for edition, day in expected.items()}),
            "overdue since": dg.MetadataValue.json({str(edition): str(day) for edition, day in late.items()}),
            "days late": dg.MetadataValue.json({str(edition): (today - day).days for edition, day in late.items()}),
            "last load": dg.MetadataValue.json({str(edition): last.get(edition, "none") for edition in late}),
        },
    )


def arrival_check(home: Home, codebooks: Path) -> dg.AssetChecksDefinition:
    """The check for deliveries that are late. It reads the ledger only, so it waits for no load."""

    @dg.asset_check(
        asset="delivery",
        name="announced_delivery_has_arrived",
        description="Every edition with `expected_by` in its edition.yml has been loaded by that day.",
    )
    def announced_delivery_has_arrived() -> dg.AssetCheckResult:
        return arrival_result(home, codebooks, datetime.now(UTC).date())

    return announced_delivery_has_arrived


def schedule(name: str, job: "UnresolvedAssetJobDefinition", cron: str, what: str) -> dg.ScheduleDefinition:
    """A schedule in UTC, on wherever Dagster's daemon runs until somebody switches it off."""
    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        description=f"{what}, {cron} (UTC).",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
