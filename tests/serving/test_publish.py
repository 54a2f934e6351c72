"""What a publication to PostgreSQL puts there, and what is left of one that does not succeed."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import psycopg
import pytest

from audit.verify import verify
from ingestion.ledger import Ledger
from orchestration.paths import Home
from tests.serving.conftest import publish
from tests.serving.server import Server

COMMAND = "import sys; from orchestration.command import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def url(server: Server, database: str) -> str:
    """The publisher's URL, without the password."""
    return server.url(f"{database}_publisher", database)


def state(server: Server, database: str) -> list[tuple]:
    """Every table by schema, name and identity, with its size and rights: what a failure must leave as it is."""
    with server.connect(database=database) as connection:
        return connection.execute(
            "select nspname, nspacl::text, relname, pg_class.oid, pg_relation_size(pg_class.oid), relacl::text"
            " from pg_class join pg_namespace on pg_namespace.oid = relnamespace"
            " where nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 3"
        ).fetchall()


def wait_for(condition, seconds: float = 60.0):
    """The first true value of a condition."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.05)
    return value


def publishing(home: Home, url: str, password: str) -> subprocess.Popen[str]:
    """A publication as a process of its own, which has begun."""
    settings = {"CLUSTERBENCH_HOME": str(home.root), "PGPASSWORD": password}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "publish", "--to", url],
        env=os.environ | settings | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
        text=True,
    )


def blocked_publisher(server: Server, database: str) -> int | None:
    """The server process of a publication to the database that waits for a lock."""
    with server.connect() as connection:
        row = connection.execute(
            "select pid from pg_stat_activity where datname = %s and application_name = 'clusterbench'"
            " and wait_event_type = 'Lock'",
            [database],
        ).fetchone()
    return row[0] if row else None


def is_gone(connection: psycopg.Connection, pid: int) -> bool:
    """Whether a process of the server has ended."""
    gone = "select count(*) = 0 from pg_stat_activity where pid = %s"
    return bool(connection.execute(gone, [pid]).fetchone()[0])


def test_every_table_of_the_release_is_there_with_its_rows(server: Server, database: str, own_home: Home) -> None:
    with (
        server.connect(database=database) as served,
        duckdb.connect(own_home.published / "benchmarking.duckdb", read_only=True) as released,
    ):
        tables = released.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        for schema, name in tables:
            theirs = served.execute(f'select * from "{schema}"."{name}"').fetchall()
            ours = released.execute(f'select * from "{schema}"."{name}"').fetchall()
            assert sorted(map(repr, theirs)) == sorted(map(repr, ours)), f"{schema}.{name}"
    assert len(tables) >= 43


def test_types_keys_indexes_and_comments(server: Server, database: str) -> None:
    with server.connect(database=database) as connection:
        types = dict(
            connection.execute(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = 'core' and table_name = 'dim_edition'"
            ).fetchall()
        )
        assert types["edition_id"] == "integer"
        assert types["name_pl"] == "text"
        assert types["fence_factor"] == "double precision"
        assert types["minimum_availability"] == "numeric"
        assert types["is_sample"] == "boolean"
        released_at = "select data_type from information_schema.columns where column_name = 'released_at'"
        assert connection.execute(released_at).fetchall() == [("timestamp without time zone",)]
        keys = dict(
            connection.execute(
                "select indrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index where indisunique"
            ).fetchall()
        )
        assert keys["core.fct_score"].endswith("(edition_id, cluster_id, node_id)")
        assert keys["core.fct_answer"].endswith(
            "(edition_id, survey, respondent_id, question_id, option_id) NULLS NOT DISTINCT"
        )
        assert keys["public_benchmark.score_distribution"].endswith("(edition_id, cut_id, segment_id, node_id)")
        assert keys["raw.answer"].endswith("NULLS NOT DISTINCT")
        references = connection.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where contype = 'f'"
            " and conrelid = 'core.fct_score'::regclass"
        ).fetchall()
        assert references == [
            ("FOREIGN KEY (edition_id, cluster_id) REFERENCES core.dim_cluster_edition(edition_id, cluster_id)",)
        ]
        by_cluster = "select count(*) from pg_indexes where tablename = 'fct_score' and indexdef like '%(cluster_id)'"
        assert connection.execute(by_cluster).fetchone() == (1,)
        uncommented = connection.execute(
            "select attrelid::regclass::text, attname from pg_attribute join pg_class on pg_class.oid = attrelid"
            " join pg_namespace on pg_namespace.oid = relnamespace where relkind = 'r' and attnum > 0"
            " and nspname not in ('pg_catalog', 'information_schema', 'clusterbench')"
            " and col_description(attrelid, attnum) is null"
        ).fetchall()
        assert uncommented == []
        comments = connection.execute(
            "select nspname, obj_description(pg_class.oid) from pg_class"
            " join pg_namespace on pg_namespace.oid = relnamespace"
            " where relkind = 'r' and nspname not in ('pg_catalog', 'information_schema', 'clusterbench')"
        ).fetchall()
        assert [comment for _, comment in comments if "SYNTHETIC DATA" not in comment or "One row" not in comment] == []


def test_raw_answers_are_those_of_the_delivery_but_for_free_text(server: Server, database: str, own_home: Home) -> None:
    path = next((own_home.inbox / "2024").glob("ankieta_koordynatorow_*.csv"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        delivered = list(csv.DictReader(file, delimiter=";"))
    with server.connect(database=database) as connection:
        rows = connection.execute(
            "select respondent_id, column_name, answer_text, type = 'free_text' or coalesce(is_other, false)"
            " from raw.answer join raw.question using (edition_id, survey, question_id)"
            " left join raw.option using (edition_id, survey, question_id, option_id)"
            " where survey = 'coordinator' and answer.status = 'given' and question.type <> 'single_choice'"
        ).fetchall()
        columns = {
            name
            for (name,) in connection.execute(
                "select column_name from information_schema.columns where table_schema = 'raw'"
            )
        }
    by_respondent = {row["id_odpowiedzi"]: row for row in delivered}
    assert len({respondent for respondent, *_ in rows}) == len(delivered)
    told = [(by_respondent[respondent][header], text) for respondent, header, text, is_free in rows if not is_free]
    assert len(told) > 1000
    assert all(text == answer for answer, text in told)
    free = [text for _, _, text, is_free in rows if is_free]
    assert free
    assert set(free) == {None}
    assert not {"imie_nazwisko", "e_mail"} & columns


def test_the_ledger_tells_where_it_went_and_still_holds(server: Server, database: str, own_home: Home) -> None:
    entry = [entry for entry in Ledger(own_home.ledger).entries() if entry["event"] == "served"][-1]
    told = {name: entry[name] for name in entry if name not in ("at", "sequence", "previous", "hash")}
    assert told == {
        "event": "served",
        "release_id": own_home.published_release()["release_id"],
        "host": "127.0.0.1",
        "port": server.port,
        "database": database,
    }
    assert verify(own_home)["holds"]


def test_no_file_of_the_home_holds_the_password(server: Server, database: str, own_home: Home) -> None:
    files = [path for path in own_home.root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert any("history" in path.parts for path in files)  # Dagster's events
    assert [path for path in files if server.password.encode() in path.read_bytes()] == []


def test_a_password_on_the_command_line_is_refused(
    server: Server, database: str, own_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    size = own_home.ledger.stat().st_size
    for url in (
        f"postgresql://x:{server.password}@127.0.0.1:{server.port}/{database}",
        f"postgresql://x@127.0.0.1:{server.port}/{database}?password={server.password}",
        f"postgresql://x:{server.password}%@127.0.0.1/{database}",
        f"host=127.0.0.1 password={server.password}",
        f"mysql://x:{server.password}@127.0.0.1/{database}",
    ):
        assert publish(own_home, url, server.password) == 2
        said = capsys.readouterr()
        assert server.password not in said.err + said.out
    assert own_home.ledger.stat().st_size == size


def test_a_wrong_password_changes_nothing_and_is_not_repeated(
    server: Server, database: str, own_home: Home, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(server, database)
    assert publish(own_home, url, "wrong-password-5517") == 1
    said = capsys.readouterr().err
    assert "password authentication failed" in said
    assert "wrong-password-5517" not in said
    assert state(server, database) == before
    events = [path for path in own_home.dagster.rglob("*") if path.is_file()]
    assert [path for path in events if b"wrong-password-5517" in path.read_bytes()] == []


def test_a_long_reader_is_waited_for_and_named(
    server: Server, database: str, own_home: Home, url: str, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("CLUSTERBENCH_LOCK_SECONDS", "1")
    before = state(server, database)
    with server.connect(database=database) as reader:
        reader.execute("set application_name = 'quarterly report'")
        reader.execute("begin; select count(*) from core.dim_cluster")
        assert publish(own_home, url, server.password) == 1
        said = capsys.readouterr().err
        assert "quarterly report" in said
        assert f"process {reader.info.backend_pid}" in said
        # Nor did the attempts cost a reader more than they may: another one still gets at the tables.
        with server.connect(database=database) as other:
            assert other.execute("select count(*) from core.dim_cluster").fetchone() == (42,)
        reader.execute("rollback")
    assert state(server, database) == before
    assert publish(own_home, url, server.password) == 0


def test_readers_go_on_with_one_release_to_the_end_of_their_transaction(
    server: Server, database: str, own_home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also one whose snapshot is older than the new tables: it would find them empty if they were not frozen.

    This publication has its URL, with the password, from the environment.
    """
    login = f"{database}_publisher"
    monkeypatch.setenv(
        "CLUSTERBENCH_POSTGRES_URL", f"postgresql://{login}:{server.password}@127.0.0.1:{server.port}/{database}"
    )
    with server.connect(database=database) as old, server.connect(database=database) as prepared:
        old.execute("begin isolation level repeatable read; select 1 from pg_class limit 1")
        prepared.execute("prepare all_clusters as select count(*) from core.dim_cluster")
        assert prepared.execute("execute all_clusters").fetchone() == (42,)
        assert publish(own_home, "", "", "--json") == 0
        assert old.execute("select count(*) from core.dim_cluster").fetchone() == (42,)
        assert old.execute("select count(*) from core.release").fetchone() == (1,)
        old.execute("commit")
        assert prepared.execute("execute all_clusters").fetchone() == (42,)
    said = capsys.readouterr()
    assert json.loads(said.out)["served"]["database"] == database
    assert server.password not in said.out + said.err


