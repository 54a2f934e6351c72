"""The Superset bundle reads what the interface promises, each connection what its role may."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import duckdb
import pytest
import yaml

from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.interface import BENCHMARKING, PUBLIC, Interface, described
from orchestration.paths import PROJECT
from serving import roles
from serving.source import OWN_ROWS
from serving.tables import Table, postgres_type

BUNDLE = PROJECT / "clients" / "superset" / "bundle"

# The role of the login of each connection.
ROLES = {"clusterbench_public": roles.PUBLIC, "clusterbench_coordinator": roles.COORDINATOR}

File = dict[str, Any]


def files(folder: str) -> dict[str, File]:
    """The files of one folder of the bundle, by their names."""
    paths = sorted((BUNDLE / folder).rglob("*.yaml"))
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}


DATABASES, DATASETS, CHARTS = files("databases"), files("datasets"), files("charts")
(DASHBOARD,) = files("dashboards").values()
DATABASE_OF = {path.stem: path.parent.name for path in (BUNDLE / "datasets").rglob("*.yaml")}
BY_UUID = {file["uuid"]: name for folder in (DATABASES, DATASETS, CHARTS) for name, file in folder.items()}


@contextmanager
def served(interface: Interface) -> Iterator[duckdb.DuckDBPyConnection]:
    """What PostgreSQL has for the public and for coordinators, as an interface describes it, without a row."""
    with duckdb.connect() as connection:
        for catalog in ("released", "open"):
            connection.execute(f"attach ':memory:' as {catalog}")
        for (database, name), table in interface.tables.items():
            columns = ", ".join(f'"{column}" {type_}' for column, type_ in table.columns.items())
            for place in ("released.",) if database == BENCHMARKING else ("open.", "public_"):
                connection.execute(f"create schema if not exists {place}{name.partition('.')[0]}")
                connection.execute(f"create table {place}{name} ({columns})")
        connection.execute(OWN_ROWS.read_text(encoding="utf-8"))
        yield connection


@pytest.fixture(scope="module")
def postgresql() -> Iterator[duckdb.DuckDBPyConnection]:
    """The interface as it is described."""
    with served(described()) as connection:
        yield connection


def tables_of(sql: str) -> set[str]:
    """The tables that a query names, with their schemas."""
    return set(re.findall(r"\b(?:from|join)\s+(\w+\.\w+)", sql))


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_has_the_columns_and_types_that_its_query_gives(postgresql, name: str) -> None:
    rows = postgresql.execute(f"describe {DATASETS[name]['sql']}").fetchall()
    given = {column: postgres_type(type_, name) for column, type_, *_ in rows}
    assert {column["column_name"]: column["type"].lower() for column in DATASETS[name]["columns"]} == given


def test_a_column_that_is_taken_away_is_noticed() -> None:
    interface = described()
    columns = interface.tables[PUBLIC, "benchmark.score_distribution"].columns
    less = {column: type_ for column, type_ in columns.items() if column != "q3"}
    changed = replace(interface.tables[PUBLIC, "benchmark.score_distribution"], columns=less)
    tables = {**interface.tables, (PUBLIC, "benchmark.score_distribution"): changed}
    with served(replace(interface, tables=tables)) as connection, pytest.raises(duckdb.BinderException, match="q3"):
        connection.execute(f"describe {DATASETS['area_scores']['sql']}")


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_reads_what_the_role_of_its_connection_may(name: str) -> None:
    found = [table.split(".") for table in tables_of(DATASETS[name]["sql"])]
    assert found
    for schema, table in found:
        assert ROLES[DATABASE_OF[name]] in roles.readers(Table(schema, table, "", (), None))


def test_each_connection_logs_in_as_itself_and_tells_no_password() -> None:
    assert set(DATABASES) == set(ROLES)
    uris = {name: database["sqlalchemy_uri"] for name, database in DATABASES.items()}
    logins = {
        re.fullmatch(r"postgresql\+psycopg2://(\w+):X+@db\.example\.org:5432/benchmarking", u)[1] for u in uris.values()
    }
    assert logins == {"superset_public", "superset_coordinator"}
    assert all(
        database[f"allow_{what}"] is False for database in DATABASES.values() for what in ("dml", "ctas", "cvas")
    )


def names_in(params: Mapping[str, Any]) -> set[str]:
    """Every column and metric of its dataset that a chart names."""
    names = {params.get(key) for key in ("x_axis", "x_axis_sort", "timeseries_limit_metric")} - {None}
    names |= {*params.get("metrics", ()), *params.get("groupby", ()), *params.get("all_columns", ())}
    names |= {json.loads(pair)[0] for pair in params.get("order_by_cols", ())} | set(params.get("column_config", ()))
    names |= {rule["column"] for rule in params.get("conditional_formatting", ())}
    return names | {rule["subject"] for rule in params["adhoc_filters"]}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_names_columns_and_metrics_of_its_dataset(name: str) -> None:
    chart = CHARTS[name]
    dataset = DATASETS[BY_UUID[chart["dataset_uuid"]]]
    columns = {column["column_name"] for column in dataset["columns"]}
    metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    assert chart["viz_type"] == chart["params"]["viz_type"]
    assert names_in(chart["params"]) <= columns | set(metrics)
    assert {re.fullmatch(r"max\((\w+)\)", expression)[1] for expression in metrics.values()} <= columns


def test_references_between_files_lead_somewhere() -> None:
    everything = [*DATABASES.values(), *DATASETS.values(), *CHARTS.values(), DASHBOARD]
    assert {file["version"] for file in everything} == {"1.0.0"}
    assert yaml.safe_load((BUNDLE / "metadata.yaml").read_text(encoding="utf-8"))["version"] == "1.0.0"
    assert len({file["uuid"] for file in everything}) == len(everything)
    assert {name: BY_UUID[file["database_uuid"]] for name, file in DATASETS.items()} == DATABASE_OF
    placed = {
        item["meta"]["chartId"]: item["meta"]["uuid"] for key, item in DASHBOARD["position"].items() if "CHART" in key
    }
    assert sorted(placed.values()) == sorted(chart["uuid"] for chart in CHARTS.values())
    children = {
        child for item in DASHBOARD["position"].values() if isinstance(item, dict) for child in item.get("children", ())
    }
    assert children | {"ROOT_ID", "HEADER_ID", "DASHBOARD_VERSION_KEY"} == set(DASHBOARD["position"])
    for chosen in DASHBOARD["metadata"]["native_filter_configuration"]:
        assert set(chosen["scope"]["excluded"]) < set(placed)
        # Charts wait for the value that is chosen at first: without one, clusters or editions are mixed.
        assert chosen["requiredFirst"] or chosen["defaultDataMask"]["filterState"]["value"]
        (target,) = chosen["targets"]
        reached = {
            CHARTS[BY_UUID[uuid]]["dataset_uuid"] for n, uuid in placed.items() if n not in chosen["scope"]["excluded"]
        }
        for uuid in {target["datasetUuid"]} | reached:
            columns = {column["column_name"] for column in DATASETS[BY_UUID[uuid]]["columns"]}
            assert target["column"]["name"] in columns


@pytest.mark.parametrize(
    ("is_sample", "is_provisional", "notice"),
    [
        (False, False, ""),
        (True, False, SYNTHETIC_NOTICE),
        (False, True, "DANE WSTĘPNE. PROVISIONAL."),
        (True, True, f"{SYNTHETIC_NOTICE} DANE WSTĘPNE. PROVISIONAL."),
    ],
)
def test_the_notice_says_what_the_data_are(is_sample: bool, is_provisional: bool, notice: str) -> None:
    with served(described()) as connection:
        connection.execute(
            "insert into public_core.dim_edition (edition_id, period_from, period_to, is_sample, is_provisional)"
            " values (2024, 2022, 2023, ?, ?)",
            [is_sample, is_provisional],
        )
        connection.execute(
            "insert into public_core.dim_segment (edition_id, cut_id, n_clusters)"
            " values (2024, 'all', 42), (2024, 'size', 9)"
        )
        rows = connection.execute(DATASETS["edition_notice"]["sql"]).fetchall()
    assert rows == [(2024, None, None, "2022–2023", 42, notice)]


def test_the_exposure_names_what_the_dashboard_is_made_of() -> None:
    exposures = yaml.safe_load((PROJECT / "dbt_project/models/exposures.yml").read_text(encoding="utf-8"))["exposures"]
    (exposure,) = (one for one in exposures if one["name"] == "benchmark_dashboard")
    own_rows = OWN_ROWS.read_text(encoding="utf-8")
    sources = dict(re.findall(r"create table (coordinator\.\w+) as(.*?);", own_rows, re.DOTALL))
    models = set()
    for table in set().union(*(tables_of(dataset["sql"]) for dataset in DATASETS.values())):
        place, _, name = table.partition(".")
        if place == "coordinator":
            read = re.findall(r"(?:from|join) (released|open)\.\w+\.(\w+)", sources[table])
            models |= {name if of == "released" else f"public_{name}" for of, name in read}
        else:
            models.add(name if place == "public_core" else f"public_{name}")
    assert exposure["depends_on"] == [f"ref('{model}')" for model in sorted(models)]
