"""Publishing: a finished release folder is written beside the others, then one link is moved to it.

Databases, other files and documentation of a release always belong together: a reader that opens `published` sees one
release whole, and keeps reading the one it opened.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.durable import sync
from ingestion.manifest import hash_file
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.datapackage import ANALYST_PACKAGE, PUBLIC_PACKAGE, write_csv_tables, write_package
from orchestration.paths import Home
from orchestration.tables import Copied, analyst_tables, attach, literal, public_tables, published_tables, quote

# The oldest file layout of DuckDB 1.x, so that drivers older than ours can read the files.
STORAGE_VERSION = "v1.0.0"


class UnknownRelease(Exception):
    """There is no complete release of that name to publish."""


@dataclass(frozen=True)
class Release:
    """One publication: what `release.json` in its folder says.

    `reviewed` are the hashes of the reviewed files it is made with (who is who, corrections), by path in the home.
    `provisional` are the editions of which it shows a provisional delivery. Only a release `is_for_publication` may
    become the published one; the others are for inspection. `erasures` is how many the ledger told of then.
    `git_revision` and `lock_sha256` are those of the code (`Code`). `interface_version` is that of its tables.
    """

    release_id: str
    released_at: str
    code_version: str
    reviewed: Mapping[str, str]
    is_sample: bool
    run_id: str
    loads: Mapping[int, str]
    deliveries: Mapping[int, str]
    provisional: tuple[int, ...] = ()
    is_for_publication: bool = True
    erasures: int = 0
    git_revision: str | None = None
    lock_sha256: str | None = None
    interface_version: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the edition ids become text keys."""
        notice = {"notice": SYNTHETIC_NOTICE} if self.is_sample else {}
        return (
            notice
            | vars(self)
            | {
                "loads": {str(edition): load for edition, load in self.loads.items()},
                "deliveries": {str(edition): delivery for edition, delivery in self.deliveries.items()},
                "provisional": list(self.provisional),
            }
        )


