"""What the command says at the end: figures read from the release or the ledger, as values."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ingestion.arrivals import announced, overdue
from ingestion.ledger import Ledger
from ingestion.problem_table import count_by_severity
from ingestion.raw_tables import RAW_TABLES
from orchestration.paths import DICTIONARY, QUALITY_PAGE, Home
from orchestration.publication import release_ids

Report = dict[str, Any]

_EDITIONS = """
    with clusters as (
        select edition_id, count(*) as clusters from core.dim_cluster_edition group by edition_id
    ),

    answers as (
        select edition_id, count(*) as answers, count(*) filter (where status = 'given') as answers_given
        from core.fct_answer
        group by edition_id
    ),

    indicators as (
        select edition_id, count(distinct node_id) as indicators from core.fct_indicator_value group by edition_id
    )

    select edition_id, is_provisional, clusters, answers, answers_given, indicators
    from core.dim_edition
    left join clusters using (edition_id)
    left join answers using (edition_id)
    left join indicators using (edition_id)
    order by edition_id
"""

_CHECKS = """
    select
        count(*) filter (where status = 'pass') as passed,
        count(*) filter (where status in ('fail', 'error') and severity = 'critical') as failed,
        count(*) filter (where status in ('fail', 'error') and severity = 'warning') as warnings,
        count(*) filter (where status = 'not_applicable') as not_applicable
    from {source}
    where run_id = ?
"""

_MEDIANS = """
    select distribution.edition_id, distribution.node_id, node.name_en as name, distribution.median
    from benchmark.score_distribution as distribution
    inner join core.dim_edition as edition on distribution.edition_id = edition.edition_id
    inner join core.dim_node as node
        on edition.framework_id = node.framework_id and distribution.node_id = node.node_id
    where distribution.cut_id = 'all' and distribution.level = 'area'
    order by distribution.edition_id, node.position
"""

_PROVISIONAL = "select edition_id from core.dim_edition where is_provisional order by edition_id"

# Of one edition: its clusters, and how many of them are in all of the surveys.
_ANSWERED = """
    with clusters as (
        select cluster_id, count(distinct survey) filter (where survey in (select unnest(?))) as n_surveys
        from core.fct_answer
        where edition_id = ?
        group by cluster_id
    )

    select count(*) as clusters, count(*) filter (where n_surveys = ?) as answered_all_surveys
    from clusters
"""

_RESPONDENTS = """
    select survey, count(distinct respondent_id) as respondents
    from core.fct_answer
    where edition_id = ?
    group by survey
    order by survey
