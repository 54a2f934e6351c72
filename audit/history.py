"""`clusterbench audit history`: loads, releases and erasures as the ledger tells them, and what changed in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.made_of import change_text, changes
from ingestion.erasure import erasures_of
from ingestion.ledger import Ledger
from ingestion.load import Load, loads_of
from orchestration.paths import Home
from orchestration.publication import release_ids

Report = dict[str, Any]
Entry = Mapping[str, Any]

_CODE = ("code_version", "git_revision", "lock_sha256")


def history(home: Home, edition_id: int | None = None) -> Report:
    """Everything on record, or what concerns one edition, in the order of the ledger."""
    entries = list(Ledger(home.ledger).entries())
    loads = loads_of(entries)
    report: Report = {
        "edition_id": edition_id,
        "published": (home.published_release() or {"release_id": None})["release_id"],
        "loads": [_load(load, loads) for load in loads if edition_id in (None, load.edition_id)],
        "releases": _releases(entries, loads, set(release_ids(home)), edition_id),
        "erasures": [
            vars(erasure) | {"row_numbers": list(erasure.row_numbers)}
            for erasure in erasures_of(entries).entries
            if edition_id in (None, erasure.edition_id)
        ],
    }
    return report | {"text": _text(report)}


def _load(load: Load, loads: Sequence[Load]) -> Report:
    return {
        "load_id": load.load_id,
        "edition_id": load.edition_id,
        "outcome": load.outcome or "open",
        "reason": load.reason,
        "started_at": load.started_at,
        "finished_at": load.finished_at,
        "delivery_id": load.delivery_id,
        "n_files": len(load.files),
        "n_rows": sum(load.n_rows.values()),
        "n_answers": load.n_answers,
        "n_rejected": len(load.rejected),
        "n_problems": len(load.problems),
        "is_provisional": load.is_provisional,
        "superseded_by": _superseded_by(load, loads),
        "code_version": load.code_version,
        "git_revision": load.git_revision,
        "lock_sha256": load.lock_sha256,
        "run_id": load.run_id,
    }


def _superseded_by(load: Load, loads: Sequence[Load]) -> str | None:
    """The load whose delivery took the place of this one's; None while it is current, or if it never was."""
    published = [other.load_id for other in loads if other.edition_id == load.edition_id and _was_current(other)]
    later = published[published.index(load.load_id) + 1 :] if load.load_id in published else []
    return later[0] if later else None


def _was_current(load: Load) -> bool:
    return load.outcome == "loaded" and load.is_for_publication


def _releases(entries: Iterable[Entry], loads: Sequence[Load], kept: set[str], edition_id: int | None) -> list[Report]:
    """Every release and restoration, with what a release was made of that the one before was not."""
    by_id = {load.load_id: load for load in loads}
    made: dict[str, Entry] = {}
    before: Report = {}
    told = []
    for entry in entries:
        if entry["event"] not in ("released", "restored"):
            continue
        release_id = entry["release_id"]
        if entry["event"] == "released":
            made[release_id] = entry
            made_of = _made_of(entry, by_id)
            changed = changes(before, made_of) if before else []
            before = made_of
        else:
            changed = []
        shown = made.get(release_id, {"loads": []})["loads"]
        if edition_id is None or any(by_id[load].edition_id == edition_id for load in shown if load in by_id):
            told.append(
                {
                    "event": entry["event"],
                    "release_id": release_id,
                    "at": entry["at"],
                    "is_for_publication": made.get(release_id, {}).get("is_for_publication", True),
                    "is_kept": release_id in kept,
                    "loads": list(shown),
                    "changes": changed,
                }
            )
    return told


def _made_of(entry: Entry, loads: Mapping[str, Load]) -> Report:
    """What a release was made of; entries from before the code was recorded do not say that part."""
    shown = [loads[load] for load in entry["loads"] if load in loads]
    deliveries = {f"delivery of {load.edition_id}": load.delivery_id for load in shown}
    code = {name: entry[name] for name in _CODE if entry.get(name)}
    return deliveries | dict(entry.get("reviewed") or {}) | code


def _text(report: Report) -> str:
    lines = ["Load     Edition  Outcome    Started               Delivery      Files    Rows  Answers  Rejected"]
    for load in report["loads"]:
        delivery = (load["delivery_id"] or "–")[:12]
        answers = "–" if load["n_answers"] is None else load["n_answers"]
        notes = ["provisional"] if load["is_provisional"] else []
        notes += [f"superseded by {load['superseded_by']}"] if load["superseded_by"] else []
        notes += [load["reason"]] if load["reason"] else []
        lines.append(
            f"{load['load_id']}  {load['edition_id']:>7}  {load['outcome']:<9}  {load['started_at']}  {delivery:<12}  "
            f"{load['n_files']:>5}  {load['n_rows']:>6}  {answers:>7}  {load['n_rejected']:>8}"
            + (f"  {'; '.join(notes)}" if notes else "")
        )
    if not report["loads"]:
        lines = ["No load is on record."]
    for release in report["releases"]:
        if release is report["releases"][0]:
            lines.append("")
        what = "published again" if release["event"] == "restored" else "published"
        if not release["is_for_publication"]:
            what = "made to be inspected"
        kept = "" if release["is_kept"] else " (no longer kept)"
        now = ", which readers use now" if release["release_id"] == report["published"] and release["is_kept"] else ""
        lines.append(f"{release['release_id']}  {release['at']}  {what} with {', '.join(release['loads'])}{kept}{now}")
        lines += [f"    other {change_text(change)}" for change in release["changes"]]
    if report["erasures"]:
        lines.append("")
    for erasure in report["erasures"]:
        rows = ", ".join(map(str, erasure["row_numbers"]))
        lines.append(
            f"{erasure['erased_at']}  respondent {erasure['respondent_id']} of {erasure['survey']}, edition "
            f"{erasure['edition_id']}, erased from {erasure['file_name']} ({erasure['file_sha256'][:12]}): "
            + (f"row {rows}" if rows else "removed whole")
            + f"; {erasure['reason']}"
        )
    return "\n".join(lines)
