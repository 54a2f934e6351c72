"""What the command says at the end: figures read from the release or the ledger, as values and as text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from ingestion.ledger import Ledger
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.paths import Home
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


def display(number: float | None) -> str:
    """A score as it is displayed: decimal, half up, two places."""
    if number is None:
        return "–"
    return str(Decimal(repr(number)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> list[Report]:
    cursor = connection.execute(query, parameters or [])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def release_summary(home: Home) -> Report:
    """The published release in figures, and where its parts are. Empty `release` when nothing is published."""
    release = home.published_release()
    if release is None:
        return {"release": None}
    database = home.published / "benchmarking.duckdb"
    with duckdb.connect(database, read_only=True) as connection:
        editions = _rows(connection, _EDITIONS)
        (checks,) = _rows(connection, _CHECKS.format(source="audit.check_result"), [release["run_id"]])
        medians = _rows(connection, _MEDIANS)
    last = Ledger(home.ledger).loads()[-1]
    return {
        "release": release["release_id"],
        "is_sample": release["is_sample"],
        "last_load": {"load_id": last.load_id, "edition_id": last.edition_id, "outcome": last.outcome},
        "editions": editions,
        "checks": checks,
        "area_medians": medians,
        "warehouse": str(database),
        "public": str(home.published / "public.duckdb"),
        "parquet": str(home.published / "parquet"),
        "data_docs": str(home.published / "docs" / "data_docs" / "index.html"),
        "dbt_docs": str(home.published / "docs" / "dbt" / "index.html"),
    }


def check_summary(home: Home, run_id: str) -> Report:
    """The checks of one run that was not published, and where its Data Docs are."""
    files = [str(path) for path in sorted(home.checks.glob(f"{run_id}-*.parquet"))]
    with duckdb.connect() as connection:
        query = _CHECKS.format(source="read_parquet(?, union_by_name = true)")
        (counts,) = _rows(connection, query, [files, run_id])
    return {"checks": counts, "data_docs": str(home.warehouse / "docs" / "data_docs" / "index.html")}


def status(home: Home) -> Report:
    """Editions with their current and last load, the releases kept, and the failed checks of the last run."""
    ledger = Ledger(home.ledger)
    loads, current = ledger.loads(), ledger.current()
    last = {load.edition_id: load for load in loads}
    release = home.published_release()
    return {
        "home": str(home.root),
        "published": release["release_id"] if release else None,
        "releases": release_ids(home),
        "editions": [
            {
                "edition_id": edition,
                "current_load": current[edition].load_id if edition in current else None,
                "last_load": load.load_id,
                "outcome": load.outcome or "open",
                "reason": load.reason,
                "problems": list(load.problems),
            }
            for edition, load in sorted(last.items())
        ],
        "failed_checks": failed_checks(home),
    }


def failed_checks(home: Home) -> list[Report]:
    """What failed, or could not be run, in the last run that checked anything; critical ones first."""
    files = sorted(str(path) for path in home.checks.glob("*.parquet"))
    if not files:
        return []
    with duckdb.connect() as connection:
        return _rows(
            connection,
            """
            with results as (
                select * from read_parquet(?, union_by_name = true)
            )

            select door, check_id, edition_id, severity, status, observed, n_failed, failing_keys
            from results
            where
                status in ('fail', 'error')
                and run_id = (select run_id from results order by checked_at desc, run_id limit 1)
            order by severity, door, check_id, edition_id
            """,
            [files],
        )


def as_text(command: str, report: Mapping[str, Any]) -> str:
    """The report of a command, for a person."""
    lines: list[str] = []
    if command == "status":
        lines = _status_text(report)
    if checks := report.get("checks"):
        lines += _checks_text(report, checks)
    if seconds := report.get("seconds"):
        longest = sorted(seconds.items(), key=lambda item: -item[1])
        spent = ", ".join(f"{step} {value:.1f}" for step, value in longest if value >= 0.05)
        lines.append(f"Seconds by step: {spent}")
    return "\n".join(lines) + "\n"


def _checks_text(report: Mapping[str, Any], checks: Mapping[str, int]) -> list[str]:
    counted = (
        f"{checks['passed']} passed, {checks['failed']} failed, {checks['warnings']} warnings, "
        f"{checks['not_applicable']} not applicable"
    )
    if "release" not in report:
        return [f"Checks      {counted}", f"Data Docs   {report['data_docs']}"]
    last = report["last_load"]
    lines = [f"Release {report['release']} is published ({last['load_id']}: {last['outcome']})."]
    if report["is_sample"]:
        lines.append(SYNTHETIC_NOTICE)
    lines += ["", *_editions_text(report), "", f"Checks      {counted}"]
    lines += [
        "",
        f"Warehouse   {report['warehouse']}",
        f"Public      {report['public']}",
        f"Parquet     {report['parquet']}",
        f"Data Docs   {report['data_docs']}",
        f"dbt docs    {report['dbt_docs']}",
        "",
    ]
    return lines


def _editions_text(report: Mapping[str, Any]) -> list[str]:
    """A line per edition with its figures and its areas' medians; the areas' names are those of the latest."""
    lines = ["Edition  Clusters  Answers given / asked  Indicators  Median score of each area, all clusters"]
    areas: dict[int, list[Report]] = {}
    for area in report["area_medians"]:
        areas.setdefault(area["edition_id"], []).append(area)
    for edition in report["editions"]:
        answers = f"{edition['answers_given']} / {edition['answers']}"
        medians = "  ".join(
            f"{area['node_id']:>3} {display(area['median'])}" for area in areas.get(edition["edition_id"], [])
        )
        provisional = "  (provisional)" if edition["is_provisional"] else ""
        lines.append(
            f"{edition['edition_id']:<7}  {edition['clusters']:>8}  {answers:>21}  {edition['indicators']:>10}  "
            f"{medians}{provisional}"
        )
    if areas:
        latest = max(areas)
        lines += ["", f"Areas of {latest}: " + ", ".join(f"{area['node_id']} {area['name']}" for area in areas[latest])]
    return lines


def _status_text(report: Mapping[str, Any]) -> list[str]:
    lines = [
        f"Home        {report['home']}",
        f"Published   {report['published'] or 'nothing yet'}",
        f"Releases    {', '.join(report['releases']) or 'none'}",
        "",
    ]
    for edition in report["editions"]:
        reason = f" – {edition['reason']}" if edition["reason"] else ""
        lines.append(
            f"Edition {edition['edition_id']}: last load {edition['last_load']} {edition['outcome']}{reason}; "
            f"current {edition['current_load'] or 'none'}"
        )
        for problem in edition["problems"]:
            lines.append(
                f"  {problem['file']}, row {problem['row'] or '–'}, column {problem['column'] or '–'}: "
                f"{problem['reason']}; found {problem['found']}; expected {problem['expected']}"
            )
    if not report["editions"]:
        lines.append("No delivery was loaded yet.")
    failed = report["failed_checks"]
    lines += ["", f"Failed checks of the last run: {len(failed)}"]
    lines += [
        f"  {row['severity']:<8} {row['door']:<6} {row['check_id']} ({row['edition_id']}): {row['n_failed']} failed"
        for row in failed
    ]
    return lines
