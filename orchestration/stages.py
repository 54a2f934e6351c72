"""The dbt models as Dagster assets, built in three stages with a door between them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from orchestration.parsed_project import ParsedProject
from orchestration.quality import show_what_stopped, write_page
from orchestration.resources import WarehouseResource
from orchestration.tables import quote

logger = logging.getLogger("clusterbench")

# dbt test results carry the door behind the stage that built the tested models.
STAGES: Mapping[str, str] = {"facts": "facts", "scores": "scores", "audit": "scores"}

_UNIQUE_ID = "dagster_dbt/unique_id"


class TestsFailed(Exception):
    """A dbt test of severity error failed: the warehouse contradicts itself and is not published."""


class Translator(DagsterDbtTranslator):
    """Groups models by schema; names the owner that every asset has."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The schema the table stands in."""
        return str(dbt_resource_props.get("schema") or "reference")

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        """Everyone who works on the warehouse."""
        return ["team:data-engineers"]


def _row_counts(work_file: Path) -> dict[tuple[str, str], int]:
    with duckdb.connect(work_file, read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return {
            (schema, table): connection.table(f"{quote(schema)}.{quote(table)}").aggregate("count(*)").fetchall()[0][0]
            for schema, table in tables
        }


def _metadata(result: Any, rows: Mapping[tuple[str, str], int]) -> dict[str, Any]:  # noqa: ANN401  a dbt result
    metadata: dict[str, Any] = {"seconds": round(result.execution_time, 3)}
    count = rows.get((result.node.schema, result.node.alias))
    return metadata if count is None else metadata | {"dagster/row_count": count}


def _check_keys(assets: dg.AssetsDefinition) -> dict[str, dg.AssetCheckKey]:
    return {spec.metadata[_UNIQUE_ID]: spec.key for spec in assets.check_specs if _UNIQUE_ID in spec.metadata}


def stage_assets(stage: str, manifest: Mapping[str, Any], parsed: ParsedProject) -> dg.AssetsDefinition:
    """The models of one stage (a selector of dbt_project/selectors.yml) as assets, their tests as asset checks.

    `manifest` says what they are; dbt's own object comes from `parsed` when the stage is built.
    """

    @dbt_assets(
        manifest=manifest,
        selector=stage,
        name=f"dbt_{stage}",
        dagster_dbt_translator=Translator(),
        pool="warehouse",
    )
    def build_stage(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[Any]:
        from expectations import append_check_results, dbt_check_results
        from orchestration.transformation import build

        home = warehouse.installation.home
        results = build(home.work_file, stage, parsed.manifest, project=parsed.project, target_path=home.dbt)
        rows = _row_counts(home.work_file)
        keys = _check_keys(context.assets_def)
        failed, skipped = [], []
        tests = [result for result in results if result.node.resource_type == "test"]
        checked_at = datetime.now(UTC)
        for result in results:
            node = result.node
            if node.resource_type in ("model", "seed") and result.status == "success":
                yield dg.MaterializeResult(
                    asset_key=Translator().get_asset_key(manifest["nodes"][node.unique_id]),
                    metadata=_metadata(result, rows),
                )
            elif node.resource_type == "test":
                passed = result.status == "pass"
                error = not passed and str(node.config.severity).lower() == "error"
                # A test of what was not built, because a test before it failed, could not be run.
                (skipped if result.status == "skipped" else failed).extend([node.name] if error else [])
                if key := keys.get(node.unique_id):
                    yield dg.AssetCheckResult(
                        asset_key=key.asset_key,
                        check_name=key.name,
                        passed=passed,
                        severity=dg.AssetCheckSeverity.ERROR if error else dg.AssetCheckSeverity.WARN,
                        metadata={"failures": result.failures or 0, "message": result.message or ""},
                    )
        with duckdb.connect(home.work_file, read_only=True) as connection:
            rows_of_checks = dbt_check_results(
                results, STAGES[stage], run_id=context.run_id, checked_at=checked_at, connection=connection
            )
        append_check_results(home.checks / f"{context.run_id}-dbt-{stage}.parquet", rows_of_checks)
        logger.info(
            "%s: %d models built, %d tests, %d failed", stage, len(results) - len(tests), len(tests), len(failed)
        )
        if failed or skipped:
            reason = f"dbt tests failed: {', '.join(failed)}"
            reason += f"; {len(skipped)} more could not be run" if skipped else ""
            warehouse.installation.refuse_open_loads(reason)
            show_what_stopped(warehouse, parsed, context.run_id, f"{reason}.")
            raise TestsFailed(f"{reason}. Nothing was published.")
        if stage == "audit":
            # Here, so that a run that publishes nothing has the page, too; a release gets one that names it.
            write_page(warehouse, context.run_id)

    return build_stage