"""


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> list[Report]:
    cursor = connection.execute(query, parameters or [])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def release_summary(home: Home, is_published: bool = True) -> Report:
    """The published (or the provisional) release in figures, and where its parts are; no `release`: there is none."""
    link = home.published if is_published else home.provisional
    release = home.published_release() if is_published else home.provisional_release()
    if release is None:
        return {"release": None}
    database = link / "benchmarking.duckdb"
    with duckdb.connect(database, read_only=True) as connection:
        editions = _rows(connection, _EDITIONS)
        (checks,) = _rows(connection, _CHECKS.format(source="audit.check_result"), [release["run_id"]])
        medians = _rows(connection, _MEDIANS)
        answered = _provisional_editions(connection)
    last = Ledger(home.ledger).loads()[-1]
    return {
        "release": release["release_id"],
        "is_published": is_published,
        "published": (home.published_release() or {"release_id": None})["release_id"],
        "provisional_editions": answered,
        "is_sample": release["is_sample"],
        "last_load": {"load_id": last.load_id, "edition_id": last.edition_id, "outcome": last.outcome},
        "editions": editions,
        "checks": checks,
        "area_medians": medians,
        "warehouse": str(database),
        "public": str(link / "public.duckdb"),
        "parquet": str(link / "parquet"),
        "public_files": str(link / "public"),
        "data_quality": str(link / "docs" / QUALITY_PAGE),
        "data_docs": str(link / "docs" / "data_docs" / "index.html"),
        "dictionary": str(link / "docs" / DICTIONARY),
        "dbt_docs": str(link / "docs" / "dbt" / "index.html"),
    }


def _provisional_editions(connection: duckdb.DuckDBPyConnection) -> list[Report]:
    """How far the fieldwork of each provisional edition is: clusters in every survey of the benchmark, respondents."""
    from ingestion.codebook import load_codebook

    told = []
    for (edition,) in connection.execute(_PROVISIONAL).fetchall():
        described = load_codebook(edition).surveys
        surveys = [name for name, survey in described.items() if survey.enters_benchmark]
        (answered,) = _rows(connection, _ANSWERED, [surveys, edition, len(surveys)])
        respondents = {row["survey"]: row["respondents"] for row in _rows(connection, _RESPONDENTS, [edition])}
        told.append({"edition_id": edition} | answered | {"respondents": respondents})
    return told


def check_summary(home: Home, run_id: str) -> Report:
    """The checks of one run that was not published, and where its Data Docs are."""
    files = [str(path) for path in sorted(home.checks.glob(f"{run_id}-*.parquet"))]
    with duckdb.connect() as connection:
        query = _CHECKS.format(source="read_parquet(?, union_by_name = true)")
        (counts,) = _rows(connection, query, [files, run_id])
    return {
        "checks": counts,
        "data_quality": str(home.docs / QUALITY_PAGE),
        "data_docs": str(home.docs / "data_docs" / "index.html"),
    }


def status(home: Home, codebooks: Path, today: date) -> Report:
    """Editions with their current and last load, the releases kept, and the failed checks of the last run.

    `overdue` names the day by which each announced edition that has not arrived was expected.
    """
    ledger = Ledger(home.ledger)
    loads, current = ledger.loads(), ledger.current()
    last = {load.edition_id: load for load in loads}
    release = home.published_release()
    provisional = home.provisional_release() or {"release_id": None, "provisional": []}
    late = overdue(announced(codebooks), ledger.arrived(), today)
    return {
        "home": str(home.root),
        "published": release["release_id"] if release else None,
        "provisional": {"release": provisional["release_id"], "editions": provisional["provisional"]},
        "overdue": {str(edition): day.isoformat() for edition, day in late.items()},
        "releases": release_ids(home),
        "editions": [
            {
                "edition_id": edition,
                "current_load": current[edition].load_id if edition in current else None,
                "current_is_provisional": edition in current and current[edition].is_provisional,
                "last_load": load.load_id,
                "last_is_provisional": load.is_provisional,
                "outcome": load.outcome or "open",
                "reason": load.reason,
                "problems": list(load.problems),
                "counts": count_by_severity(load.problems),
            }
            for edition, load in sorted(last.items())
        ],
        "erasures": [
            {"edition_id": edition_id, "survey": survey, "respondent_id": respondent_id, "erased_at": erased_at}
            for (edition_id, survey, respondent_id), erased_at in ledger.erasures().respondents.items()
        ],
        "failed_checks": failed_checks(home),
        "data_quality": str(page) if (page := home.docs / QUALITY_PAGE).is_file() else None,
    }


def failed_checks(home: Home) -> list[Report]:
    """What failed, or could not be run, in the last run that checked anything; critical ones first."""
    files = sorted(str(path) for path in home.checks.glob("*.parquet"))
    if not files:
        return []
    with duckdb.connect() as connection:
        connection.execute(f"create table results ({RAW_TABLES['check_result']})")
        connection.execute("insert into results by name select * from read_parquet(?, union_by_name = true)", [files])
        return _rows(
            connection,
            """
            with last_run as (
                select run_id from results order by run_no desc nulls last, checked_at desc limit 1
            )

            select door, check_id, edition_id, severity, status, observed, n_failed, failing_keys
            from results
            where status in ('fail', 'error') and run_id in (from last_run)
            order by severity, door, check_id, edition_id
            """,
        )
