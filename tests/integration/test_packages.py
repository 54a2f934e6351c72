"""Files for other tools: data packages hold what they describe, and only what their readers may see."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from dataclasses import fields
from datetime import date
from pathlib import Path

import duckdb
import jsonschema
import pytest
from python_calamine import CalamineWorkbook

from dictionary.units import unit_of
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.datapackage import LICENCE_VARIABLE, PUBLIC_PACKAGE, write_package
from orchestration.publication import STORAGE_VERSION, Release
from orchestration.tables import attach, public_tables

PACKAGES = {"public": "public.duckdb", "parquet": "benchmarking.duckdb"}
ANSWERS = {"core.fct_answer", "audit.rejected_answer", "audit.erasure", "audit.correction"}

# What the standard asks of a descriptor (Data Package 1.0, Data Resource, Table Schema), as far as ours go.
NAME = {"type": "string", "pattern": r"^[-a-z0-9._/]+$"}
NAMES = {"type": "array", "minItems": 1, "items": {"type": "string"}}
FIELD = {
    "required": ["name", "type"],
    "properties": {"type": {"enum": ["string", "number", "integer", "boolean", "date", "datetime"]}},
}
FOREIGN_KEY = {
    "required": ["fields", "reference"],
    "properties": {"fields": NAMES, "reference": {"required": ["resource", "fields"], "properties": {"fields": NAMES}}},
}
SCHEMA = {
    "required": ["fields"],
    "properties": {
        "fields": {"type": "array", "minItems": 1, "items": FIELD},
        "primaryKey": NAMES,
        "foreignKeys": {"type": "array", "minItems": 1, "items": FOREIGN_KEY},
    },
}
RESOURCE = {
    "required": ["name", "path", "format", "encoding", "description", "schema"],
    "properties": {
        "name": NAME,
        "path": {"type": "string", "pattern": r"^(?!/|.*\.\.)"},
        "bytes": {"type": "integer", "minimum": 1},
        "hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "schema": SCHEMA,
    },
}
PACKAGE = {
    "required": ["name", "title", "description", "version", "created", "licenses", "sources", "resources"],
    "properties": {
        "name": NAME,
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+\+R\d{6}$"},
        "licenses": {"type": "array", "minItems": 1, "items": {"anyOf": [{"required": ["name"]}]}},
        "sources": {"type": "array", "minItems": 1, "items": {"required": ["title"]}},
        "resources": {"type": "array", "minItems": 1, "items": RESOURCE},
    },
}


def described(folder: Path) -> dict:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def release_of(folder: Path) -> Release:
    """The release as it was when its files were written."""
    said = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    for name in ("loads", "deliveries"):
        said[name] = {int(edition): value for edition, value in said[name].items()}
    return Release(**{field.name: said[field.name] for field in fields(Release)})


@pytest.fixture(params=PACKAGES)
def package(request, built) -> tuple[Path, dict, duckdb.DuckDBPyConnection]:
    """A package's folder, its descriptor, and the database that its tables are of."""
    folder = built.published / request.param
    with duckdb.connect(built.published / PACKAGES[request.param], read_only=True) as connection:
        yield folder, described(folder), connection


def test_a_descriptor_is_valid_and_its_checksums_are_right(package) -> None:
    folder, descriptor, _ = package
    jsonschema.validate(descriptor, PACKAGE)
    assert descriptor["description"].startswith(SYNTHETIC_NOTICE) and descriptor["notice"] == SYNTHETIC_NOTICE
    assert descriptor["licenses"][0]["name"] == "MIT"
    for resource in descriptor["resources"]:
        content = (folder / resource["path"]).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        expected = {"csv": {"hash": f"sha256:{sha256}", "bytes": len(content)}}
        expected["parquet"] = {"sha256": sha256, "n_bytes": len(content)}
        assert resource.items() >= expected[resource["format"]].items()


def test_every_field_is_described_as_in_the_database(package) -> None:
    _, descriptor, connection = package
    types = {"VARCHAR": "string", "BOOLEAN": "boolean", "DOUBLE": "number", "DATE": "date", "TIMESTAMP": "datetime"}
    for resource in descriptor["resources"]:
        schema, _, table = resource["name"].partition(".")
        columns = connection.execute(
            "select column_name, data_type, comment from duckdb_columns() where schema_name = ? and table_name = ?"
            " order by column_index",
            [schema, table],
        ).fetchall()
        assert [(field["name"], field["description"]) for field in resource["schema"]["fields"]] == [
            (name, comment) for name, _, comment in columns
        ]
        for field, (_, data_type, _) in zip(resource["schema"]["fields"], columns, strict=True):
            assert field["type"] == types.get(data_type, field["type"])
            assert field["type"] in ("integer", "number") or data_type in types
            has_unit = {"DOUBLE": True, "VARCHAR": False, "BOOLEAN": False}.get(data_type, "unit" in field)
            assert ("unit" in field) == (has_unit or data_type.startswith("DECIMAL")), (resource["name"], field)


def test_keys_hold(package) -> None:
    _, descriptor, connection = package
    there = {resource["name"]: resource["schema"] for resource in descriptor["resources"]}
    n_foreign = 0
    for name, schema in there.items():
        if key := schema.get("primaryKey"):
            rows = connection.execute(f"select {', '.join(key)} from {name}").fetchall()
            assert not [row for row, n in Counter(rows).items() if n > 1], name
        for foreign in schema.get("foreignKeys", ()):
            n_foreign += 1
            children = connection.execute(f"select {', '.join(foreign['fields'])} from {name}").fetchall()
            reference = foreign["reference"]
            assert reference["fields"] == there[reference["resource"]]["primaryKey"]
            parents = connection.execute(f"select {', '.join(reference['fields'])} from {reference['resource']}")
            assert set(children) <= set(parents.fetchall()), (name, foreign)
    assert n_foreign > 10


