"""What docs/postgresql.md says is to be set up once, set up so on a new server, by who is told to do it."""

from __future__ import annotations

import re

import duckdb
import pytest

from orchestration.paths import PROJECT, Home
from tests.serving.conftest import publish
from tests.serving.server import Server, running

PAGE = PROJECT / "docs" / "postgresql.md"


@pytest.fixture(scope="module")
def new_server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server on which nobody has set up anything."""
    with running(tmp_path_factory.mktemp("new_server")) as started:
        yield started


def statements(password: str) -> list[list[str]]:
    """The statements of the page, by block."""
    blocks = re.findall(r"```postgresql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    told = [re.sub(r"--.*", "", block).replace("…", password) for block in blocks]
    return [[statement for statement in block.split(";") if statement.strip()] for block in told]


def test_the_page_leads_to_logins_that_see_what_they_should(new_server: Server, own_home: Home) -> None:
    setup, person, coordinator = statements(new_server.password)
    with new_server.connect() as superuser:
        for statement in setup:
            superuser.execute(statement)
    assert publish(own_home, new_server.url("bench_publisher", "benchmarking"), new_server.password) == 0
    with duckdb.connect(own_home.published / "benchmarking.duckdb", read_only=True) as released:
        scores = released.execute("select count(*) from core.fct_score").fetchone()
        own = "select edition_id, node_id, score from core.fct_score where cluster_id = 'K001'"
        own_scores = released.execute(own).fetchall()

    grants, *mapping = coordinator
    insert, delete = mapping
    with new_server.connect() as superuser:
        for statement in [*person, f"create role jan login password '{new_server.password}'", grants]:
            superuser.execute(statement)
    with new_server.connect("bench_publisher", "benchmarking") as publisher:
        publisher.execute(insert)
    with new_server.connect("anna", "benchmarking") as anna:
        assert anna.execute("select count(*) from core.fct_score").fetchone() == scores
    with new_server.connect("jan", "benchmarking") as jan:
        profile = "select edition_id, node_id, score from coordinator.cluster_profile"
        assert sorted(jan.execute(profile).fetchall()) == sorted(own_scores)
        assert len(own_scores) > 100
        with new_server.connect("bench_publisher", "benchmarking") as publisher:
            publisher.execute(delete)
        assert jan.execute(profile).fetchall() == []
