"""The published files keep what their interface promises, and a promise that is broken is noticed."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.interface import (
    VersionTooLow,
    as_text,
    check_promise,
    columns_of,
    declared_version,
    described,
    interface_file,
    of_contracts,
)

CHANGES = Path(__file__).parents[2] / "docs" / "warehouse-changes.md"
TRIED = ("model.clusterbench.indicator_statistic", "benchmark.indicator_statistic")


@pytest.fixture(scope="module")
def manifest(dbt_project, tmp_path_factory) -> dict:
    """The manifest of the dbt project as plain values."""
    path = tmp_path_factory.mktemp("manifest") / "manifest.json"
    dbt_project.manifest.write(str(path))
    return json.loads(path.read_text(encoding="utf-8"))


def test_contracts_keep_what_is_described(manifest) -> None:
    now = of_contracts(manifest, declared_version())
    check_promise(described(), now)
    assert as_text(now) == interface_file().read_text(encoding="utf-8"), "run `make interface`"
    assert f"\n## {declared_version()} " in CHANGES.read_text(encoding="utf-8"), "tell of this version there"


@pytest.mark.parametrize("database", ["benchmarking", "public"])
def test_published_databases_are_as_described(built, database) -> None:
    promised = {name: dict(table.columns) for (of, name), table in described().tables.items() if of == database}
    assert columns_of(built.published / f"{database}.duckdb") == promised


def test_a_release_names_the_version_of_its_interface(built) -> None:
    assert json.loads((built.published / "release.json").read_text())["interface_version"] == declared_version()
    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        assert connection.execute("select interface_version from core.release").fetchall() == [(declared_version(),)]


def remove_table(manifest: dict) -> None:
    del manifest["nodes"][TRIED[0]]


def remove_column(manifest: dict) -> None:
    del manifest["nodes"][TRIED[0]]["columns"]["benchmark"]


def retype_column(manifest: dict) -> None:
    manifest["nodes"][TRIED[0]]["columns"]["n"]["data_type"] = "bigint"


def _key(manifest: dict) -> dict:
    (key,) = [
        node["test_metadata"]["kwargs"]
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "key" and node["attached_node"] == TRIED[0]
    ]
    return key


def refine_grain(manifest: dict) -> None:
    _key(manifest)["columns"].append("n")


def loosen_grain(manifest: dict) -> None:
    _key(manifest)["nullable"] = ["node_id"]


def add_column(manifest: dict) -> None:
    manifest["nodes"][TRIED[0]]["columns"]["variance"] = {"data_type": "double"}


def add_table(manifest: dict) -> None:
    node = copy.deepcopy(manifest["nodes"][TRIED[0]])
    manifest["nodes"]["model.clusterbench.new"] = node | {"alias": "new"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (remove_table, f"benchmarking.duckdb, {TRIED[1]} was removed"),
        (remove_column, "the column benchmark was removed"),
        (retype_column, "the column n is bigint, it was integer"),
        (refine_grain, "a row is named by edition_id, cut_id, segment_id, node_id, n, it was by edition_id"),
        (loosen_grain, r"a row is named by edition_id, cut_id, segment_id, node_id\?, it was by edition_id"),
    ],
)
def test_taking_something_away_needs_a_new_major_version(manifest, change, told) -> None:
    changed = copy.deepcopy(manifest)
    change(changed)
    major, minor, _ = (int(part) for part in described().version.split("."))
    for version in (described().version, f"{major}.{minor + 1}.0", f"{major}.{minor + 10}.3"):
        with pytest.raises(VersionTooLow, match=told):
            check_promise(described(), of_contracts(changed, version))
    check_promise(described(), of_contracts(changed, f"{major + 1}.0.0"))


@pytest.mark.parametrize(("change", "told"), [(add_column, r"variance \(double\) was added"), (add_table, "was added")])
def test_adding_something_needs_a_new_minor_version(manifest, change, told) -> None:
    changed = copy.deepcopy(manifest)
    change(changed)
    major, minor, _ = (int(part) for part in described().version.split("."))
    for version in (described().version, f"{major}.{minor}.9"):
        with pytest.raises(VersionTooLow, match=told):
            check_promise(described(), of_contracts(changed, version))
    check_promise(described(), of_contracts(changed, f"{major}.{minor + 1}.0"))
    check_promise(described(), of_contracts(changed, f"{major + 1}.0.0"))


def test_a_description_that_was_edited_is_noticed(manifest) -> None:
    tables = dict(described().tables)
    tables["public", "core.dim_node"] = replace(tables["public", "core.dim_node"], key=("node_id",))
    with pytest.raises(VersionTooLow, match=r"public\.duckdb, core\.dim_node: a row is named by framework_id, node_id"):
        check_promise(replace(described(), tables=tables), of_contracts(manifest, declared_version()))
