"""Each role logs in, reads what it may, and tries what it must not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb
import psycopg
import pytest

from orchestration.paths import Home
from tests.serving.conftest import publish
from tests.serving.server import Server

PUBLIC_FORMS = {
    "public_core": {"dim_edition", "dim_node", "dim_segment"},
    "public_benchmark": {
        "edition_comparison",
        "edition_growth",
        "edition_profile",
        "edition_trend",
        "indicator_statistic",
        "option_share",
        "score_distribution",
        "score_regression",
        "score_spread",
        "strength_weakness",
    },
    "public_survey": {"accessibility_band", "accessibility_criterion", "member_opinion"},
}
MARTS = {"core", "benchmark", "survey", "audit"}
# Marts that quote answers or tell of respondents.
OF_ANSWERS = {
    "core.fct_answer",
    "audit.check_index",
    "audit.check_result",
    "audit.correction",
    "audit.erasure",
    "audit.rejected_answer",
}
RAW = {f"raw.{name}" for name in ("answer", "delivery", "option", "question", "survey")}
OWN = {f"coordinator.{name}" for name in ("cluster", "cluster_profile", "cluster_segment", "indicator_value")}
ROLES = ("bench_public", "bench_analyst", "bench_auditor", "bench_coordinator")

Log = Callable[[str], psycopg.Connection]


@pytest.fixture(scope="module")
def clusters(own_home: Home) -> list[str]:
    """The clusters of the edition; the first one is that of the coordinator who logs in."""
    with duckdb.connect(own_home.published / "benchmarking.duckdb", read_only=True) as connection:
        rows = connection.execute("select cluster_id from core.dim_cluster_edition order by 1").fetchall()
    return [cluster for (cluster,) in rows]


@pytest.fixture(scope="module")
def logins(server: Server, database: str, clusters: list[str]) -> dict[str, str]:
    """A login of each role by the role's name; the coordinator's is the first cluster, another one is not mapped."""
    made = {role: server.make_login(f"login_{role}", role) for role in ROLES}
    made["unmapped"] = server.make_login("login_unmapped", "bench_coordinator")
    made["stranger"] = server.make_login("login_stranger")
    with server.connect(database=database) as connection:
        for login, cluster in (("login_bench_coordinator", clusters[0]), ("somebody_else", clusters[1])):
            connection.execute("insert into clusterbench.coordinator_login values (%s, %s)", [login, cluster])
    return made


@pytest.fixture
def log_in(server: Server, database: str, logins: dict[str, str]) -> Iterator[Log]:
    """Logs a role's login in."""
    opened = []

    def log(role: str) -> psycopg.Connection:
        opened.append(server.connect(logins[role], database))
        return opened[-1]

    yield log
    for connection in opened:
        connection.close()


def all_tables(server: Server, database: str) -> set[str]:
    """Every table of the database, as its superuser sees it."""
    with server.connect(database=database) as connection:
        return {
            name
            for (name,) in connection.execute(
                "select nspname || '.' || relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace"
                " where relkind not in ('i', 't', 'S', 'c') and nspname not in ('pg_catalog', 'information_schema')"
            )
        }


def readable(connection: psycopg.Connection, tables: set[str]) -> set[str]:
    """Of all tables those that a session can read; of any other the reason must be that it lacks the right."""
    found = set()
    for name in tables:
        try:
            connection.execute(f"select * from {name} limit 1")
            found.add(name)
        except psycopg.errors.InsufficientPrivilege:
            pass
    return found


def test_each_role_reads_just_its_tables(server: Server, database: str, log_in: Log) -> None:
    tables = all_tables(server, database)
    public = {f"{schema}.{name}" for schema, names in PUBLIC_FORMS.items() for name in names}
    marts = {name for name in tables if name.split(".")[0] in MARTS}
    own = OWN | {"clusterbench.coordinator_login"}
    assert len(marts) >= 43
    assert tables == public | marts | RAW | own
    assert readable(log_in("bench_public"), tables) == public
    assert readable(log_in("bench_analyst"), tables) == public | marts - OF_ANSWERS
    assert readable(log_in("bench_auditor"), tables) == public | marts | RAW
    assert readable(log_in("bench_coordinator"), tables) == public | own


