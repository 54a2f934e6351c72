"""Fieldwork in progress, from end to end: 30 of 42 coordinators have answered."""

from __future__ import annotations

import duckdb
import pytest

from tests.installation import coordinator_file, outcomes, tables

ANSWERED = 30


def question(database, query: str) -> list:
    with duckdb.connect(database, read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.long
def test_fieldwork_in_progress_is_checked_and_inspected_and_published_only_when_asked(home, command) -> None:
    before = tables(home.published / "benchmarking.duckdb")
    path = coordinator_file(home)
    complete = path.read_bytes()
    path.write_bytes(b"\r\n".join(complete.split(b"\r\n")[: ANSWERED + 1]) + b"\r\n")

    refused = command(home, "load", "2024")
    assert refused.exit_code == 3 and "12 of 42 clusters of the register have not answered" in refused.err

    result = command(home, "load", "2024", "--provisional")
    assert result.exit_code == 0
    assert "Release R000002 is provisional (L000003: loaded): to be inspected. Published is R000001." in result.out
    assert "Edition 2024 is provisional: 30 of 42 clusters have answered every survey of the benchmark. " in result.out
    assert "Respondents: accessibility 42, coordinator 30, desk_research 42" in result.out
    assert home.published.resolve().name == "R000001"
    assert tables(home.published / "benchmarking.duckdb") == before
    seen = home.provisional / "benchmarking.duckdb"
    assert question(seen, "select is_provisional from core.dim_edition") == [(True,)]
    assert question(seen, "select count(*), count(enterprises) from core.dim_cluster_edition") == [(42, ANSWERED)]
    statuses = """
        select status, count(distinct value.cluster_id)
        from core.fct_indicator_value as value
        inner join core.dim_cluster_edition as cluster using (edition_id, cluster_id)
        where cluster.enterprises is null and value.node_id not in ('II.4.1', 'V.1.3') -- these are desk research
        group by status
    """
    assert question(seen, statuses) == [("missing", 42 - ANSWERED)], "who has not answered has not answered 0"
    told = "select status, n_failed from audit.check_result where check_id = 'provisional_cluster_has_answered'"
    assert question(seen, f"{told} and run_id = (select run_id from audit.load where is_current)") == [
        ("fail", 42 - ANSWERED)
    ]

    assert command(home, "load", "2024", "--provisional", "--json").json["last_load"]["outcome"] == "unchanged"
    status = command(home, "status")
    assert "Provisional R000002 (edition 2024), not published" in status.out

    result = command(home, "load", "2024", "--provisional", "--publish")
    assert result.exit_code == 0
    assert "Release R000003 is published" in result.out
    assert "Edition 2024 is provisional: 30 of 42" in result.out
    current = home.published / "benchmarking.duckdb"
    loads = "select load_id, outcome, is_current, is_provisional from audit.load where outcome = 'loaded' order by 1"
    assert question(current, loads) == [
        ("L000001", "loaded", False, False),
        ("L000003", "loaded", False, True),
        ("L000005", "loaded", True, True),
    ]
    assert "current L000005 (provisional)" in command(home, "status").out
    assert not home.provisional.is_symlink(), "what it showed is published"

    path.write_bytes(complete)
    assert command(home, "load", "2024").exit_code == 0
    assert tables(home.published / "benchmarking.duckdb") == before
    assert outcomes(home) == ["loaded", "refused", "loaded", "unchanged", "loaded", "loaded"]


def test_what_goes_together_is_said(home, command, capsys) -> None:
    for arguments in (["load", "2024", "--publish"], ["load", "2024", "--from", "."]):
        try:
            command(home, *arguments)
        except SystemExit as stopped:
            assert stopped.code == 2
        assert "goes with" in capsys.readouterr().err
