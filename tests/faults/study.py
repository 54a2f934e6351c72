"""A small study whose coordinators correct an answer again and again: what its readers may see after each fault."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.ledger import Ledger
from orchestration.paths import Home
from tests.installation import tables

EDITION = 2012
LOAD = ("load", str(EDITION))
NUMBERS = {"A": "11", "B": "12"}  # what the first coordinator answers to the question Pyt. 1

Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Delivered:
    """What lies in the inbox: which of the two answers, and the delivery as the warehouse names it."""

    state: str
    delivery_id: str
    files: dict[str, str]  # file name by hash

    def named(self, found: Tables) -> Tables:
        """The tables with names in the place of hashes, so that deliveries which say the same are the same."""
        names = self.files | {self.delivery_id: "the delivery"}
        return {
            table: sorted((tuple(names.get(value, value) for value in row) for row in rows), key=repr)
            for table, rows in found.items()
        }


def deliver(home: Home, state: str, number: int) -> Delivered:
    """Put a delivery into the inbox, whose bytes are new for each `number`: so many blank cells in a row at its end."""
    folder = home.inbox / str(EDITION)
    (path,) = folder.glob("ankieta_*.csv")
    lines = [line for line in path.read_bytes().split(b"\r\n") if line.strip(b";")]
    cells = lines[1].split(b";")
    cells[lines[0].split(b";").index(b"Pyt. 1")] = NUMBERS[state].encode()
    lines[1] = b";".join(cells)
    path.write_bytes(b"\r\n".join([*lines, b";" * number, b""]))
    hashes = {
        survey: hashlib.sha256(next(folder.glob(pattern)).read_bytes()).hexdigest()
        for survey, pattern in (("coordinator", "ankieta_*"), ("register", "rejestr_*"))
    }
    content = "\n".join(f"{survey} {sha256}" for survey, sha256 in sorted(hashes.items()))
    files = {sha256: survey for survey, sha256 in hashes.items()}
    return Delivered(state, hashlib.sha256(content.encode()).hexdigest(), files)


@dataclass(frozen=True)
class Study:
    """The home with what it publishes, and the tables of an undisturbed load of either state."""

    home: Home
    published: Delivered
    expected: dict[str, Tables]

    def copy(self, folder: Path) -> Study:
        """The same study in another folder, to be changed at will."""
        home = Home(folder / "data")
        shutil.copytree(self.home.root, home.root, symlinks=True)
        return Study(home, self.published, self.expected)

    def shown(self, *may_be: Delivered) -> Delivered:
        """Which delivery the published release shows: it is whole, and one of `may_be` row for row."""
        folder = self.home.published.resolve(strict=True)
        described = json.loads((folder / "release.json").read_text(encoding="utf-8"))
        assert described["release_id"] == folder.name
        delivery_id = described["deliveries"][str(EDITION)]
        delivered = next(each for each in may_be if each.delivery_id == delivery_id)
        found = published_tables(folder)
        assert delivered.named(found) == self.expected[delivered.state]
        _check_belonging(folder, described)
        return delivered


def published_tables(folder: Path) -> Tables:
    """Every table of both databases of a release but those of the run, as sorted rows."""
    public = tables(folder / "public.duckdb")
    assert public
    return tables(folder / "benchmarking.duckdb") | {f"public.{name}": rows for name, rows in public.items()}


def _check_belonging(folder: Path, described: dict[str, Any]) -> None:
    """Every file of the release can be read and tells of the same release as its release.json."""
    with duckdb.connect(folder / "benchmarking.duckdb", read_only=True) as connection:
        assert connection.execute("select release_id from core.release").fetchall() == [(described["release_id"],)]
        current = connection.execute("select edition_id, load_id, delivery_id from audit.load where is_current")
        assert current.fetchall() == [
            (EDITION, described["loads"][str(EDITION)], described["deliveries"][str(EDITION)])
        ]
        names = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        parquet = {path.relative_to(folder / "parquet") for path in (folder / "parquet").rglob("*.parquet")}
        assert parquet == {Path(schema) / f"{table}.parquet" for schema, table in names}
        for schema, table in names:
            sources = (f"{schema}.{table}", f"read_parquet('{folder}/parquet/{schema}/{table}.parquet')")
            # Both have as many rows, and the same ones, by the sum of the hashes of all rows.
            count = "select count(*), sum(hash(row)) from {} as row"
            in_database, in_parquet = (connection.execute(count.format(source)).fetchall() for source in sources)
            assert in_database == in_parquet, table
    assert (folder / "docs" / "dbt" / "index.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert (folder / "docs" / "data_docs" / "index.html").is_file()


def leftovers(home: Home) -> list[str]:
    """Half-written files below the home; dbt keeps one whose name only sounds so."""
    paths = [path for path in home.root.rglob("*") if "partial" in path.name or path.name.endswith((".new", ".tmp"))]
    return [str(path.relative_to(home.root)) for path in paths if path.name != "partial_parse.msgpack"]


def story(home: Home) -> dict[str, tuple[str | None, str | None]]:
    """How each load ended and why, by the ledger, whose chain must hold."""
    return {load.load_id: (load.outcome, load.reason) for load in Ledger(home.ledger).loads()}


def runs_without_end(home: Home) -> int:
    """How many runs go on for ever in Dagster's list."""
    with closing(sqlite3.connect(home.dagster / "history" / "runs.db")) as connection:
        query = "select count(*) from runs where status not in ('SUCCESS', 'FAILURE', 'CANCELED')"
        return int(connection.execute(query).fetchone()[0])
