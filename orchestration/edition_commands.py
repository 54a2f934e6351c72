"""What the command does about an edition before it is loaded: without Dagster, and without a lock on the warehouse."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.leftovers import UNPACKED
from orchestration.paths import Home

if TYPE_CHECKING:
    from ingestion.preview import Preview

Report = dict[str, Any]


def manifest(home: Home, edition_id: int, inbox: str | None) -> Report:
    """Write the manifest of an edition's delivery in `inbox`, by default that of the home."""
    from ingestion.manifest import MANIFEST, write_manifest

    folder = (Path(inbox) if inbox else home.inbox) / str(edition_id)
    hashes = write_manifest(folder)
    lines = [f"{folder / MANIFEST} names {len(hashes)} files:", *(f"  {name}" for name in hashes)]
    return {"manifest": str(folder / MANIFEST), "files": hashes, "text": "\n".join(lines)}


def dry_run(home: Home, edition_id: int, folder: str | None, is_provisional: bool) -> tuple[bool, Report]:
    """Compare a delivery with its codebook, without loading it; whether it would be accepted, and what was found."""
    from ingestion.codebook import load_codebook
    from ingestion.identity import load_identities
    from ingestion.ledger import Ledger
    from ingestion.preview import preview

    inbox = Path(folder) if folder else home.inbox / str(edition_id)
    identities, erasures = load_identities(home.clusters), Ledger(home.ledger).erasures()
    # In the home, since it may be persons' answers that are unpacked; nothing of it is left behind.
    scratch = home.root / f"{UNPACKED}{os.getpid()}" if home.root.is_dir() else None
    seen = preview(load_codebook(edition_id), inbox, identities, is_provisional, erasures, scratch)
    report: Report = {
        "edition_id": edition_id,
        "folder": str(inbox),
        "accepted": not seen.problems,
        "is_provisional": is_provisional,
        "is_sample": seen.is_sample,
        "warnings": list(seen.warnings),
        "problems": [problem.as_dict() for problem in seen.problems],
        "clusters": {"register": len(seen.clusters), "answered_all_surveys": len(seen.answered_all)},
        "surveys": {
            name: {
                "file": survey.file_name,
                "respondents": survey.n_respondents,
                "answers": survey.n_answers,
                "given": survey.n_given,
                "clusters_answered": len(survey.answered),
                "clusters_not_answered": sorted(seen.clusters - survey.answered),
                "clusters_with_too_few": dict(survey.too_few),
                "proposals": [vars(proposal) for proposal in survey.proposals],
            }
            for name, survey in seen.surveys.items()
        },
    }
    return report["accepted"], report | {"text": _dry_run_text(seen, inbox)}


def new_edition(edition_id: int, source_id: int, framework_id: str | None) -> Report:
    """Scaffold the codebook of an edition from an earlier one, in the folder of codebooks in use."""
    from ingestion.codebook import codebooks_folder
    from ingestion.scaffold import scaffold

    made = scaffold(edition_id, source_id, codebooks_folder(), framework_id)
    lines = [f"{made.folder} is made from {source_id}; {made.n_shifted} texts name later years.", "", "Review next:"]
    lines += [f"  {number}. {item}" for number, item in enumerate(made.review, 1)]
    return {
        "edition_id": made.edition_id,
        "folder": str(made.folder),
        "framework": str(made.framework) if made.framework else None,
        "shifted": made.n_shifted,
        "review": list(made.review),
        "text": "\n".join(lines),
    }


def _dry_run_text(seen: Preview, inbox: Path) -> str:
    n_problems = len(seen.problems)
    lines = [
        f"Edition {seen.edition_id}, {inbox}: nothing was loaded.",
        "",
        f"Clusters    {len(seen.clusters)} in the register, {len(seen.answered_all)} have answered every survey "
        "of the benchmark",
    ]
    lines += [
        f"  {name:<16} {survey.n_respondents} respondents, {survey.n_answers} answers, {survey.n_given} given; "
        f"{len(survey.answered)} of {len(seen.clusters)} clusters"
        for name, survey in seen.surveys.items()
    ]
    if seen.warnings:
        lines += ["", f"Warnings    {len(seen.warnings)}", *(f"  {warning}" for warning in seen.warnings)]
    lines += ["", f"Differences {n_problems or 'none'}"]
    lines += [f"  {number}. {problem}" for number, problem in enumerate(seen.problems, 1)]
    verdict = "The delivery would be refused." if n_problems else "The delivery would be accepted; the doors come next."
    return "\n".join([*lines, "", verdict])
