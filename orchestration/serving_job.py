"""The job that serves the published release from PostgreSQL."""

import json
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import dagster as dg
import duckdb

from ingestion.durable import put
from orchestration.parsed_project import ParsedProject
from orchestration.paths import Home
from orchestration.resources import WarehouseResource
from orchestration.transformation import DBT_PROJECT

logger = logging.getLogger("clusterbench")


class ServeConfig(dg.Config):
    """The URL of the database, without a password; empty: the one that the environment names."""

    url: str = ""


def last_served(home: Home) -> Path:
    """The report of the last time that a release was served."""
    return home.warehouse / "served.json"


@dg.op(description="Copy the published release into a PostgreSQL database, in one transaction.")
def serve_published(config: ServeConfig, warehouse: WarehouseResource) -> None:
    """The database shows the published release afterwards; the ledger records it without anybody's credentials.

    It does so before anybody can see the release and afterwards: where it may be shown is known whatever happens.
    """
    from serving.address import address_of
    from serving.serve import serve
    from serving.source import opened
    from serving.tables import models_of

    installation = warehouse.installation
    home = installation.home
    address = address_of(config.url, os.environ)
    release = home.require_published()
    folder = home.published.resolve()
    models = models_of(ParsedProject(DBT_PROJECT, home.dbt).as_json)

    def fill_raw(connection: duckdb.DuckDBPyConnection) -> None:
        installation.fill_answers(connection, release["loads"].values())

    def record(event: str, host: str, port: int, database: str) -> None:
        place = {"host": host, "port": port, "database": database}
        installation.ledger.append(event, release_id=release["release_id"], **place)

    with _scratch(home) as scratch, opened(folder, release, models, fill_raw, scratch) as source:
        served = serve(source, address, scratch, partial(record, "serving"))
    record("served", served.host, served.port, served.database)
    written = last_served(home).with_suffix(".partial")
    written.write_text(json.dumps(served.as_dict()), encoding="utf-8")
    put(written, last_served(home))
    logger.info("release %s is served from %s on %s", served.release_id, served.database, served.host)


@contextmanager
def _scratch(home: Home) -> Iterator[Path]:
    """An empty folder for what is on its way; what a killed process left in it goes first."""
    folder = home.warehouse / "serving"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dg.job(
    description="Serve the published release from PostgreSQL; the password comes from the environment.",
    executor_def=dg.in_process_executor,
)
def serve_release() -> None:
    """The published release goes into a database."""
    serve_published()
