"""`clusterbench audit diff`: which answers, indicator values, scores and ranks differ between two releases.

Rows are matched by what they are about, not by the file they came from, and compared exactly: what nothing changed is
the same to the last bit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from audit.made_of import change_text, changes
from orchestration.tables import attach

Report = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """What is compared: the rows of a table by `key`, in the columns `compared`.

    Rows left over that agree in `loose_key`, one on either side, are one row that changed: of a single choice, the
    answer option is what was answered.
    """

    name: str
    table: str
    key: tuple[str, ...]
    compared: tuple[str, ...]
    loose_key: tuple[str, ...] = ()


SECTIONS = (
    Section(
        "answers",
        "core.fct_answer",
        ("edition_id", "survey", "respondent_id", "question_id", "option_id"),
        ("cluster_id", "option_id", "answer_text", "answer_number", "status", "is_corrected"),
        ("edition_id", "survey", "respondent_id", "question_id"),
    ),
    Section(
        "values",
        "core.fct_indicator_value",
        ("edition_id", "cluster_id", "node_id"),
        ("value", "status", "is_corrected"),
    ),
    Section("scores", "core.fct_score", ("edition_id", "cluster_id", "node_id"), ("score",)),
    Section("ranks", "core.fct_score", ("edition_id", "cluster_id", "node_id"), ("rank",)),
)


def diff(before: Path, after: Path, limit: int) -> Report:
    """Compare the releases in two folders; `text` shows `limit` rows of each section.

    Each changed row has the differing columns `before` and `after`; of a row added or removed, one of them is None.
    """
    folders = {"before": before, "after": after}
    described = {side: json.loads((folder / "release.json").read_text("utf-8")) for side, folder in folders.items()}
    report: Report = {
        **{side: _release(folders[side], described[side]) for side in folders},
        "inputs": changes(_made_of(described["before"]), _made_of(described["after"])),
        "counts": {},
    }
    with duckdb.connect() as connection:
        for side, folder in folders.items():
            attach(connection, folder / "benchmarking.duckdb", side)
        for section in SECTIONS:
            rows = compare(connection, section)
            report[section.name] = rows
            report["counts"][section.name] = _counts(rows)
    return report | {"text": _text(report, max(limit, 0))}


def _release(folder: Path, described: Mapping[str, Any]) -> Row:
    return {"release_id": described["release_id"], "released_at": described["released_at"], "folder": str(folder)}


def _made_of(release: Mapping[str, Any]) -> Row:
    """What a release was made of, by its release.json."""
    deliveries = {f"delivery of {edition}": delivery for edition, delivery in release["deliveries"].items()}
    reviewed = dict(release.get("reviewed") or {})
    code = {name: release.get(name) for name in ("code_version", "git_revision", "lock_sha256")}
    return deliveries | reviewed | code | {"erasures": release.get("erasures", 0)}


def compare(connection: duckdb.DuckDBPyConnection, section: Section) -> list[Row]:
    """The rows of a section that differ between the attached databases `before` and `after`, in the order of keys."""
    compared = [name for name in section.compared if name in _common_columns(connection, section)]
    names = list(dict.fromkeys([*section.key, *compared]))
    columns = ", ".join(names)
    only = {
        side: [
            dict(zip(names, row, strict=True))
            for row in connection.execute(
                f"select {columns} from {side}.{section.table} except all select {columns} from {other}.{section.table}"
            ).fetchall()
        ]
        for side, other in (("before", "after"), ("after", "before"))
    }
    rows = []
    for key in filter(None, (section.key, section.loose_key)):
        pairs, only = _paired(only, key)
        rows += [_changed(section, compared, *pair) for pair in pairs]
    rows += [_told(section, row, "removed", before=row, compared=compared) for row in only["before"]]
    rows += [_told(section, row, "added", after=row, compared=compared) for row in only["after"]]
    return sorted(rows, key=lambda row: tuple(str(row[name] or "") for name in section.key))


def _common_columns(connection: duckdb.DuckDBPyConnection, section: Section) -> set[str]:
    """The columns that the table has in both: a column that a later version added is no change of a row."""
    schema, _, table = section.table.partition(".")
    rows = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?"
        " and database_name in ('before', 'after') group by column_name having count(*) = 2",
        [schema, table],
    ).fetchall()
    return {name for (name,) in rows}


def _paired(
    only: Mapping[str, Sequence[Row]], key: Sequence[str]
) -> tuple[list[tuple[Row, Row]], dict[str, list[Row]]]:
    """The rows that stand alone under their key on both sides, and what is left of each side."""
    by_key: dict[str, dict[tuple[Any, ...], list[Row]]] = {side: {} for side in only}
    for side, rows in only.items():
        for row in rows:
            by_key[side].setdefault(tuple(row[name] for name in key), []).append(row)
    before, after = by_key["before"], by_key["after"]
    paired = {found for found in before.keys() & after.keys() if len(before[found]) == len(after[found]) == 1}
    pairs = [(before[found][0], after[found][0]) for found in paired]
    left = {
        side: [row for found, rows in groups.items() if found not in paired for row in rows]
        for side, groups in by_key.items()
    }
    return pairs, left


def _changed(section: Section, compared: Sequence[str], before: Row, after: Row) -> Row:
    differing = [name for name in compared if before[name] != after[name]]
    return _told(section, after, "changed", before, after, differing)


def _told(
    section: Section,
    row: Row,
    change: str,
    before: Row | None = None,
    after: Row | None = None,
    compared: Sequence[str] = (),
) -> Row:
    sides = {
        side: None if values is None else {name: values[name] for name in compared}
        for side, values in (("before", before), ("after", after))
    }
    return {name: row[name] for name in section.key} | {"change": change} | sides


def _counts(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(str(row["edition_id"]), Counter()).update([row["change"]])
    return {edition: dict(sorted(counted.items())) for edition, counted in sorted(counts.items())}


def _text(report: Report, limit: int) -> str:
    before, after = report["before"], report["after"]
    lines = [
        f"{before['release_id']} of {before['released_at']}  {before['folder']}",
        f"{after['release_id']} of {after['released_at']}  {after['folder']}",
        "",
    ]
    lines += [f"Other {change_text(item)}" for item in report["inputs"]]
    lines += [] if report["inputs"] else ["Both were made of the same deliveries and reviewed files, by the same code."]
    for section in SECTIONS:
        rows = report[section.name]
        counted = "; ".join(
            f"{edition}: " + ", ".join(f"{n} {change}" for change, n in counts.items())
            for edition, counts in report["counts"][section.name].items()
        )
        lines += ["", f"{section.name.capitalize()}: {counted or 'no difference'}"]
        lines += [_line(section, row) for row in rows[:limit]]
        if len(rows) > limit:
            lines.append(f"  … and {len(rows) - limit} more: give --limit {len(rows)}, or --json")
    return "\n".join(lines)


def _line(section: Section, row: Row) -> str:
    place = " ".join(str(row[name]) for name in section.key if row[name] is not None)
    if row["change"] != "changed":
        values = row["before"] or row["after"]
        return f"  {place}: {row['change']} ({', '.join(f'{name} {_value(values[name])}' for name in values)})"
    changes = (f"{name} {_value(row['before'][name])} → {_value(row['after'][name])}" for name in row["before"])
    return f"  {place}: {', '.join(changes)}"


def _value(value: object) -> str:
    return "–" if value is None else repr(value) if isinstance(value, str) else str(value)
