"""The page "data quality" of a run: of one that was checked to its end, and of one that a check stopped."""

from __future__ import annotations

import logging
from pathlib import Path

import duckdb

from expectations import intended_rows
from expectations.quality_page import Occasion, write_quality_page
from ingestion.ledger import utc_now
from orchestration.parsed_project import ParsedProject
from orchestration.paths import QUALITY_PAGE, Home
from orchestration.publication import Release
from orchestration.resources import WarehouseResource

logger = logging.getLogger("clusterbench")

_IS_SAMPLE = "select coalesce(bool_or(is_sample), false) from raw.delivery"
_STATUSES = "select status from read_parquet(?) order by check_id"


def write_page(
    warehouse: WarehouseResource, run_id: str, release: Release | None = None, stopped_by: str | None = None
) -> Path:
    """Write the page of a run into the documentation in progress, from the audit tables of the work file.

    `release` is the one that the run makes; `stopped_by` says why it makes none. Returns the page.
    """
    home = warehouse.installation.home
    with duckdb.connect(home.work_file, read_only=True) as connection:
        (is_sample,) = connection.execute(_IS_SAMPLE).fetchone() or (False,)
        occasion = Occasion(
            run_id=run_id,
            made_at=release.released_at if release else utc_now(),
            code_version=release.code_version if release else warehouse.installation.code.version,
            is_sample=bool(is_sample),
            release_id=release.release_id if release else None,
            stopped_by=stopped_by,
            record=_record(connection, home, run_id),
        )
        return write_quality_page(connection, (home.docs / QUALITY_PAGE).parent, occasion)


def _record(connection: duckdb.DuckDBPyConnection, home: Home, run_id: str) -> tuple[str, ...]:
    """How the tests ended that ran after the audit tables were built."""
    path = home.checks / f"{run_id}-dbt-audit.parquet"
    rows = connection.execute(_STATUSES, [str(path)]).fetchall() if path.exists() else []
    return tuple(status for (status,) in rows)


def show_what_stopped(warehouse: WarehouseResource, parsed: ParsedProject, run_id: str, reason: str) -> None:
    """Write the page of a run that failed on its way, for the operator; the audit marts of checks are built for it.

    The run fails for `reason` whether or not the page can be written: that is only logged.
    """
    from orchestration.transformation import run_models

    home = warehouse.installation.home
    try:
        with duckdb.connect(home.work_file, read_only=True) as connection:
            is_filled = bool(connection.execute("select 1 from raw.intended_check limit 1").fetchone())
        if not is_filled:
            release = warehouse.release_to_be(run_id)
            warehouse.installation.fill_audit_tables(release, intended_rows(parsed.manifest))
        run_models(home.work_file, "checks", parsed.manifest, project=parsed.project, target_path=home.dbt)
        page = write_page(warehouse, run_id, stopped_by=reason)
        logger.info("why the run was stopped: %s", page)
    except Exception:
        logger.exception("the page on data quality could not be written")