def test_the_public_sees_what_public_duckdb_shows(own_home: Home, log_in: Log) -> None:
    connection = log_in("bench_public")
    with duckdb.connect(own_home.published / "public.duckdb", read_only=True) as released:
        for schema, names in PUBLIC_FORMS.items():
            for name in names:
                theirs = connection.execute(f"select * from {schema}.{name}").fetchall()
                ours = released.execute(f"select * from {schema.removeprefix('public_')}.{name}").fetchall()
                assert sorted(theirs, key=repr) == sorted(ours, key=repr), name


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "insert into public_core.dim_edition (edition_id) values (1)",
        "update public_core.dim_edition set name_en = ''",
        "delete from public_benchmark.score_spread",
        "truncate public_benchmark.score_spread",
        "drop table public_benchmark.score_spread",
        "alter table public_benchmark.score_spread owner to current_user",
        "begin; lock table public_benchmark.score_spread in access exclusive mode",
        "create table public.mine (a integer)",
        "create table public_core.mine (a integer)",
        "create temporary table mine (a integer)",
        "create schema mine",
        "create function pg_temp.leak(text) returns boolean language sql cost 0.0001 as 'select true'",
        "create function public.leak(text) returns boolean language sql as 'select true'",
        "create role mine",
        "insert into clusterbench.coordinator_login values (current_user, 'K001')",
        "update clusterbench.coordinator_login set cluster_id = 'K001'",
        "drop policy own_rows on coordinator.cluster_profile",
        "alter table coordinator.cluster_profile disable row level security",
        "copy public_core.dim_edition to program 'cat'",
        "copy public_core.dim_edition to '/tmp/clusterbench-leak'",
        "select pg_read_file('/etc/hostname')",
        "select * from pg_statistic",
        "select * from pg_authid",
        "set session authorization postgres",
        "set role postgres",
        "set role test_roles_publisher",
        *(f"set role {role}" for role in ROLES),
    ],
)
def test_no_role_writes_makes_or_becomes(log_in: Log, role: str, statement: str) -> None:
    connection = log_in(role)
    if statement == f"set role {role}":
        connection.execute(statement)
        return
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_lets_others_in(log_in: Log, role: str) -> None:
    connection = log_in(role)
    connection.execute("grant select on public_core.dim_edition to login_stranger")  # a warning, no more
    allowed = "select has_table_privilege('login_stranger', 'public_core.dim_edition', 'select')"
    assert connection.execute(allowed).fetchone() == (False,)


def test_a_login_without_a_role_is_not_let_in(log_in: Log) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        log_in("stranger")


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_coordinator_sees_the_own_cluster_only(
    server: Server, database: str, clusters: list[str], log_in: Log, name: str
) -> None:
    with server.connect(database=database) as everything:
        expected = everything.execute(f"select * from {name} where cluster_id = %s", [clusters[0]]).fetchall()
        assert everything.execute(f"select count(distinct cluster_id) from {name}").fetchone() == (42,)
    seen = log_in("bench_coordinator").execute(f"select * from {name}").fetchall()
    assert seen
    assert sorted(map(repr, seen)) == sorted(map(repr, expected))
    assert log_in("unmapped").execute(f"select count(*) from {name}").fetchone() == (0,)


def test_a_coordinator_does_not_see_who_else_is_mapped(clusters: list[str], log_in: Log) -> None:
    rows = log_in("bench_coordinator").execute("select * from clusterbench.coordinator_login").fetchall()
    assert rows == [("login_bench_coordinator", clusters[0])]
    assert log_in("unmapped").execute("select * from clusterbench.coordinator_login").fetchall() == []


def test_as_the_role_itself_nobody_is_a_cluster(log_in: Log) -> None:
    connection = log_in("bench_coordinator")
    connection.execute("set role bench_coordinator")
    assert connection.execute("select count(*) from coordinator.cluster_profile").fetchone() == (0,)


def test_a_profile_has_own_scores_beside_public_figures(own_home: Home, clusters: list[str], log_in: Log) -> None:
    rows = (
        log_in("bench_coordinator")
        .execute(
            "select node_id, score, rank, median_all, benchmark_all, median_size, median_industry, gap_to_benchmark"
            " from coordinator.cluster_profile where edition_id = 2024"
        )
        .fetchall()
    )
    with (
        duckdb.connect(own_home.published / "benchmarking.duckdb", read_only=True) as full,
        duckdb.connect(own_home.published / "public.duckdb", read_only=True) as public,
    ):
        size, industry = full.execute(
            "select size, industry from core.dim_cluster_edition where cluster_id = ?", clusters[:1]
        ).fetchone()
        scored = full.execute("select node_id, score, rank from core.fct_score where cluster_id = ?", clusters[:1])
        scores = {node: rest for node, *rest in scored.fetchall()}
        figures = {
            (node, cut, segment): (median, benchmark)
            for node, cut, segment, median, benchmark in public.execute(
                "select node_id, cut_id, segment_id, median, benchmark from benchmark.score_distribution"
            ).fetchall()
        }
    assert {row[0] for row in rows} == set(scores)
    for node, score, rank, median_all, benchmark_all, median_size, median_industry, gap in rows:
        assert [score, rank] == scores[node]
        assert (median_all, benchmark_all) == figures[node, "all", "all"]
        assert median_size == figures.get((node, "size", size), (None,))[0]
        assert median_industry == figures.get((node, "industry", industry), (None,))[0]
        if score is None or benchmark_all is None:
            assert gap is None
        else:
            assert gap == pytest.approx(max(benchmark_all - score, 0), abs=1e-12)
    assert any(row[5] is None for row in rows)  # what the policy hides is hidden here, too