def test_csv_says_what_the_public_database_says(built) -> None:
    folder = built.published / "public"
    read = {"string": str, "number": float, "integer": int}
    read |= {"boolean": lambda text: text == "true", "date": date.fromisoformat}
    with duckdb.connect(built.published / "public.duckdb", read_only=True) as connection:
        for resource in described(folder)["resources"]:
            types = [read[field["type"]] for field in resource["schema"]["fields"]]
            with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
                header, *texts = csv.reader(file)
            assert header == [field["name"] for field in resource["schema"]["fields"]]
            rows = [
                tuple(None if text == "" else as_(text) for as_, text in zip(types, row, strict=True)) for row in texts
            ]
            expected = connection.execute(f"select * from {resource['name']} order by all").fetchall()
            assert rows == [
                tuple(float(v) if as_ is float and v is not None else v for as_, v in zip(types, row, strict=True))
                for row in expected
            ]


def test_no_public_text_is_a_formula_to_a_spreadsheet(built) -> None:
    """Nothing is changed in the CSV of a package, so what it quotes, words of the project's own, must not begin so."""
    with duckdb.connect(built.published / "public.duckdb", read_only=True) as connection:
        texts = connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns()"
            " where not internal and data_type = 'VARCHAR'"
        ).fetchall()
        assert len(texts) > 50
        for table, column in texts:
            found = connection.execute(
                f"select distinct {column} from {table} where substr({column}, 1, 1) in ('=', '+', '-', '@')"
            ).fetchall()
            assert found == [], (table, column)


def test_a_package_has_what_its_readers_may_see_and_no_more(built) -> None:
    public, analyst = (
        {resource["name"] for resource in described(built.published / name)["resources"]} for name in PACKAGES
    )
    with duckdb.connect(built.published / "public.duckdb", read_only=True) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        assert public == {name for (name,) in names}
    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        told = connection.execute(
            "select distinct schema_name || '.' || table_name from duckdb_columns()"
            " where column_name in ('respondent_id', 'answer_text', 'found')"
        ).fetchall()
    assert {name for (name,) in told} & analyst == set()
    assert ANSWERS & analyst == set()
    assert {"core.fct_score", "benchmark.cluster_profile", "audit.reconciliation"} <= analyst < {n for (n,) in names}


def test_no_public_file_names_a_cluster(built) -> None:
    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        rows = connection.execute("select cluster_id, name from core.dim_cluster_edition").fetchall()
    names = {name for row in rows for name in row}
    assert len(names) > 42
    folder = built.published / "public"
    assert {path.suffix for path in folder.iterdir()} == {".csv", ".json", ".xlsx"}
    for path in folder.iterdir():
        if path.suffix == ".xlsx":
            sheets = [
                sheet.to_python()
                for sheet in map(
                    CalamineWorkbook.from_path(path).get_sheet_by_name, CalamineWorkbook.from_path(path).sheet_names
                )
            ]
            cells = {str(cell) for sheet in sheets for row in sheet for cell in row}
        else:
            with path.open(encoding="utf-8", newline="") as file:
                cells = {cell for row in csv.reader(file) for cell in row}
        assert not [name for name in names if any(name in cell for cell in cells)], path.name


def test_of_a_real_survey_the_licence_is_the_study_teams_and_nothing_says_synthetic(
    built, tmp_path, monkeypatch
) -> None:
    from dataclasses import replace

    folder = built.published.resolve()
    release = replace(release_of(folder), is_sample=False)
    for path in (folder / "public").glob("*.csv"):
        (tmp_path / path.name).symlink_to(path)
    with duckdb.connect() as connection:
        attach(connection, built.work_file, "work")
        for licence, expected in ((None, "notspecified"), ("CC-BY-4.0", "CC-BY-4.0")):
            if licence:
                monkeypatch.setenv(LICENCE_VARIABLE, licence)
            write_package(connection, tmp_path, PUBLIC_PACKAGE, public_tables(connection, "work"), release)
            assert described(tmp_path)["licenses"] == [{"name": expected}]
            assert "synthetic" not in (tmp_path / "datapackage.json").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("name", ["benchmarking.duckdb", "public.duckdb"])
def test_a_database_can_be_read_by_drivers_of_the_last_two_years(built, name) -> None:
    """DuckDB 1.0 to 1.1 read storage version 64 and no later one (docs/bi.md); the version follows the magic bytes."""
    with (built.published / name).open("rb") as file:
        head = file.read(20)
    assert head[8:12] == b"DUCK"
    assert int.from_bytes(head[12:20], "little") == 64
    with duckdb.connect() as connection:
        attach(connection, built.published / name, "published")
        (tags,) = connection.execute("select tags from duckdb_databases() where database_name = 'published'").fetchone()
        assert tags["storage_version"].startswith(STORAGE_VERSION)


def test_every_published_figure_has_a_unit(built) -> None:
    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
            " where not internal and (data_type = 'DOUBLE' or data_type like 'DECIMAL%')"
        ).fetchall()
    assert len(columns) > 80
    assert [name for table, name, _ in columns if unit_of(table.partition(".")[2], name) is None] == []
