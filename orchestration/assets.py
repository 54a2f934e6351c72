"""The assets around dbt: deliveries in, raw tables filled, a release published."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from dictionary.pages import write_dictionary
from expectations import intended_rows
from ingestion.codebook import editions
from ingestion.raw_tables import DELIVERY_TABLES
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.erasing import remove_releases_of_erased
from orchestration.parsed_project import ParsedProject
from orchestration.paths import DICTIONARY
from orchestration.publication import drop_overtaken_provisional, point_to, remove_old_releases, write_release
from orchestration.quality import write_page
from orchestration.resources import WarehouseResource

logger = logging.getLogger("clusterbench")

OWNERS = ["team:data-engineers"]
AUDIT_TABLES = ("load", "source_file", "erasure", "check_result", "intended_check", "release")


def edition_partitions(codebooks: Path) -> dg.StaticPartitionsDefinition:
    """One partition per edition: there is one as soon as its codebook folder is there."""
    return dg.StaticPartitionsDefinition([str(edition) for edition in editions(codebooks)])


def keep_releases() -> int:
    """How many releases stay, from CLUSTERBENCH_KEEP_RELEASES."""
    return int(os.environ.get("CLUSTERBENCH_KEEP_RELEASES", "10"))


class DeliveryConfig(dg.Config):
    """How a delivery is taken: a provisional one (fieldwork goes on) is published only when `publish` says so."""

    provisional: bool = False
    publish: bool = False


def delivery_asset(codebooks: Path) -> dg.AssetsDefinition:
    """The asset that takes deliveries in."""

    @dg.asset(
        name="delivery",
        partitions_def=edition_partitions(codebooks),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name="ingestion",
        owners=OWNERS,
        kinds={"csv", "excel"},
        pool="warehouse",
        output_required=False,
        description="An edition's survey exports, copied unchanged by content hash and read by its codebook.",
    )
    def delivery(
        context: dg.AssetExecutionContext, config: DeliveryConfig, warehouse: WarehouseResource
    ) -> Iterator[dg.MaterializeResult]:
        installation = warehouse.installation
        wanted = [int(key) for key in context.partition_keys]
        # A range of editions loads those that were delivered; an edition asked for by itself must be there.
        if len(wanted) > 1:
            wanted = [edition for edition in wanted if (installation.home.inbox / str(edition)).is_dir()]
        loads = [installation.load(edition, context.run_id, config.provisional, config.publish) for edition in wanted]
        changed = [load for load in loads if load.outcome != "unchanged"]
        if not changed:
            # Nothing is materialised, so the rest of the run is skipped and the published release stays.
            return
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(load.n_answers or 0 for load in changed),
                "files": sum(len(load.files) for load in changed),
                "rejected cells": sum(len(load.rejected) for load in changed),
                "deliveries": dg.MetadataValue.json({str(load.edition_id): load.delivery_id for load in loads}),
            }
        )

    return delivery


def _raw_specs(tables: tuple[str, ...], deps: list[Any], what: str) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            ["raw", table],
            deps=deps,
            group_name="raw",
            owners=OWNERS,
            kinds={"duckdb"},
            description=f"{what}: raw.{table}",
        )
        for table in tables
    ]


def _materialised(tables: tuple[str, ...], rows: dict[str, int]) -> Iterator[dg.MaterializeResult]:
    for table in tables:
        metadata = {"dagster/row_count": rows[table]} if table in rows else {}
        yield dg.MaterializeResult(asset_key=dg.AssetKey(["raw", table]), metadata=metadata)


@dg.multi_asset(
    name="raw_tables",
    specs=_raw_specs(DELIVERY_TABLES, ["delivery"], "Each edition's current delivery, as text with its origin"),
    pool="warehouse",
)
def raw_tables(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """Make the work file from scratch and fill it with each edition's current delivery."""
    yield from _materialised(DELIVERY_TABLES, warehouse.installation.fill_raw_tables())


def audit_asset(parsed: ParsedProject) -> dg.AssetsDefinition:
    """The asset that brings the record into the work file."""

    @dg.multi_asset(
        name="audit_tables",
        specs=_raw_specs(AUDIT_TABLES, [["core", "fct_score"]], "The record of loads, checks and the release to be"),
        pool="warehouse",
    )
    def audit_tables(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
        """Bring the ledger and every check result into the work file, and name the release to be."""
        release, intended = warehouse.release_to_be(context.run_id), intended_rows(parsed.manifest)
        yield from _materialised(AUDIT_TABLES, warehouse.installation.fill_audit_tables(release, intended))

    return audit_tables


def release_asset(marts: list[dg.AssetKey], parsed: ParsedProject) -> dg.AssetsDefinition:
    """The asset that publishes, downstream of every mart."""

    @dg.asset(
        key=["published", "benchmarking"],
        deps=marts,
        group_name="publication",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        pool="warehouse",
        description="The published release: databases, Parquet and documentation, swapped in as one.",
    )
    def benchmarking(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult:
        from orchestration.transformation import generate_docs

        keep = keep_releases()  # a setting that cannot be read stops the run before anything is published
        home = warehouse.installation.home
        docs = home.docs
        release = warehouse.release_to_be(context.run_id)
        notice = SYNTHETIC_NOTICE if release.is_sample else ""
        page = docs / "dbt" / "index.html"
        generate_docs(home.work_file, page, parsed.manifest, parsed.project, target_path=home.dbt, notice=notice)
        dictionary = (docs / DICTIONARY).parent
        write_dictionary(home.work_file, parsed.as_json, dictionary, release.release_id, release.is_sample)
        write_page(warehouse, context.run_id, release)
        folder = write_release(home, release, docs)
        # A release that shows fieldwork in progress is there to be inspected; readers keep the published one.
        point_to(home, release.release_id, home.published if release.is_for_publication else home.provisional)
        warehouse.installation.record_release(release.release_id)
        drop_overtaken_provisional(home, release)
        removed = remove_old_releases(home, keep)
        removed += remove_releases_of_erased(home, warehouse.installation.ledger.erasures())
        logger.info(
            "release %s %s",
            release.release_id,
            "published" if release.is_for_publication else "made as provisional, not published",
        )
        results = [row.status for report in warehouse.reports for row in report.results]
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        return dg.MaterializeResult(
            metadata={
                "release": release.release_id,
                "published": release.is_for_publication,
                "folder": dg.MetadataValue.path(str(folder)),
                "bytes": size,
                "checks passed": results.count("pass"),
                "checks failed as warnings": results.count("fail") + results.count("error"),
                "checks not applicable": results.count("not_applicable"),
                "releases removed": len(removed),
            }
        )

    return benchmarking
