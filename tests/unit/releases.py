"""A small release made without dbt: the answers and the audit tables of the work file, written as any release is."""

from __future__ import annotations

import duckdb

from orchestration.loading import Installation
from orchestration.publication import point_to, write_release

_TABLES = {"core.fct_answer": "answer", "audit.load": "load", "audit.source_file": "source_file"}


def make_release(installation: Installation, record: bool = True) -> str:
    """Build and publish what was loaded; returns the release's id. Not `record`: a crash comes before the ledger."""
    home = installation.home
    installation.fill_raw_tables()
    release = installation.next_release("run")
    installation.fill_audit_tables(release)
    with duckdb.connect(home.work_file) as connection:
        connection.execute("create schema core; create schema audit")
        for table, raw in _TABLES.items():
            connection.execute(f'create table {table} as from raw."{raw}"')
    docs = home.warehouse / "docs"
    docs.mkdir(exist_ok=True)
    (docs / "index.html").write_text("<p>synthetic</p>")
    write_release(home, release, docs)
    point_to(home, release.release_id, home.published if release.is_for_publication else home.provisional)
    if record:
        installation.record_release(release.release_id)
    return release.release_id
