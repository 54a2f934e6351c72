"""The comparison of the marts can fail: a number a little off, a row gone, a row too many are all told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .building import read_seeds
from .comparison import SCHEMA_AND_KEY, differences_of
from .made_up import AUDIT, MEMBERS, MadeUpEdition, joined
from .reference_method import compute

if TYPE_CHECKING:
    from ..conftest import DbtProject


@pytest.fixture(scope="module")
def marts() -> dict:
    """The tables of two small editions, between which one cluster went into another."""
    edition = MadeUpEdition(2031)
    earlier = MadeUpEdition(2029, like=edition, today=edition, period_to=2021)
    for each in (edition, earlier):
        each.indicator("I.1.1")
        each.question("tools", "multiple_choice", options=("web",))
        each.characteristic("type", "count", "enterprises", "enterprises", whole="members")
        each.cluster("a", {"I.1.1": 1}, members=10)
        each.cluster("b", {"I.1.1": 3}, members=20)
    edition.cluster("c", {}, members=20)
    edition.question("opinion", "single_choice", survey=MEMBERS, options=("yes", "no"), number=1)
    edition.member("a", "m1", {"opinion": "yes"})
    edition.question("criterion", "single_choice", survey=AUDIT, options={"pass": 1, "fail": 0}, number=1)
    edition.band("all", None, None)
    edition.site("a", {"criterion": "pass"})
    event = {"edition_id": 2031, "kind": "merger", "predecessor_cluster_id": "b", "successor_cluster_id": "c"}
    lineage = {"cluster_lineage": [event | {"note": None}]}
    return compute(joined(read_seeds(), lineage, edition.tables(), earlier.tables()))


@pytest.mark.parametrize("name", SCHEMA_AND_KEY)
def test_every_difference_is_told(marts: dict, name: str) -> None:
    rows = marts[name]
    assert differences_of(name, rows, rows) == []
    key = tuple(rows[0][column] for column in SCHEMA_AND_KEY[name][1])
    assert differences_of(name, rows[1:], rows) == [f"{name} {key}: row missing"]
    assert differences_of(name, rows, rows[1:]) == [f"{name} {key}: row not expected"]
    for index, row in enumerate(rows):
        for column, value in row.items():
            if column in SCHEMA_AND_KEY[name][1]:
                continue
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            other = value + 1e-8 * max(1, abs(value)) if is_number else "other"
            (message,) = differences_of(name, [*rows[:index], row | {column: other}, *rows[index + 1 :]], rows)
            assert f": {column} is {other!r}, expected {value!r}" in message


def test_a_key_that_stands_twice_is_an_error(marts: dict) -> None:
    rows = marts["fct_score"]
    with pytest.raises(AssertionError, match="two rows for"):
        differences_of("fct_score", [*rows, rows[0]], rows)


def test_numbers_agree_to_the_tolerance_only(marts: dict) -> None:
    rows = marts["fct_score"]
    assert rows[1]["score"] is not None
    close = [rows[0], rows[1] | {"score": rows[1]["score"] + 1e-10}, *rows[2:]]
    assert differences_of("fct_score", close, rows) == []


def test_every_mart_is_computed_twice(dbt_project: DbtProject) -> None:
    """But for core.release, which is about the publication and not about the data."""
    models = [node for node in dbt_project.manifest.nodes.values() if node.resource_type == "model"]
    marts = {node.name: node.schema for node in models if node.schema in ("core", "benchmark", "survey")}
    del marts["release"]
    assert marts == {name: schema for name, (schema, _) in SCHEMA_AND_KEY.items()}
