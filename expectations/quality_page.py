"""The page "data quality": what was checked, and how it ended, for an auditor who does not write SQL.

It is made from `audit.check_index` and `audit.check_trend` of a work file, so the page and the tables agree. One file
with its own style, and a CSV beside it; nothing is fetched from elsewhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.check import DOORS
from expectations.style import STYLE
from ingestion.csv_file import write_csv
from ingestion.html_template import html_template
from ingestion.synthetic import SYNTHETIC_NOTICE

if TYPE_CHECKING:
    import duckdb

Row = Mapping[str, Any]

CSV_NAME = "check_results.csv"

# What a check counts as in the summary, and its sign in the overview.
KINDS = {
    "passed": ("Passed", "✓"),
    "failed": ("Failed, critical", "✗"),
    "warning": ("Warnings", "!"),
    "not_applicable": ("Not applicable", "–"),
    "not_run": ("Not run", "?"),
    "pending": ("Pending", "…"),
}
_DOORS = {
    "raw": "Raw: answers as delivered",
    "facts": "Facts: indicator values",
    "scores": "Scores",
    "dbt": "Structure and arithmetic (dbt)",
}
_CHANGES = {
    "new_failure": "New failures",
    "mended": "Mended",
    "no_longer_run": "No longer run",
    "never_run": "Never run",
    "no_longer_intended": "No longer intended",
    "new_check": "New checks",
    "no_longer_applicable": "No longer applicable",
    "newly_applicable": "Newly applicable",
}

_CHECKS = """
    select
        entry.*, trend.change, trend.previous_status, trend.last_status, trend.failing_since,
        trend.failing_since_run_no, trend.recent_n_failed
    from audit.check_index as entry
    left join audit.check_trend as trend
        on
            entry.tool = trend.tool and entry.check_id = trend.check_id
            and entry.edition_id is not distinct from trend.edition_id
    order by
        entry.edition_id nulls last, entry.tool desc, list_position(['raw', 'facts', 'scores'], entry.door),
        entry.severity, entry.check_id
"""
_GONE = """
    select *, 'no longer intended' as status
    from audit.check_trend
    where change = 'no_longer_intended'
    order by edition_id, check_id
"""
_RUNS = """
    select run_no, any_value(run_id) as run_id, min(checked_at) as checked_at
    from audit.check_result
    group by run_no
    order by run_no desc
    limit 2
"""
_HAS_RECONCILIATION = """
    select 1 from duckdb_tables() where schema_name = 'audit' and table_name = 'reconciliation_summary'
"""
_RECONCILIATION = """
    select *
    from audit.reconciliation_summary
    order by edition_id desc, table_no nulls last, source
"""
_FILES = """
    select
        delivery.edition_id, delivery.load_id, delivery.delivery_id, delivery.is_provisional, delivery.received_at,
        file.survey, file.file_name, file.sha256
    from raw.delivery as delivery
    left join raw.source_file as file on delivery.load_id = file.load_id
    order by delivery.edition_id, file.survey
"""


@dataclass(frozen=True)
class Occasion:
    """What the page is about: the release that a run made, or a run that made none, and what stopped it.

    `made_at` is UTC, ISO 8601. `record` are the statuses of the tests that ran after the record was written.
    """

    run_id: str
    made_at: str
    code_version: str
    is_sample: bool
    release_id: str | None = None
    stopped_by: str | None = None
    record: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the page is headed with."""
        if self.release_id:
            return f"Data quality of release {self.release_id}"
        return "Data quality of a run that was stopped" if self.stopped_by else "Data quality of a run"


