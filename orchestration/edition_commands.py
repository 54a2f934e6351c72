"""What the command does about an edition before it is loaded: without Dagster, and without a lock on the warehouse."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestration.leftovers import UNPACKED
from orchestration.paths import Home

if TYPE_CHECKING:
    from ingestion.preview import Preview
    from ingestion.problem import Language
    from ingestion.problem_page import Format

Report = dict[str, Any]


def manifest(home: Home, edition_id: int, inbox: str | None) -> Report:
    """Write the manifest of an edition's delivery in `inbox`, by default that of the home."""
    from ingestion.manifest import MANIFEST, write_manifest

    folder = (Path(inbox) if inbox else home.inbox) / str(edition_id)
    hashes = write_manifest(folder)
    lines = [f"{folder / MANIFEST} names {len(hashes)} files:", *(f"  {name}" for name in hashes)]
    return {"manifest": str(folder / MANIFEST), "files": hashes, "text": "\n".join(lines)}


def dry_run(
    home: Home,
    edition_id: int,
    folder: str | None,
    is_provisional: bool,
    language: Language = "en",
    form: Format = "text",
) -> tuple[bool, Report]:
    """Compare a delivery with its codebook, without loading it; whether it would be accepted, and what was found."""
    from ingestion.codebook import load_codebook
    from ingestion.identity import load_identities
    from ingestion.ledger import Ledger
    from ingestion.preview import preview
    from ingestion.problem_page import render

    inbox = Path(folder) if folder else home.inbox / str(edition_id)
    identities, erasures = load_identities(home.clusters), Ledger(home.ledger).erasures()
    # In the home, since it may be persons' answers that are unpacked; nothing of it is left behind.
    scratch = home.root / f"{UNPACKED}{os.getpid()}" if home.root.is_dir() else None
    seen = preview(load_codebook(edition_id), inbox, identities, is_provisional, erasures, scratch)
    report: Report = {
        "edition_id": edition_id,
        "folder": str(inbox),
        "accepted": seen.is_accepted,
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
    title = DRY_RUN[language].title.format(edition=edition_id, inbox=inbox)
    text = render(report["problems"], title, language, form, seen.is_sample)
    if form == "text":
        text = "\n".join([text, "", *_overview(seen, DRY_RUN[language])])
    return report["accepted"], report | {"text": text}


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


class DryRunWords(NamedTuple):
    """What a dry run says in one language beside the list of problems."""

    title: str
    clusters: str
    survey: str
    warnings: str
    accepted: str
    refused: str


DRY_RUN: Mapping[Language, DryRunWords] = {
    "en": DryRunWords(
        "Edition {edition}, {inbox}: nothing was loaded.",
        "Clusters    {n} in the register, {answered} have answered every survey of the benchmark",
        "{respondents} respondents, {answers} answers, {given} given; {answered} of {n} clusters",
        "Warnings",
        "The delivery would be accepted; the doors come next.",
        "The delivery would be refused.",
    ),
    "pl": DryRunWords(
        "Edycja {edition}, {inbox}: nic nie załadowano.",
        "Klastry     {n} w rejestrze, {answered} odpowiedziało na wszystkie ankiety benchmarkingu",
        "respondentów: {respondents}, odpowiedzi: {answers}, udzielonych: {given}; klastrów: {answered} z {n}",
        "Ostrzeżenia",
        "Dostawa zostałaby przyjęta; dalej są bramki kontroli.",
        "Dostawa zostałaby odrzucona.",
    ),
}


def _overview(seen: Preview, words: DryRunWords) -> list[str]:
    """What would come in, what is lacking beside the benchmark, and whether the delivery would be accepted."""
    n = len(seen.clusters)
    lines = [words.clusters.format(n=n, answered=len(seen.answered_all))]
    for name, survey in seen.surveys.items():
        told = words.survey.format(
            respondents=survey.n_respondents,
            answers=survey.n_answers,
            given=survey.n_given,
            answered=len(survey.answered),
            n=n,
        )
        lines.append(f"  {name:<16} {told}")
    if seen.warnings:
        lines += ["", f"{words.warnings:<11} {len(seen.warnings)}", *(f"  {warning}" for warning in seen.warnings)]
    return [*lines, "", words.accepted if seen.is_accepted else words.refused]