def test_a_killed_publication_changes_nothing(server: Server, database: str, own_home: Home, url: str) -> None:
    """Killed at its beginning, and at the swap, when everything is copied already and waits for a reader."""
    before = state(server, database)
    for hindrance in ("create schema core__next", "select * from survey.member_opinion"):
        with server.connect(database=database) as other:
            other.execute(f"begin; {hindrance}")
            process = publishing(own_home, url, server.password)
            pid = wait_for(lambda: blocked_publisher(server, database))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            other.execute("rollback")
        with server.connect() as connection:
            wait_for(lambda: is_gone(connection, pid))  # noqa: B023  called before the next round
        assert state(server, database) == before
    events = [entry["event"] for entry in Ledger(own_home.ledger).entries() if entry["event"].startswith("serv")]
    assert events[-2:] == ["served", "serving"], "of the second it is known that it began to be shown"
    assert publish(own_home, url, server.password) == 0
    assert verify(own_home)["holds"]
    assert not (own_home.warehouse / "serving").exists()


def test_no_room_on_the_server_changes_nothing(server: Server, database: str, own_home: Home, url: str) -> None:
    """The server process of the publication may write no file of more than 1 MB, as if the disk were full."""
    before = state(server, database)
    with server.connect(database=database) as other:
        other.execute("begin; create schema core__next")
        process = publishing(own_home, url, server.password)
        pid = wait_for(lambda: blocked_publisher(server, database))
        try:
            server.limit_files(pid, 2**20)
        finally:
            other.execute("rollback")
            _, said = process.communicate()
    assert process.returncode == 1
    assert "did not take the release" in said
    assert "Readers still have the one before." in said and "are free in" not in said, "that would be our own disk"
    assert state(server, database) == before