def write_quality_page(connection: duckdb.DuckDBPyConnection, out: Path, occasion: Occasion) -> Path:
    """Write `index.html` and `check_results.csv` into the folder `out`, from a work file with the audit tables.

    Returns the page.
    """
    checks = [row | {"kind": _kind(row), "keys": _keys(row)} for row in _rows(connection, _CHECKS)]
    runs = _rows(connection, _RUNS)
    gone = _rows(connection, _GONE)
    text = html_template(Path(__file__).with_name("quality.html.j2")).render(
        occasion=occasion,
        style=STYLE,
        notice=SYNTHETIC_NOTICE if occasion.is_sample else "",
        kinds=KINDS,
        csv_name=CSV_NAME,
        n_checks=len(checks),
        total=Counter(row["kind"] for row in checks),
        summary=_summary(checks),
        run_no=runs[0]["run_no"] if runs else 0,
        run_before=runs[1] if len(runs) > 1 else None,
        changes=_changes([row for row in checks if row["kind"] != "not_run" or not occasion.stopped_by], gone),
        failing=[row for kind in ("failed", "warning") for row in checks if row["kind"] == kind],
        not_run=_gathered(checks, "not_run", "expected"),
        not_applicable=_gathered(checks, "not_applicable", "observed"),
        editions=sorted({row["edition_id"] for row in checks if row["edition_id"] is not None}),
        doors=_overview(checks),
        tests=[row for row in checks if row["tool"] == "dbt"],
        record=Counter(occasion.record),
        reconciliation=_reconciliation(connection),
        deliveries=_deliveries(_rows(connection, _FILES)),
    )
    out.mkdir(parents=True, exist_ok=True)
    _write_checks(out / CSV_NAME, checks, occasion.is_sample)
    page, partial = out / "index.html", out / "index.partial"
    partial.write_text(text, encoding="utf-8")
    return partial.replace(page)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _reconciliation(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """How the figures agree with the printed ones, by edition and table; nothing of a run stopped before."""
    return _rows(connection, _RECONCILIATION) if _rows(connection, _HAS_RECONCILIATION) else []


def _kind(row: Row) -> str:
    """What the check counts as: one that could not be run counts as failed, as at the doors."""
    if row["status"] in ("fail", "error"):
        return "failed" if row["severity"] == "critical" else "warning"
    return "passed" if row["status"] == "pass" else str(row["status"])


def _keys(row: Row) -> dict[str, Any]:
    """The failing keys as the columns and cells of a table."""
    keys = json.loads(row["failing_keys"] or "[]")
    columns = list(dict.fromkeys(name for key in keys for name in key))
    return {
        "columns": columns,
        "rows": [["" if (v := key.get(name)) is None else v for name in columns] for key in keys],
    }


def _summary(checks: Sequence[Row]) -> list[dict[str, Any]]:
    """A line per edition and door, and one for dbt's tests, which look at all editions at once."""
    groups: dict[tuple[Any, str], list[str]] = {}
    for row in checks:
        door = "dbt" if row["tool"] == "dbt" else row["door"]
        groups.setdefault((row["edition_id"], door), []).append(row["kind"])
    return [
        {"edition_id": edition, "door": _DOORS[door], "n": len(kinds), "counts": Counter(kinds)}
        for (edition, door), kinds in groups.items()
    ]


def _changes(checks: Sequence[Row], gone: Sequence[Row]) -> dict[str, list[Row]]:
    """What is otherwise than in the run before, by kind of change; kinds without a check are left out."""
    changed = {name: [row for row in [*checks, *gone] if row["change"] == change] for change, name in _CHANGES.items()}
    return {name: rows for name, rows in changed.items() if rows}


def _gathered(checks: Sequence[Row], kind: str, said: str) -> list[dict[str, Any]]:
    """The checks of one kind, each once for all editions of which the column `said` tells the same."""
    gathered: dict[tuple[str, str], dict[str, Any]] = {}
    for row in checks:
        if row["kind"] == kind:
            line = gathered.setdefault((row["check_id"], row[said]), dict(row) | {"said": row[said], "editions": []})
            line["editions"].append(row["edition_id"] or "all")
    return list(gathered.values())


def _overview(checks: Sequence[Row]) -> list[dict[str, Any]]:
    """By door: every check with how it ended for each edition."""
    doors: list[dict[str, Any]] = []
    for door in DOORS:
        by_check: dict[str, dict[int, Row]] = {}
        for row in checks:
            if row["door"] == door and row["tool"] != "dbt":
                by_check.setdefault(row["check_id"], {})[row["edition_id"]] = row
        lines = [{"check": next(iter(cells.values())), "cells": cells} for _, cells in sorted(by_check.items())]
        doors.append({"name": _DOORS[door], "lines": lines})
    return doors


def _deliveries(files: Sequence[Row]) -> list[dict[str, Any]]:
    """The delivery of each edition with its files."""
    editions: dict[int, dict[str, Any]] = {}
    for row in files:
        own = editions.setdefault(row["edition_id"], dict(row) | {"files": []})
        own["files"] += [row] if row["sha256"] else []
    return list(editions.values())


_COLUMNS = (
    *("edition_id", "tool", "door", "check_id", "severity", "dimension", "entity", "column_name", "status", "change"),
    *("failing_since", "observed", "expected", "n_rows", "n_failed", "recent_n_failed", "failing_keys", "description"),
    *("load_id", "checked_at"),
)


def _write_checks(path: Path, checks: Sequence[Row], is_sample: bool) -> None:
    notice = [SYNTHETIC_NOTICE] if is_sample else []
    header = [*_COLUMNS, *(["notice"] if is_sample else [])]
    write_csv(path, header, [[*(row[name] for name in _COLUMNS), *notice] for row in checks])
