"""What dbt's manifest says of the published tables: grain, columns, keys, and which table refers to which."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dictionary.units import unit_of
from orchestration.tables import PUBLIC_DIMENSIONS, PUBLIC_FORMS, PUBLISHED_SCHEMAS

Manifest = Mapping[str, Any]

SCHEMAS = PUBLISHED_SCHEMAS
_HERE = Path(__file__).parent

# The dimensions that every table of these schemas is read by: whoever has all columns of a dimension's key refers to
# it, for a column of one name means one thing everywhere. (The tests hold the rows to it.)
_DIMENSIONS = ("dim_edition", "dim_cluster", "dim_cluster_edition", "dim_segment", "dim_node")
_OF_DIMENSIONS = ("core", "benchmark", "survey")
# Nodes are those of a framework, and an edition says which is its own.
_OF_THE_EDITION = {"framework_id": "edition_id"}


@dataclass(frozen=True)
class Column:
    """A column of a table; `unit` is empty where its values have none, as those of names."""

    name: str
    type: str
    description: str
    unit: str


@dataclass(frozen=True)
class Reference:
    """The columns of a table that name a row of the table `to`, with its key in the same order.

    A key column `of_edition` is not in the table: it is the edition's own.
    """

    columns: tuple[str, ...]
    to: str
    of_edition: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mart:
    """A published table. `name` is schema and table; `public_form` the work file's table of its public form."""

    schema: str
    table: str
    grain: str
    description: str
    answers: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    public_form: str | None

    @property
    def name(self) -> str:
        """Schema and table."""
        return f"{self.schema}.{self.table}"

    @property
    def is_public(self) -> bool:
        """Whether public.duckdb has it, or its public form."""
        return self.public_form is not None or self.table in PUBLIC_DIMENSIONS

    @property
    def page(self) -> str:
        """File name of its page."""
        return f"{self.name}.html"


def read_marts(manifest: Manifest) -> list[Mart]:
    """The published tables in the order of the schemas, by name."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    published = {node["unique_id"]: f"{node['schema']}.{node['alias']}" for node in models if node["schema"] in SCHEMAS}
    public = {
        f"{PUBLIC_FORMS[n['schema']]}.{n['alias']}": f"{n['schema']}.{n['alias']}" for n in models if _is_public(n)
    }
    keys, declared = _tests(manifest, published)
    dimensions = {name: key for name, key in keys.items() if name.split(".")[1] in _DIMENSIONS}
    answers = {f"{row['schema']}.{row['table']}": row["answers"] for row in _table("answers.csv")}
    marts = [
        _mart(node, keys, declared, dimensions, answers, public) for node in models if node["unique_id"] in published
    ]
    return sorted(marts, key=lambda mart: (SCHEMAS.index(mart.schema), mart.table))


def _is_public(node: Mapping[str, Any]) -> bool:
    return node["schema"] in PUBLIC_FORMS


def _table(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _tests(
    manifest: Manifest, published: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, list[Reference]]]:
    """The key of every table, and the references between published tables, as the data tests declare them."""
    keys: dict[str, tuple[str, ...]] = {}
    references: dict[str, list[Reference]] = {}
    for node in manifest["nodes"].values():
        test, table = node.get("test_metadata") or {}, published.get(node.get("attached_node") or "")
        if table is None or test.get("name") not in ("key", "refers_to"):
            continue
        columns = tuple(test["kwargs"]["columns"])
        if test["name"] == "key":
            keys[table] = columns
        for parent in node["depends_on"]["nodes"] if test["name"] == "refers_to" else ():
            if parent in published and parent != node["attached_node"]:
                references.setdefault(table, []).append(Reference(columns, published[parent]))
    return keys, references


def _mart(
    node: Mapping[str, Any],
    keys: Mapping[str, tuple[str, ...]],
    declared: Mapping[str, list[Reference]],
    dimensions: Mapping[str, tuple[str, ...]],
    answers: Mapping[str, str],
    public: Mapping[str, str],
) -> Mart:
    name = f"{node['schema']}.{node['alias']}"
    columns = tuple(
        Column(
            column["name"],
            column["data_type"],
            column["description"].strip(),
            unit_of(node["alias"], column["name"]) or "",
        )
        for column in node["columns"].values()
    )
    grain, _, rest = node["description"].strip().partition(". ")
    found = _by_dimension(name, {column.name for column in columns}, dimensions)
    said = [reference for reference in declared.get(name, []) if reference.to not in {other.to for other in found}]
    return Mart(
        schema=node["schema"],
        table=node["alias"],
        grain=grain.rstrip(".") + ".",
        description=rest,
        answers=answers.get(name, ""),
        columns=columns,
        key=keys.get(name, ()),
        references=tuple(sorted([*found, *said], key=lambda reference: reference.to)),
        public_form=public.get(name),
    )


def _by_dimension(name: str, columns: Iterable[str], dimensions: Mapping[str, tuple[str, ...]]) -> list[Reference]:
    """The dimensions whose whole key the table has, but itself."""
    own = set(columns)
    if name.split(".")[0] not in _OF_DIMENSIONS:
        return []
    references = []
    for dimension, key in dimensions.items():
        of_edition = tuple(column for column in key if column not in own and _OF_THE_EDITION.get(column) in own)
        if dimension != name and all(column in own or column in of_edition for column in key):
            references.append(Reference(tuple(c for c in key if c not in of_edition), dimension, of_edition))
    return references


def nearest(mart: Mart, marts: Iterable[Mart]) -> list[Reference]:
    """The references of a table that do not already follow from another one, for a diagram.

    Who refers to a cluster in an edition thereby refers to the cluster and to the edition.
    """
    by_name = {other.name: other for other in marts}
    implied = {
        further.to
        for reference in mart.references
        for further in by_name[reference.to].references
        if set(further.columns) <= set(reference.columns)
    }
    return [reference for reference in mart.references if reference.to not in implied]


def plain(text: str) -> str:
    """A description on one line, without the marks of code."""
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()
