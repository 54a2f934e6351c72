"""Data Docs of one run as static pages that open without a network: an index, a page per door and edition.

Great Expectations renders each validated expectation; the page around it is ours, since its own fetches style
sheets, scripts and pictures from half a dozen hosts and fills its index by them.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.check import DOORS
from expectations.result import CheckResult, DoorReport
from expectations.style import STYLE
from ingestion.synthetic import SYNTHETIC_NOTICE

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.render.view import DefaultJinjaComponentView

_DOORS = {
    "raw": "Raw door: the delivery as it was read",
    "facts": "Facts door: indicator values",
    "scores": "Scores door: scores and their distributions",
}
_STATUS = {"pass": "pass", "fail": "fail", "error": "not run", "not_applicable": "not applicable"}


def build_data_docs(reports: Sequence[DoorReport], out: Path, *, is_sample: bool | None = None) -> Path:
    """Write the pages of the doors that were run into the folder `out`, in place of earlier ones.

    `is_sample` (by default what the doors saw) puts on every page that the data are synthetic. Needs the
    descriptions of the checks as they are now; a door that is reported twice is shown as it was last.
    Returns the index.
    """
    from expectations.runner import intended_checks

    latest = {report.door: report for report in reports}
    shown = [latest[door] for door in DOORS if door in latest]
    notice = any(report.is_sample for report in shown) if is_sample is None else is_sample
    descriptions = {check.check_id: check.description for check in intended_checks()}
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    for report in shown:
        for edition in _editions([report]):
            page = _door_page(report, edition, descriptions, notice)
            (out / _page_name(report.door, edition)).write_text(page, encoding="utf-8")
    index = out / "index.html"
    index.write_text(_index_page(shown, notice), encoding="utf-8")
    return index


def _editions(reports: Iterable[DoorReport]) -> list[int]:
    return sorted({row.edition_id for report in reports for row in report.results if row.edition_id is not None})


def _page_name(door: str, edition: int) -> str:
    return f"{door}_{edition}.html"


def _page(title: str, subtitle: str, body: str, is_sample: bool) -> str:
    notice = f'<div class="notice">{escape(SYNTHETIC_NOTICE)}</div>' if is_sample else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – Clusterbench Data Docs</title>\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{escape(title)}</h1><p>{escape(subtitle)}</p></header>\n{notice}\n{body}\n"
        "<footer>Data Docs of Clusterbench, evaluated and rendered by Great Expectations.</footer>\n"
        "</body>\n</html>\n"
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> str:
    """A table of cells that are HTML already; the columns `numbers` are set to the right."""
    right = {place: ' class="number"' for place in numbers}
    head = "".join(f"<th{right.get(place, '')}>{cell}</th>" for place, cell in enumerate(header))
    lines = [
        "<tr>" + "".join(f"<td{right.get(place, '')}>{cell}</td>" for place, cell in enumerate(row)) + "</tr>"
        for row in rows
    ]
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _badge(row: CheckResult) -> str:
    return f'<span class="badge {row.status} {row.severity}">{_STATUS[row.status]}</span>'


def _subtitle(rows: Sequence[CheckResult]) -> str:
    return f"Checked {rows[0].checked_at:%Y-%m-%d %H:%M} UTC, run {rows[0].run_id}" if rows else "No check was run"


def _counts(rows: Sequence[CheckResult]) -> list[int]:
    """Passed, failed critically, warnings, not run, not applicable."""
    counted = Counter((row.status, row.severity) for row in rows)
    status = Counter(row.status for row in rows)
    return [
        status["pass"],
        counted["fail", "critical"],
        counted["fail", "warning"],
        status["error"],
        status["not_applicable"],
    ]


def _index_page(reports: Sequence[DoorReport], is_sample: bool) -> str:
    rows = [row for report in reports for row in report.results]
    overview = []
    for report in reports:
        for edition in _editions([report]):
            own = [row for row in report.results if row.edition_id == edition]
            link = f'<a href="{_page_name(report.door, edition)}">{escape(_DOORS[report.door])}</a>'
            overview.append([str(edition), link, *map(str, [len(own), *_counts(own)])])
    header = [
        "Edition",
        "Door",
        "Checks",
        "Passed",
        "Failed, critical",
        "Failed, warning",
        "Not run",
        "Not applicable",
    ]
    failed = [
        [
            str(row.edition_id),
            f'<a href="{_page_name(row.door, row.edition_id)}#{row.check_id}">{escape(row.check_id)}</a>',
            _badge(row),
            escape(row.severity),
            escape(row.observed),
        ]
        for row in sorted(rows, key=lambda row: row.severity)
        if row.status in ("fail", "error") and row.edition_id is not None
    ]
    found = _table(["Edition", "Check", "Result", "Severity", "Observed"], failed) if failed else "<p>None.</p>"
    stopped = any(row.is_critical_failure for row in rows)
    colour = "fail" if stopped else "fail warning" if failed else "pass"
    body = (
        '<div class="layout"><main>'
        f"<section><h2>Doors</h2>{_table(header, overview, numbers=range(2, 8))}"
        "<p>A critical check that fails, or cannot be run, stops the publication. Warnings do not. "
        'History, dbt\'s tests and a table to download: <a href="../data_quality/index.html">data quality</a>.</p>'
        f'</section><section class="{colour}"><h2>What did not pass</h2>'
        f'<div class="scroll">{found}</div></section></main></div>'
    )
    return _page("Clusterbench Data Docs", _subtitle(rows), body, is_sample)


def _door_page(report: DoorReport, edition: int, descriptions: Mapping[str, str], is_sample: bool) -> str:
    rows = [row for row in report.results if row.edition_id == edition]
    contents = "".join(
        f'<li class="{row.status}">{_badge(row)} <a href="#{row.check_id}">{escape(row.check_id)}</a></li>'
        for row in rows
    )
    sections = "".join(
        _section(number, row, descriptions.get(row.check_id, ""), report.validations.get((edition, row.check_id)))
        for number, row in enumerate(rows, start=1)
    )
    names = ["passed", "failed critically", "warnings", "not run", "not applicable"]
    summary = ", ".join(f"{count} {name}" for count, name in zip(_counts(rows), names, strict=True))
    body = (
        '<input type="checkbox" id="failed-only">'
        '<label class="filter" for="failed-only">Failed checks only</label>'
        f'<div class="layout"><nav><a href="index.html">All doors</a><p>{len(rows)} checks: {summary}</p>'
        f"<ol>{contents}</ol></nav><main>{sections}</main></div>"
    )
    title = f"{_DOORS[report.door]}, edition {edition}"
    return _page(title, _subtitle(rows), body, is_sample)


def _section(number: int, row: CheckResult, description: str, validation: ExpectationValidationResult | None) -> str:
    column = f".{row.column_name}" if row.column_name else ""
    load = f" · load {row.load_id}" if row.load_id else ""
    severity = "<strong>critical</strong>" if row.severity == "critical" else escape(row.severity)
    return (
        f'<section id="{row.check_id}" class="{row.status} {row.severity}">'
        f"<h2>{escape(row.check_id)} {_badge(row)}</h2>"
        f'<p class="where">{severity} · {row.dimension} · {escape(row.entity + column)}{escape(load)}</p>'
        f"<p>{escape(description)}</p>"
        f"<p><strong>Expected:</strong> {escape(row.expected)}</p>"
        f"<p><strong>Observed:</strong> {escape(row.observed)}</p>"
        f"{_rendered(validation, number) if validation else ''}{_keys(row)}</section>"
    )


def _rendered(validation: ExpectationValidationResult, number: int) -> str:
    """The expectation and what it found, as Great Expectations renders them. `number` keeps the ids apart."""
    from great_expectations.render.renderer.content_block import ValidationResultsTableContentBlockRenderer

    block = ValidationResultsTableContentBlockRenderer.render([validation], include_column_name=True)
    place = {"section_loop": {"index": number}, "content_block_loop": {"index": 1}}
    return _view().render({"content_block": block.to_json_dict(), **place})


@cache
def _view() -> DefaultJinjaComponentView:
    from great_expectations.render.view import DefaultJinjaComponentView

    view = DefaultJinjaComponentView()
    # It compiles its templates anew for every component, which is nearly all the time that the pages take.
    view._get_template = cache(view._get_template)
    return view


def _keys(row: CheckResult) -> str:
    keys = json.loads(row.failing_keys)
    if not any(keys):
        return ""
    columns = list(dict.fromkeys(name for key in keys for name in key))
    told = f"{len(keys)} of {row.n_failed}" if row.n_failed and row.n_failed > len(keys) else str(len(keys))
    cells = ([escape(str(key.get(name, ""))) for name in columns] for key in keys)
    table = _table([escape(name) for name in columns], cells)
    return f'<h3>What failed ({told})</h3><div class="keys">{table}</div>'
