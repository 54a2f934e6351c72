"""A failed dbt test names its rows: by the key of the table and what the test is about, the first of many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from expectations.dbt_failures import failing_rows

KEY = ["edition_id", "cluster_id"]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A table of thirty clusters in two editions, whose scores are their numbers."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table score as
            select 2022 + 2 * (range % 2) as edition_id, 'K' || lpad(range::varchar, 2, '0') as cluster_id,
                range as score, current_date as made_on, 'x' as note
            from range(30)
            """
        )
        yield connection


def generic(query: str, **arguments: Any) -> SimpleNamespace:
    """A generic test that was compiled to a query."""
    kwargs = {"model": "score"} | arguments
    return SimpleNamespace(compiled_code=query, test_metadata=SimpleNamespace(name="a_test", kwargs=kwargs))


def test_rows_of_a_generic_test_show_the_key_and_the_columns_it_is_about(connection) -> None:
    node = generic("select * from score where not (score < 28)", expression="score < 28")
    found = failing_rows(connection, node, KEY)
    assert json.loads(found.keys) == [
        {"edition_id": 2022, "cluster_id": "K28", "score": 28},
        {"edition_id": 2024, "cluster_id": "K29", "score": 29},
    ]
    assert found.editions == {2022: 1, 2024: 1}
    assert str(found) == "edition 2022 1, edition 2024 1"


def test_the_first_twenty_are_kept_and_all_are_counted(connection) -> None:
    found = failing_rows(connection, generic("select * from score", column_name="score"), KEY)
    editions = [row["edition_id"] for row in json.loads(found.keys)]
    assert editions == [2022] * 15 + [2024] * 5
    assert found.editions == {2022: 15, 2024: 15}


def test_what_a_person_wrote_is_never_kept(connection) -> None:
    query = "select 'K01' as cluster_id, 'call me at 600 100 200' as answer_text"
    own = SimpleNamespace(compiled_code=query)
    for node in (own, generic(query, expression="answer_text is null"), generic(query)):
        assert json.loads(failing_rows(connection, node, KEY).keys) == [{"cluster_id": "K01"}]


def test_a_null_is_shown(connection) -> None:
    node = generic("select null::integer as score, 'K01' as cluster_id", column_name="score")
    assert json.loads(failing_rows(connection, node, KEY).keys) == [{"score": None, "cluster_id": "K01"}]


def test_a_query_of_its_own_shows_what_it_selects(connection) -> None:
    node = SimpleNamespace(
        compiled_code="select cluster_id, date '2026-01-02' as day, 0.5::decimal(3, 1) as x from score limit 1"
    )
    found = failing_rows(connection, node, ())
    assert json.loads(found.keys) == [{"cluster_id": "K00", "day": "2026-01-02", "x": "0.5"}]
    assert (found.editions, str(found)) == ({}, "")


def test_rows_without_a_named_column_are_shown_whole(connection) -> None:
    found = failing_rows(connection, generic("select 5 as n_rows"), KEY)
    assert json.loads(found.keys) == [{"n_rows": 5}]