def test_two_publications_at_once_do_not_mix(
    server: Server, database: str, own_home: Home, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(server, database)
    with server.connect(database=database) as other:
        other.execute("begin; select pg_advisory_xact_lock(x'434C5542'::integer)")
        assert publish(own_home, url, server.password) == 1
    assert "Another publication" in capsys.readouterr().err
    assert state(server, database) == before


def test_what_others_made_is_not_removed(
    server: Server, own_home: Home, database: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with server.connect(database=database) as connection:
        connection.execute("create schema report; create view report.clusters as select * from core.dim_cluster")
    before = state(server, database)
    assert publish(own_home, url, server.password) == 2
    assert "view report.clusters" in capsys.readouterr().err
    assert state(server, database) == before
    with server.connect(database=database) as connection:
        connection.execute("drop schema report cascade")


def test_a_database_of_others_is_not_published_to(
    server: Server, own_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.make_database("of_others")
    with server.connect(database="of_others") as connection:
        connection.execute("create schema audit; create table audit.trail (a integer)")
    before = state(server, "of_others")
    assert publish(own_home, url, server.password) == 2
    assert "did not make and would replace: audit" in capsys.readouterr().err
    assert state(server, "of_others") == before


def test_made_up_answers_never_replace_real_ones(
    server: Server, database: str, own_home: Home, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with server.connect(database=database) as connection:
        connection.execute("update core.release set is_sample = false")
    try:
        assert publish(own_home, url, server.password) == 2
        assert "never mixed" in capsys.readouterr().err
    finally:
        with server.connect(database=database) as connection:
            connection.execute("update core.release set is_sample = true")


def test_a_server_that_is_not_there(own_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(own_home, "postgresql://somebody@127.0.0.1:1/nothing", "pw-that-is-secret") == 1
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert "pw-that-is-secret" not in said