@contextmanager
def _attached(work_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set autoinstall_known_extensions = false")
        # What does not fit into memory goes beside the work file, not into the folder that the command was given in.
        connection.execute(f"set temp_directory = '{literal(work_file)}.tmp'")
        attach(connection, work_file, "work")
        yield connection


def _copy_table(connection: duckdb.DuckDBPyConnection, copied: Copied, is_sample: bool) -> None:
    """Copy one table from `work` to `target`: its definition with keys, its rows in a fixed order, its comments."""
    schema, table = copied.schema, copied.table
    target = f"target.{quote(copied.published_schema)}.{quote(table)}"
    definition, comment = connection.execute(
        "select sql, comment from duckdb_tables() where database_name = 'work' and schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchone()  # type: ignore[misc]
    connection.execute(f"create schema if not exists target.{quote(copied.published_schema)}")
    connection.execute("use target")
    connection.execute(definition.replace(f"CREATE TABLE {schema}.", f"CREATE TABLE {copied.published_schema}.", 1))
    connection.execute("use memory")
    connection.execute(f"insert into {target} select * from {copied.source} order by all")
    notices = " ".join(text for text in (SYNTHETIC_NOTICE if is_sample else "", comment or "") if text)
    if notices:
        connection.execute(f"comment on table {target} is '{literal(notices)}'")
    comments = connection.execute(
        "select column_name, comment from duckdb_columns()"
        " where database_name = 'work' and schema_name = ? and table_name = ? and comment is not null",
        [schema, table],
    ).fetchall()
    for column, text in comments:
        connection.execute(f"comment on column {target}.{quote(column)} is '{literal(text)}'")


def _write_database(connection: duckdb.DuckDBPyConnection, path: Path, tables: list[Copied], is_sample: bool) -> None:
    connection.execute(f"attach '{literal(path)}' as target (storage_version '{STORAGE_VERSION}')")
    for copied in tables:
        _copy_table(connection, copied, is_sample)
    # Asked for, a write that fails is an error; what a mere detach cannot write, it keeps to itself.
    connection.execute("checkpoint target")
    connection.execute("detach target")


def _write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, tables: list[Copied], is_sample: bool) -> None:
    notice = f", kv_metadata {{notice: '{literal(SYNTHETIC_NOTICE)}'}}" if is_sample else ""
    for copied in tables:
        (folder / copied.published_schema).mkdir(parents=True, exist_ok=True)
        path = folder / copied.published_schema / f"{copied.table}.parquet"
        rows = f"select * from {copied.source} order by all"
        connection.execute(f"copy ({rows}) to '{literal(path)}' (format parquet{notice})")


def point_to(home: Home, release_id: str, link: Path | None = None) -> None:
    """Move a link, by default `published`, to a release in one atomic step.

    Raises UnknownRelease, also when a release that is only for inspection would be published.
    """
    link = link or home.published
    kept = release_ids(home)
    if release_id not in kept:
        known = ", ".join(kept) or "none"
        raise UnknownRelease(f"There is no release {release_id!r} in {home.releases}. Releases kept: {known}.")
    described = json.loads((home.releases / release_id / "release.json").read_text(encoding="utf-8"))
    if link == home.published and not described.get("is_for_publication", True):
        raise UnknownRelease(
            f"{release_id} shows fieldwork in progress and is not for publication: load the delivery with "
            "--provisional --publish to publish it."
        )
    new = home.root / f".{link.name}.new"
    new.unlink(missing_ok=True)
    new.symlink_to(Path(home.releases.name) / release_id)
    new.replace(link)
    sync(home.root)


def drop_overtaken_provisional(home: Home, release: Release) -> None:
    """Remove the link `provisional` once all that it is there for is published, or replaced, in `release`."""
    shown = home.provisional_release()
    if shown is None or not release.is_for_publication:
        return
    loads = {edition: shown["loads"][str(edition)] for edition in shown["provisional"]}
    if all(release.loads.get(edition, "") >= load for edition, load in loads.items()):
        home.provisional.unlink()


def release_ids(home: Home) -> list[str]:
    """The complete releases kept, oldest first."""
    return sorted(path.parent.name for path in home.releases.glob("R*/release.json"))


def remove_release(home: Home, release_id: str) -> None:
    """Remove a release: first its name, so that a crash leaves none of which only a part is there."""
    nameless = home.releases / f".{release_id}.removed"
    (home.releases / release_id).rename(nameless)
    shutil.rmtree(nameless)


def remove_old_releases(home: Home, keep: int) -> list[str]:
    """Remove the oldest releases beyond `keep`, but those that a link points to. Returns what was removed."""
    linked = {link.resolve().name for link in (home.published, home.provisional)}
    removed = [release for release in release_ids(home)[: -keep or None] if release not in linked]
    for release in removed:
        remove_release(home, release)
    return removed


def listed_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Hash and size of every file of a release but its release.json, by path below the folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / "release.json")
    return {
        path.relative_to(folder).as_posix(): {"sha256": hash_file(path), "n_bytes": path.stat().st_size}
        for path in paths
    }


def write_release(home: Home, release: Release, documentation: Path) -> Path:
    """Write a release's folder whole: databases, files for others, documentation, `release.json`. Does not publish it.

    `release.json` lists all other files with hash and size, and the ledger has the hash of `release.json`.

    Whatever a crash left under the same name was never published, and is removed first.
    """
    from orchestration.workbook import write_workbooks  # openpyxl: only who publishes pays for it

    folder, partial = home.releases / release.release_id, home.releases / f".{release.release_id}.partial"
    for leftover in (folder, partial):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir(parents=True)
    with _attached(home.work_file) as connection:
        tables, public = published_tables(connection, "work"), public_tables(connection, "work")
        _write_database(connection, partial / "benchmarking.duckdb", tables, release.is_sample)
        _write_database(connection, partial / "public.duckdb", public, release.is_sample)
        _write_parquet(connection, partial / "parquet", tables, release.is_sample)
        write_package(connection, partial / "parquet", ANALYST_PACKAGE, analyst_tables(connection, "work"), release)
        write_csv_tables(connection, partial / "public", public)
        write_package(connection, partial / "public", PUBLIC_PACKAGE, public, release)
        write_workbooks(connection, partial, release, is_public=False)
        write_workbooks(connection, partial / "public", release, is_public=True)
    shutil.copytree(documentation, partial / "docs")
    description = json.dumps(release.as_dict() | {"files": listed_files(partial)}, indent=2, ensure_ascii=False)
    (partial / "release.json").write_text(description + "\n", encoding="utf-8")
    # All of it is on disk before it gets its name, so that the link never points at half a release.
    for path in [*partial.rglob("*"), partial]:
        sync(path)
    partial.rename(folder)
    sync(home.releases)
    return folder
