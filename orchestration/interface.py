"""The interface of the published files: tables, columns, types and keys, with a version, described in one file.

Whoever builds on the warehouse may rely on what `dbt_project/interface.yml` describes for as long as the major version
stays. The contracts of the dbt models are compared with it: what takes something away needs a new major version, what
adds something a new minor one. `make interface` writes it anew, once dbt_project.yml has the version that it takes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.tables import PUBLIC_DIMENSIONS, PUBLIC_FORMS, PUBLISHED_SCHEMAS
from orchestration.transformation import DBT_PROJECT

# The two databases, by the names of their files.
BENCHMARKING, PUBLIC = "benchmarking", "public"

_HEADER = "# The interface of the published files, written by `make interface`: docs/warehouse-changes.md says when.\n"


class VersionTooLow(Exception):
    """The contracts changed more than the version in dbt_project.yml says."""


@dataclass(frozen=True)
class Table:
    """A published table: the columns that together name a row (its grain), and each column's type.

    Of the key's columns those of `nullable` may be null, the others never are; in the file they have a question mark.
    """

    key: tuple[str, ...]
    columns: Mapping[str, str]
    nullable: tuple[str, ...] = ()

    @classmethod
    def of(cls, key: str, columns: Mapping[str, str]) -> Table:
        """A table as interface.yml has it: its key as `edition_id, item_no?`."""
        names = [name for name in key.split(", ") if name]
        nullable = tuple(name.rstrip("?") for name in names if name.endswith("?"))
        return cls(tuple(name.rstrip("?") for name in names), columns, nullable)

    @property
    def grain(self) -> str:
        """The key as interface.yml has it."""
        return ", ".join(f"{name}?" if name in self.nullable else name for name in self.key)


@dataclass(frozen=True)
class Interface:
    """What readers may rely on: the tables of both databases, by database and name, as (`public`, `core.dim_node`)."""

    version: str
    tables: Mapping[tuple[str, str], Table]


@dataclass(frozen=True)
class Change:
    """A difference to what was described; one that `breaks` takes away what readers may rely on."""

    breaks: bool
    what: str


def interface_file(project: Path = DBT_PROJECT) -> Path:
    """Where the interface is described."""
    return project / "interface.yml"


def declared_version(project: Path = DBT_PROJECT) -> str:
    """The version that the interface has by dbt_project.yml."""
    return str(yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["version"])


@cache
def described(project: Path = DBT_PROJECT) -> Interface:
    """The interface as it is described in the project."""
    text = interface_file(project).read_text(encoding="utf-8")
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    tables = {
        (database, name): Table.of(table["key"], table["columns"])
        for database in (BENCHMARKING, PUBLIC)
        for name, table in content[database].items()
    }
    return Interface(str(content["version"]), tables)


def of_contracts(manifest: Mapping[str, Any], version: str) -> Interface:
    """The interface that the contracts and `key` tests of a dbt manifest (as plain values) promise."""
    keys = {
        node["attached_node"]: node["test_metadata"]["kwargs"]
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "key"
    }
    tables = {}
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] != "model" or node["schema"] not in (*PUBLISHED_SCHEMAS, *PUBLIC_FORMS):
            continue
        schema, name = node["schema"], node["alias"]
        columns = {column: _type(contract["data_type"]) for column, contract in node["columns"].items()}
        key = keys.get(unique_id, {"columns": ()})
        table = Table(tuple(key["columns"]), columns, tuple(key.get("nullable", ())))
        if schema in PUBLISHED_SCHEMAS:
            tables[BENCHMARKING, f"{schema}.{name}"] = table
        if schema in PUBLIC_FORMS:
            tables[PUBLIC, f"{PUBLIC_FORMS[schema]}.{name}"] = table
        if schema == "core" and name in PUBLIC_DIMENSIONS:
            tables[PUBLIC, f"{schema}.{name}"] = table
    return Interface(version, tables)


def _type(written: str) -> str:
    """A type as this file writes it, however the contract or DuckDB does."""
    return written.lower().replace(" ", "")


def columns_of(database: Path) -> dict[str, dict[str, str]]:
    """The columns of a published database with their types, by table."""
    found: dict[str, dict[str, str]] = {}
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
            " where not internal order by all"
        ).fetchall()
    for table, column, data_type in rows:
        found.setdefault(table, {})[column] = _type(data_type)
    return found


def changes(before: Interface, now: Interface) -> Iterator[Change]:
    """What differs; the order of columns and of a key's columns is not part of the interface."""
    for place in sorted(before.tables.keys() | now.tables.keys()):
        name = f"{place[0]}.duckdb, {place[1]}"
        old, new = before.tables.get(place), now.tables.get(place)
        if new is None:
            yield Change(True, f"{name} was removed")
        elif old is None:
            yield Change(False, f"{name} was added")
        else:
            yield from _changes_of_table(name, old, new)


def _changes_of_table(name: str, old: Table, new: Table) -> Iterator[Change]:
    if sorted(old.grain.split(", ")) != sorted(new.grain.split(", ")):
        found, expected = (table.grain or "nothing" for table in (new, old))
        yield Change(True, f"{name}: a row is named by {found}, it was by {expected}")
    for column in sorted(old.columns.keys() | new.columns.keys()):
        was, is_ = old.columns.get(column), new.columns.get(column)
        if is_ is None:
            yield Change(True, f"{name}: the column {column} was removed")
        elif was is None:
            yield Change(False, f"{name}: the column {column} ({is_}) was added")
        elif was != is_:
            yield Change(True, f"{name}: the column {column} is {is_}, it was {was}")


def needed_version(before: Interface, found: list[Change]) -> str:
    """The lowest version that an interface may have that differs from `before` by the changes found."""
    major, minor, _ = _parts(before.version)
    if any(change.breaks for change in found):
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if found else before.version


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def check_promise(before: Interface, now: Interface) -> None:
    """Raise VersionTooLow, naming every change, when `now` has a lower version than the changes since `before` need."""
    found = list(changes(before, now))
    needed = needed_version(before, found)
    if _parts(now.version) < _parts(needed):
        listed = "\n".join(f"- {change.what}{' (breaks what readers rely on)' * change.breaks}" for change in found)
        raise VersionTooLow(
            f"dbt_project.yml: found version {now.version}, expected at least {needed}, since of version "
            f"{before.version} the following changed:\n{listed}\nUndo it, or raise the version, tell of it in "
            "docs/warehouse-changes.md and run `make interface`."
        )


def as_text(interface: Interface) -> str:
    """The content of interface.yml."""
    content: dict[str, Any] = {"version": interface.version, BENCHMARKING: {}, PUBLIC: {}}
    for (database, name), table in sorted(interface.tables.items()):
        content[database][name] = {"key": table.grain, "columns": dict(sorted(table.columns.items()))}
    return _HEADER + yaml.safe_dump(content, sort_keys=False, width=120)


def main() -> int:
    """Write interface.yml anew from the contracts; refuses a version that is too low. Returns the exit code."""
    from orchestration.parsed_project import ParsedProject
    from orchestration.paths import Home

    now = of_contracts(ParsedProject(DBT_PROJECT, Home.from_environment().dbt).as_json, declared_version())
    try:
        if interface_file().exists():
            check_promise(described(), now)
    except VersionTooLow as refused:
        print(refused, file=sys.stderr)  # noqa: T201  the command's own message
        return 1
    interface_file().write_text(as_text(now), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
