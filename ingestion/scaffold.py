"""The codebook of the next edition, scaffolded from an earlier one: the same questions, asked of later years.

Only what certainly moves with the edition is changed: its id, names and period, and the years of the source's
reference period where questions and headers name them. Everything else is for a person to review.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingestion.codebook import Codebook, load_codebook
from ingestion.framework import framework_path

# Where questions and options name the years asked about.
_TEXTS = {
    "questions.csv": ("header", "wording_pl", "wording_en", "reference_year"),
    "options.csv": ("header", "label_pl", "label_en"),
}
_COMMENT = re.compile(r"(?:^|\s)#.*")


class EditionExists(Exception):
    """The edition or framework to be made is there already; nothing was changed."""


@dataclass(frozen=True)
class Scaffold:
    """What was made, and what a person looks at next, in this order."""

    edition_id: int
    folder: Path
    framework: Path | None
    n_shifted: int
    review: tuple[str, ...]


def shift_years(text: str, years: Mapping[int, int]) -> str:
    """The text with each of the `years` that stands for itself, not within a longer number, replaced."""
    return re.sub(r"(?<!\d)\d{4}(?!\d)", lambda found: str(years.get(int(found[0]), found[0])), text)


def _shift_rows(path: Path, columns: tuple[str, ...], years: Mapping[int, int]) -> int:
    """Shift the years in some columns of a CSV file; returns how many cells changed."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), list(reader.fieldnames or ())
    shifted = [row | {name: shift_years(row[name], years) for name in columns} for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(shifted)
    return sum(old[name] != new[name] for old, new in zip(rows, shifted, strict=True) for name in columns)


def _shift_settings(text: str, years: Mapping[int, int], framework_id: str | None, origin: str) -> str:
    """edition.yml of the new edition: comments as they are, frameworks by name, no day by which it is expected."""
    lines = [origin]
    for line in text.splitlines():
        key = line.split(":")[0].strip()
        comment = found[0] if (found := _COMMENT.search(line)) else ""
        value = line.removesuffix(comment)
        if key == "expected_by":
            continue
        if key == "framework_id" and framework_id:
            indent = value[: len(value) - len(value.lstrip())]
            lines.append(f"{indent}framework_id: {framework_id}  # ../frameworks/{framework_id}.csv")
        elif key in ("framework_id", "conforms_to"):
            lines.append(line)
        else:
            lines.append(shift_years(value, years) + comment)
    return "\n".join(lines) + "\n"


def _year_bounds(codebook: Codebook, years: Mapping[int, int]) -> list[str]:
    """The bounds of questions that look like years of the source, which only a person can tell from amounts."""
    names = ("hard_minimum", "hard_maximum", "plausible_minimum", "plausible_maximum")
    return [
        f"{question.question_id} {name} {getattr(question, name):.0f}"
        for question in codebook.questions
        for name in names
        if getattr(question, name) in years
    ]


def _review(folder: Path, source: Codebook, framework: Path | None, years: Mapping[int, int]) -> tuple[str, ...]:
    edition_id, origin = folder.name, source.edition_id
    bounds = ", ".join(_year_bounds(source, years)) or "none"
    used = framework or framework_path(folder.parent, source.settings.framework_id)
    whose = "a copy, its own" if framework else "shared with other editions: give the edition its own to change it"
    return (
        f"{folder / 'edition.yml'}: names, period, settings of the method, `expected_by`; names, sheets and header "
        "rows of the files; the comments, which are those of the source",
        f"{used}: areas, sub-areas and indicators ({whose})",
        f"{folder / 'questions.csv'}: questions new, dropped or changed; wordings, headers, units and multipliers; "
        f"reference years; bounds that look like years of {origin}: {bounds}",
        f"{folder / 'options.csv'} and totals.csv: options, headers and codes; parts that may not exceed a whole",
        f"{folder / 'rules.csv'}: how answers make each indicator (a row per indicator asked)",
        f"{folder / 'conformance.csv'}: how each node conforms to {source.settings.conforms_to}; "
        "what changed needs a variant and a note, what is new has no node of today",
        f"{folder / 'cuts.csv'} and segments.csv: categories, and bands: those of founding years move with time",
        f"{folder / 'bands.csv'}, confirmations.csv and characteristics.csv, where there are any: bands of a survey's "
        "points, answers of members that confirm their coordinator's, what describes the clusters that took part",
        "clusters/aliases.csv in CLUSTERBENCH_HOME: the names of clusters that are new or renamed",
        f"clusterbench load {edition_id} --dry-run, with the first files that arrive",
    )


def scaffold(edition_id: int, source_id: int, root: Path, framework_id: str | None = None) -> Scaffold:
    """Make the codebook folder of `edition_id` from that of `source_id`, complete or not at all.

    With `framework_id` the source's framework is copied under that name, for the new edition to change. Raises
    EditionExists when folder or framework are there, CodebookError when the source cannot be read.
    """
    source = load_codebook(source_id, root)
    folder, partial = root / str(edition_id), root / f".{edition_id}.partial"
    framework = framework_path(root, framework_id) if framework_id else None
    for path in (folder, framework):
        if path and path.exists():
            raise EditionExists(f"{path} is there already; nothing was changed. Remove it to scaffold it anew.")
    by = edition_id - source_id
    asked_about = range(source.settings.period_from, source.settings.period_to + 1)
    years = {year: year + by for year in asked_about}
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(root / str(source_id), partial)
    n_shifted = sum(_shift_rows(partial / name, columns, years) for name, columns in _TEXTS.items())
    origin = f"# Scaffolded from the {source_id} edition; what it does not say of {edition_id} is still {source_id}'s."
    settings = (partial / "edition.yml").read_text(encoding="utf-8")
    text = _shift_settings(settings, years | {source_id: edition_id}, framework_id, origin)
    (partial / "edition.yml").write_text(text, encoding="utf-8")
    if framework:
        shutil.copyfile(framework_path(root, source.settings.framework_id), framework)
    partial.rename(folder)
    load_codebook(edition_id, root)
    review = _review(folder, source, framework, years | {source_id: edition_id})
    return Scaffold(edition_id, folder, framework, n_shifted, review)
