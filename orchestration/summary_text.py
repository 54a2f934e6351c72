"""The reports of the commands as text for a person."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ingestion.problem_table import table_of
from ingestion.problem_text import printable
from ingestion.synthetic import SYNTHETIC_NOTICE

Report = Mapping[str, Any]


def display(number: float | None) -> str:
    """A score as it is displayed: decimal, half up, two places."""
    if number is None:
        return "–"
    return str(Decimal(repr(number)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def as_text(command: str, report: Mapping[str, Any]) -> str:
    """The report of a command, for a person."""
    lines: list[str] = []
    if command == "status":
        lines = _status_text(report)
    if command == "revalidate":
        lines = revalidation_lines(report)
    if command == "erase":
        lines = _erasure_text(report)
    if served := report.get("served"):
        lines = [
            f"Release {served['release_id']} is served from the database {served['database']} on {served['host']}: "
            f"{served['n_tables']} tables, {served['n_rows']} rows, {served['seconds_waited']:.1f} s of waiting for "
            "readers."
        ]
    if earlier := report.get("as_of"):
        lines = _as_of_text(earlier)
    if checks := report.get("checks"):
        lines += _checks_text(report, checks)
    if seconds := report.get("seconds"):
        longest = sorted(seconds.items(), key=lambda item: -item[1])
        spent = ", ".join(f"{step} {value:.1f}" for step, value in longest if value >= 0.05)
        lines.append(f"Seconds by step: {spent}")
    return "\n".join(lines) + "\n"


def _as_of_text(earlier: Report) -> list[str]:
    """Which earlier state was rebuilt, by which code, and where it is."""
    lines = [
        f"State of {earlier['asked']}, published as {earlier['published_as']} on {earlier['published_at']}, "
        f"rebuilt in {earlier['home']}"
    ]
    if earlier["is_same_code"]:
        lines.append(f"The code is the same as then ({earlier['code_version_now']}).")
    else:
        revision = earlier["git_revision_then"] or "not recorded"
        lines.append(
            f"The code is another: {earlier['code_version_now']} now, {earlier['code_version_then']} then "
            f"(git revision {revision}). What differs may be its doing."
        )
    if earlier["published_as_is_kept"]:
        lines.append(
            f"Compare it with the release of then: clusterbench audit diff {earlier['published_as']} "
            f"{earlier['home']}/published"
        )
    if earlier["erased_since"]:
        lines.append(f"Erased since, and not in it: {earlier['erased_since']} entries (audit.erasure).")
    return lines


def _checks_text(report: Mapping[str, Any], checks: Mapping[str, int]) -> list[str]:
    counted = (
        f"{checks['passed']} passed, {checks['failed']} failed, {checks['warnings']} warnings, "
        f"{checks['not_applicable']} not applicable"
    )
    if "release" not in report:
        return [f"Checks      {counted}", f"Quality     {report['data_quality']}", f"Data Docs   {report['data_docs']}"]
    last = report["last_load"]
    loaded = f"({last['load_id']}: {last['outcome']})"
    if report["is_published"]:
        lines = [f"Release {report['release']} is published {loaded}."]
    else:
        published = report["published"] or "nothing yet"
        lines = [f"Release {report['release']} is provisional {loaded}: to be inspected. Published is {published}."]
    lines += [
        f"Edition {edition['edition_id']} is provisional: {edition['answered_all_surveys']} of "
        f"{edition['clusters']} clusters have answered every survey of the benchmark. Respondents: "
        + ", ".join(f"{survey} {n}" for survey, n in edition["respondents"].items())
        for edition in report["provisional_editions"]
    ]
    if report["is_sample"]:
        lines.append(SYNTHETIC_NOTICE)
    lines += ["", *_editions_text(report), "", f"Checks      {counted}"]
    lines += [
        "",
        f"Warehouse   {report['warehouse']}",
        f"Public      {report['public']}",
        f"Parquet     {report['parquet']}",
        f"CSV, Excel  {report['public_files']}",
        f"Quality     {report['data_quality']}",
        f"Data Docs   {report['data_docs']}",
        f"Dictionary  {report['dictionary']}",
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


def revalidation_lines(report: Report) -> list[str]:
    """What comparing the published release with a rebuild has found."""
    same = "is as rebuilt" if not report["differences"] else "differs from what was rebuilt"
    lines = [f"Release {report['release']} {same}: {report['tables_compared']} tables were compared row for row."]
    lines += [f"  {difference}" for difference in report["differences"]]
    return lines + [f"It was made of other {reason}" for reason in report["other_inputs"]]


def _erasure_text(report: Report) -> list[str]:
    """What was erased where, and what is left to do by hand."""
    who = f"Respondent {report['respondent_id']} of {report['survey']}, edition {report['edition_id']}"
    lines = [f"{who}: erased already." if report["already_erased"] else f"{who}: erased."]
    for file in report["files"]:
        rows = ", ".join(map(str, file["row_numbers"]))
        kept = f"row {rows} is blank in {file['erased_sha256'][:12]}" if rows else "could not be read: removed whole"
        lines.append(f"  {file['file_name']} ({file['file_sha256'][:12]}): {kept}")
    if report.get("states_removed"):
        lines.append(f"Rebuilt earlier states removed: {', '.join(report['states_removed'])}")
    if report["copies_deleted"]:
        lines.append(f"Deleted from the raw store: {len(report['copies_deleted'])} copies")
    if report["releases_removed"]:
        lines.append(f"Releases removed: {', '.join(report['releases_removed'])}")
    for place in report["inbox"]:
        rows = f"row {', '.join(map(str, place['rows']))}" if place["rows"] else "it cannot be read"
        lines.append(f"The inbox is yours and still holds the respondent: {place['file']} ({rows})")
    for place in report.get("still_served", ()):
        lines.append(
            f"The database {place['database']} on {place['host']}, port {place['port']}, may still show "
            f"{' or '.join(place['releases'])}: publish to it again with clusterbench publish --to URL"
        )
    return [*lines, "Backups and files elsewhere are yours to clean.", ""]


def _status_text(report: Mapping[str, Any]) -> list[str]:
    lines = [
        f"Home        {report['home']}",
        f"Published   {report['published'] or 'nothing yet'}",
        f"Releases    {', '.join(report['releases']) or 'none'}",
    ]
    if release := report["provisional"]["release"]:
        shown = ", ".join(map(str, report["provisional"]["editions"]))
        lines.append(f"Provisional {release} (edition {shown}), not published")
    lines.append("")
    lines += [f"Edition {edition}: overdue since {day}" for edition, day in report["overdue"].items()]
    for edition in report["editions"]:
        reason = f" – {edition['reason']}" if edition["reason"] else ""
        last = " (provisional)" if edition["last_is_provisional"] else ""
        current = " (provisional)" if edition["current_is_provisional"] else ""
        lines.append(
            f"Edition {edition['edition_id']}: last load {edition['last_load']} {edition['outcome']}{last}{reason}; "
            f"current {edition['current_load'] or 'none'}{current}"
        )
        lines += _problems_text(edition)
    lines += [
        f"Edition {erased['edition_id']}: respondent {erased['respondent_id']} of {erased['survey']} was erased on "
        f"{erased['erased_at'][:10]}"
        for erased in report["erasures"]
    ]
    if not report["editions"]:
        lines.append("No delivery was loaded yet.")
    failed = report["failed_checks"]
    lines += ["", f"Failed checks of the last run: {len(failed)}"]
    lines += [
        f"  {row['severity']:<8} {row['door']:<6} {row['check_id']} ({row['edition_id']}): {row['n_failed']} failed"
        for row in failed
    ]
    if page := report["data_quality"]:
        lines += ["", f"Data quality of the last run: {page}"]
    return lines


# So many problems of a load are shown with its edition; the whole list has a command of its own.
_MOST_SHOWN = 3


def _problems_text(edition: Report) -> list[str]:
    """The first errors of an edition's last load, and how many problems of which severity there are."""
    shown = [line for line in table_of(edition["problems"], "en") if line.severity == "error"][:_MOST_SHOWN]
    lines = [
        printable(
            f"  {line.file}, row {line.row or '–'}, column {line.column or '–'}: {line.reason}; found {line.found}; "
            f"expected {line.expected}"
        )
        for line in shown
    ]
    if edition["problems"]:
        counts = ", ".join(f"{n} {name}{'s' if n > 1 else ''}" for name, n in edition["counts"].items() if n)
        lines.append(f"  {counts}: clusterbench problems {edition['last_load']}")
    return lines
