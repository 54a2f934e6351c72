"""`clusterbench audit verify`: ledger, raw files, reviewed files and releases belong together, or what does not."""

from __future__ import annotations

from typing import Any

from audit.chain import Chain, find_head, read_chain
from audit.finding import Finding
from audit.releases import verify_releases
from audit.stores import Store, verify_raw, verify_reviewed
from ingestion.erasure import erasures_of
from orchestration.console import DONE, REFUSED
from orchestration.lock import is_held
from orchestration.paths import Home
from orchestration.publication import release_ids

Report = dict[str, Any]

_ATTEMPTS = 3  # while loads write to the ledger


def verify(home: Home, head: str | None = None) -> Report:
    """Judge everything of the home that the ledger tells of; nothing is written, and no fault ends the search.

    `head` is the hash of an entry that was noted elsewhere earlier: it must still be in the chain. `exit_code` is 3
    when something does not belong together.
    """
    for _ in range(_ATTEMPTS):
        before = _size(home)
        report = _judge(home, head)
        if _size(home) == before:
            break
    return report


def _size(home: Home) -> int:
    """The ledger's length: when it has grown meanwhile, files and links may be newer than what was read of it."""
    return home.ledger.stat().st_size if home.ledger.is_file() else 0


def _judge(home: Home, head: str | None) -> Report:
    is_locked = is_held(home.warehouse / "lock")
    raw = Store(home.root, home.raw, "raw files")
    reviewed = Store(home.root, home.reviewed, "reviewed files")
    chain = read_chain(home.ledger)
    findings = [*chain.findings, *_require_ledger(home, chain)]
    not_found = find_head(chain, head) if head else None
    findings += [not_found] if not_found else []
    released = [entry for entry in chain.entries if entry["event"] == "released"]
    findings += verify_raw(raw, chain, erasures_of(chain.entries), is_locked)
    findings += verify_reviewed(reviewed, released)
    findings += verify_releases(home, chain)
    faults = [finding.as_dict() for finding in findings if finding.is_fault]
    notes = [finding.as_dict() for finding in findings if not finding.is_fault]
    last = chain.head or {"sequence": 0, "hash": None, "at": None}
    report = {
        "home": str(home.root),
        "holds": not faults,
        "head": {name: last[name] for name in ("sequence", "hash", "at")},
        "noted_head": {"hash": head, "is_in_chain": not_found is None} if head else None,
        "load_at_work": is_locked,
        "counted": {
            "entries": len(chain.entries),
            "loads": len(chain.loads),
            "raw_files": len(raw.hashes),
            "reviewed_files": len(reviewed.hashes),
            "releases_made": len(released),
            "releases_kept": len(release_ids(home)),
        },
        "faults": faults,
        "notes": notes,
        "exit_code": REFUSED if faults else DONE,
    }
    return report | {"text": _text(report, findings)}


def _require_ledger(home: Home, chain: Chain) -> list[Finding]:
    """A fault when there is something to tell of and no ledger."""
    if chain.entries or not (home.raw.exists() or home.releases.exists()):
        return []
    return [Finding("ledger", home.ledger.name, "no entry", "an entry for every load", "Restore it from a backup.")]


def _text(report: Report, findings: list[Finding]) -> str:
    counted = report["counted"]
    lines = [
        f"Ledger      {counted['entries']} entries, {counted['loads']} loads, {counted['releases_made']} releases",
        f"Files       {counted['raw_files']} raw, {counted['reviewed_files']} reviewed, "
        f"{counted['releases_kept']} releases kept",
        f"Head        entry {report['head']['sequence']} of {report['head']['at'] or '–'}",
        f"            {report['head']['hash'] or '–'}",
    ]
    if report["noted_head"] and report["noted_head"]["is_in_chain"]:
        lines.append(f"            the entry noted as {report['noted_head']['hash'][:12]} is in the chain")
    if report["load_at_work"]:
        lines.append("A load is at work: what it is writing is not judged.")
    lines.append("")
    for is_fault, title in ((False, "note"), (True, "fault")):
        lines += [f"{title}: {finding.part}: {finding}" for finding in findings if finding.is_fault == is_fault]
    n_faults = len(report["faults"])
    told = "belong together" if not n_faults else f"do not belong together: {n_faults} fault{'s'[: n_faults > 1]}"
    return "\n".join([*lines, f"Ledger, raw files, reviewed files and releases {told}."])
