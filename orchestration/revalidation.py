"""Is the published release still what the deliveries give? Its tables beside those of a rebuild, row for row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.loading import Installation
from orchestration.paths import Home
from orchestration.summary_text import revalidation_lines
from orchestration.tables import attach, not_public, public_tables, quote

# What the deliveries decide; audit and core.release tell of the run.
COMPARED_SCHEMAS = ("core", "benchmark", "survey")
NOT_COMPARED = ("core.release",)


class NotAsRebuilt(Exception):
    """The published release is not what the same code makes of the same deliveries."""


@dataclass(frozen=True)
class Revalidation:
    """What was found: each difference names a table or file; `other_inputs` say why differences are to be expected."""

    release_id: str
    n_tables: int
    differences: tuple[str, ...]
    other_inputs: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing differs that was made of the same."""
        return not self.differences or bool(self.other_inputs)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "release": self.release_id,
            "tables_compared": self.n_tables,
            "differences": list(self.differences),
            "other_inputs": list(self.other_inputs),
        }

    def __str__(self) -> str:
        return "\n".join(revalidation_lines(self.as_dict()))


def revalidate(installation: Installation) -> Revalidation:
    """Compare the published release with the work file, which was just rebuilt from the current deliveries.

    Raises NothingPublished.
    """
    home = installation.home
    release = home.require_published()
    folder = home.published.resolve()
    problems = unreadable_files(folder)
    n_tables = 0
    if not problems:
        with duckdb.connect() as connection:
            attach(connection, folder / "benchmarking.duckdb", "published")
            attach(connection, home.work_file, "rebuilt")
            tables = _tables(connection)
            n_tables = len(tables)
            problems = [text for schema, table in tables if (text := _difference(connection, schema, table))]
            attach(connection, folder / "public.duckdb", "public")
            problems += _public_differences(connection)
    return Revalidation(release["release_id"], n_tables, tuple(problems), tuple(other_inputs(installation, release)))


def other_inputs(installation: Installation, release: dict[str, Any]) -> list[str]:
    """Of what the release was made that a rebuild now is not made of."""
    current = {str(edition): load.delivery_id for edition, load in installation.ledger.current().items()}
    pairs = (
        ("code and codebooks", release["code_version"], installation.code.version),
        ("reviewed files", release.get("reviewed"), installation.reviewed),
        ("deliveries", release["deliveries"], current),
        ("erasures", release.get("erasures", 0), len(installation.ledger.erasures().entries)),
    )
    return [f"{what}: {_short(then)} then, {_short(now)} now" for what, then, now in pairs if then != now]


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{edition} {str(delivery)[:12]}" for edition, delivery in sorted(value.items())) or "none"
    return str(value)[:40]


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Schema and name of every table that is compared: those on either side."""
    rows = connection.execute(
        "select distinct schema_name, table_name from duckdb_tables()"
        " where database_name in ('published', 'rebuilt') and list_contains(?, schema_name) order by all",
        [list(COMPARED_SCHEMAS)],
    ).fetchall()
    return [(schema, table) for schema, table in rows if f"{schema}.{table}" not in NOT_COMPARED]


def _difference(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str | None:
    """In what a table of the release differs from the rebuilt one; None when it does not."""
    columns = {
        side: connection.execute(
            "select column_name, data_type from duckdb_columns()"
            " where database_name = ? and schema_name = ? and table_name = ? order by column_index",
            [side, schema, table],
        ).fetchall()
        for side in ("published", "rebuilt")
    }
    for side, other in (("published", "rebuilt"), ("rebuilt", "published")):
        if not columns[side]:
            return f"{schema}.{table}: the table is {other} only"
    if columns["published"] != columns["rebuilt"]:
        return f"{schema}.{table}: it has other columns than the rebuilt table"
    name = f"{quote(schema)}.{quote(table)}"
    only = _only_in_one(connection, f"published.{name}", f"rebuilt.{name}")
    return f"{schema}.{table}: {only[0]} rows published only, {only[1]} rows rebuilt only" if any(only) else None


def _public_differences(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """In what public.duckdb differs from the rebuilt public forms and dimensions."""
    differences = []
    for copied in public_tables(connection, "rebuilt"):
        pair = {
            "published": f"public.{quote(copied.published_schema)}.{quote(copied.table)}",
            "rebuilt": f"rebuilt.{quote(copied.schema)}.{quote(copied.table)}",
        }
        name = f"{copied.published_schema}.{copied.table} of public.duckdb"
        try:
            only = _only_in_one(connection, pair["published"], pair["rebuilt"])
        except duckdb.Error as error:
            differences.append(f"{name} cannot be compared with the rebuilt table: {error}")
            continue
        if any(only):
            differences.append(f"{name}: {only[0]} rows published only, {only[1]} rows rebuilt only")
    return differences


def _only_in_one(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> list[int]:
    """How many rows only the one table has, and how many only the other."""
    return [
        connection.execute(f"select count(*) from (from {left} except all from {right})").fetchall()[0][0]
        for left, right in ((one, other), (other, one))
    ]


def unreadable_files(release: Path) -> list[str]:
    """What is wrong with a release's files: those that cannot be read, and tables that may not be public."""
    problems: list[str] = []
    tables: dict[str, list[tuple[str, str]]] = {}
    for name in ("benchmarking.duckdb", "public.duckdb"):
        try:
            with duckdb.connect() as connection:
                attach(connection, release / name, "opened")
                tables[name] = connection.execute(
                    "select schema_name, table_name from duckdb_tables() where database_name = 'opened' order by all"
                ).fetchall()
                if name == "public.duckdb":
                    problems += [
                        f"{release / name} holds {table}, which is not public"
                        for table in not_public(connection, "opened")
                    ]
        except duckdb.Error as error:
            problems.append(f"{release / name} cannot be opened: {error}")
    with duckdb.connect() as connection:
        for schema, table in tables.get("benchmarking.duckdb", []):
            path = release / "parquet" / schema / f"{table}.parquet"
            try:
                # Read whole: a file may be sound at its ends and damaged between them.
                connection.execute("select bit_xor(hash(t)) from read_parquet(?) as t", [str(path)]).fetchall()
            except duckdb.Error as error:
                problems.append(f"{path} cannot be read: {error}")
    return problems


def last_revalidation(home: Home) -> Path:
    """Where the last revalidation is told, for the command that asked for it."""
    return home.warehouse / "revalidation.json"