def test_what_is_asked_of_hidden_rows_is_not_told(clusters: list[str], log_in: Log) -> None:
    """Conditions that fail loudly on another cluster's row: evaluated before the policy, they would tell of it."""
    connection = log_in("bench_coordinator")
    own, other = clusters[:2]
    for condition in (
        f"1 / (case when cluster_id = '{other}' then 0 else 1 end) = 1",
        f"(case when cluster_id <> '{own}' then cluster_id else '0' end)::integer = 0",
        f"sqrt(case when cluster_id <> '{own}' then -1 else 1 end) = 1",
    ):
        (n,) = connection.execute(f"select count(*) from coordinator.cluster_profile where {condition}").fetchone()
        assert n == connection.execute("select count(*) from coordinator.cluster_profile").fetchone()[0]


def test_estimates_tell_nothing_of_hidden_rows(server: Server, database: str, clusters: list[str], log_in: Log) -> None:
    """The planner would estimate a common value of other clusters higher than one that nobody has."""
    with server.connect(database=database) as everything:
        everything.execute("analyze")
        common, n = everything.execute(
            "select score, count(*) from coordinator.cluster_profile where cluster_id <> %s and score is not null"
            " group by score order by 2 desc limit 1",
            clusters[:1],
        ).fetchone()
        assert n > 100
    connection = log_in("bench_coordinator")

    def estimated(condition: str) -> list[float]:
        plan = connection.execute(
            f"explain (format json) select * from coordinator.cluster_profile where {condition}"
        ).fetchone()[0]
        return [node["Plan"]["Plan Rows"] for node in plan]

    assert estimated(f"score = {common!r}") == estimated("score = 0.123456789")
    assert estimated(f"cluster_id = '{clusters[1]}'") == estimated("cluster_id = 'nobody'")
    assert connection.execute("select count(*) from pg_stats where schemaname = 'coordinator'").fetchone() == (0,)
    assert connection.execute("select count(*) from pg_stats where schemaname = 'core'").fetchone() == (0,)


def test_the_next_publication_gives_the_rights_anew(
    server: Server, database: str, own_home: Home, clusters: list[str], log_in: Log
) -> None:
    with server.connect(database=database) as connection:
        connection.execute("grant usage on schema raw to bench_public; grant select on raw.answer to bench_public")
        connection.execute("grant create on schema public to public; grant temporary on database test_roles to public")
        connection.execute("grant insert on clusterbench.coordinator_login to bench_coordinator")
        connection.execute("drop policy own_rows on clusterbench.coordinator_login")
        connection.execute(
            "create policy own_rows on clusterbench.coordinator_login for select to bench_coordinator using (true)"
        )
        connection.execute("revoke select on core.dim_node from bench_analyst")
    assert log_in("bench_public").execute("select count(*) from raw.answer").fetchone() != (0,)
    before = all_tables(server, database)
    assert publish(own_home, server.url("test_roles_publisher", database), server.password) == 0
    tables = all_tables(server, database)
    assert tables == before
    public = {f"{schema}.{name}" for schema, names in PUBLIC_FORMS.items() for name in names}
    assert readable(log_in("bench_public"), tables) == public
    assert "core.dim_node" in readable(log_in("bench_analyst"), tables)
    coordinator = log_in("bench_coordinator")
    assert coordinator.execute("select distinct cluster_id from coordinator.cluster").fetchall() == [(clusters[0],)]
    assert len(coordinator.execute("select * from clusterbench.coordinator_login").fetchall()) == 1
    for statement in (
        "create table public.mine (a integer)",
        "create temporary table mine (a integer)",
        "insert into clusterbench.coordinator_login values (current_user, 'K001')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            coordinator.execute(statement)
