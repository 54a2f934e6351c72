"""Everything Dagster knows of Clusterbench: `dagster dev -m orchestration.definitions` and the command use the same."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from ingestion.codebook import codebooks_folder
from orchestration.assets import audit_asset, delivery_asset, edition_partitions, raw_tables, release_asset
from orchestration.doors import DOORS, door_checks
from orchestration.inbox_sensor import inbox_sensor
from orchestration.jobs import erase_respondent, restore_release, write_sample_exports
from orchestration.parsed_project import ParsedProject
from orchestration.paths import Home
from orchestration.resources import WarehouseResource
from orchestration.serving_job import serve_release
from orchestration.stages import STAGES, stage_assets
from orchestration.tables import PUBLIC_FORMS, PUBLISHED_SCHEMAS
from orchestration.transformation import DBT_PROJECT
from orchestration.upkeep import arrival_check, published_tables_check, schedule

# Dagster marks what we use of it (backfill policies) as beta at every start; the lock file pins its version.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

# One run at a time, one process: the steps share the work file, the lock and what the doors reported.
EXECUTOR = dg.in_process_executor


def marts(manifest: Mapping[str, Any]) -> list[dg.AssetKey]:
    """The asset keys of the published tables: the models of the mart schemas, and the public forms of tables."""
    return [
        dg.AssetKey([node["schema"], node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in (*PUBLISHED_SCHEMAS, *PUBLIC_FORMS)
    ]


def for_dagster(selection: Any) -> Any:  # noqa: ANN401  any part of a parsed selectors.yml
    """A dbt selection without `indirect_selection`, which says what tests run; Dagster's reader of it trips on that."""
    if isinstance(selection, Mapping):
        return {key: for_dagster(value) for key, value in selection.items() if key != "indirect_selection"}
    return [for_dagster(part) for part in selection] if isinstance(selection, list) else selection


def build_definitions(
    home: Home, codebooks: Path, wait_seconds: float = 600.0, project: Path = DBT_PROJECT
) -> dg.Definitions:
    """Assets, checks, jobs and resources of the installation at `home`, with the codebooks of a folder.

    Parses the dbt project, unless the manifest of just this state of it is kept in `home`.
    """
    parsed = ParsedProject(project, home.dbt)
    manifest = parsed.as_json | {"selectors": for_dagster(parsed.as_json["selectors"])}
    stages = [stage_assets(stage, manifest, parsed) for stage in STAGES]
    rebuild = [raw_tables, *stages, audit_asset(parsed), release_asset(marts(manifest), parsed)]
    received = delivery_asset(codebooks)
    doors = [door_checks(door, parsed) for door in DOORS]
    as_rebuilt, arrived = published_tables_check(marts(manifest)), arrival_check(home, codebooks)
    published = dg.AssetSelection.keys(["published", "benchmarking"])
    # What looks at a release or an inbox from outside has jobs of its own.
    everything = dg.AssetSelection.all() - dg.AssetSelection.checks(as_rebuilt, arrived)
    load_edition = dg.define_asset_job(
        "load_edition",
        everything,
        partitions_def=edition_partitions(codebooks),
        executor_def=EXECUTOR,
        description="Take in an edition's delivery, rebuild and check everything, and publish it if it passed.",
    )
    revalidate = dg.define_asset_job(
        "revalidate",
        everything - dg.AssetSelection.assets(received) - published | dg.AssetSelection.checks(as_rebuilt),
        executor_def=EXECUTOR,
        description="Rebuild and check from the current deliveries, and compare the published tables with the result.",
    )
    check_arrivals = dg.define_asset_job(
        "check_arrivals",
        dg.AssetSelection.checks(arrived),
        executor_def=EXECUTOR,
        description="Tell which announced deliveries are overdue.",
    )
    return dg.Definitions(
        assets=[received, *rebuild],
        asset_checks=[*doors, as_rebuilt, arrived],
        sensors=[inbox_sensor(home, codebooks, load_edition)],
        schedules=[
            schedule("revalidate_weekly", revalidate, "0 4 * * 1", "Compare the published release with a rebuild"),
            schedule("check_arrivals_daily", check_arrivals, "0 6 * * *", "Tell which deliveries are overdue"),
        ],
        jobs=[
            load_edition,
            revalidate,
            check_arrivals,
            dg.define_asset_job(
                "rebuild",
                everything - dg.AssetSelection.assets(received),
                executor_def=EXECUTOR,
                description="Rebuild, check and publish from the current deliveries.",
            ),
            dg.define_asset_job(
                "check",
                everything - dg.AssetSelection.assets(received) - published,
                executor_def=EXECUTOR,
                description="Rebuild and check from the current deliveries, without publishing.",
            ),
            write_sample_exports,
            restore_release,
            serve_release,
            erase_respondent,
        ],
        resources={
            "warehouse": WarehouseResource(home=str(home.root), codebooks=str(codebooks), wait_seconds=wait_seconds)
        },
        executor=EXECUTOR,
    )


@dg.definitions
def definitions() -> dg.Definitions:
    """The definitions of the home that CLUSTERBENCH_HOME names, with the codebooks in use."""
    return build_definitions(Home.from_environment(), codebooks_folder())
