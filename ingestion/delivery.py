"""Receiving a delivery: its files are found, copied unchanged by content hash, and read by the edition's codebook."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.answers import Reading, SourceFile, read_answers
from ingestion.codebook import Codebook
from ingestion.identity import Identities
from ingestion.problem import DeliveryRefused, Problem
from ingestion.table import FileUnreadable, Table, read_table

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Delivery:
    """A complete set of an edition's files; `delivery_id` is the hash of what they hold, whatever they are called."""

    edition_id: int
    delivery_id: str
    files: tuple[SourceFile, ...]


def find_files(codebook: Codebook, inbox: Path) -> dict[str, Path]:
    """The file of each survey in the edition's inbox.

    Raises DeliveryRefused when a survey has no file or several, or a file belongs to no survey.
    """
    present = sorted(path for path in inbox.iterdir() if not path.name.startswith(".")) if inbox.is_dir() else []
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    unclaimed = set(present)
    patterns = ", ".join(survey.file_pattern for survey in codebook.surveys.values())
    for name, survey in codebook.surveys.items():
        matches = [
            path for path in present if path.match(survey.file_pattern) and path.is_file() and not path.is_symlink()
        ]
        unclaimed -= set(matches)
        if len(matches) == 1:
            found[name] = matches[0]
        else:
            problems.append(
                Problem(
                    1,
                    str(inbox / survey.file_pattern),
                    None,
                    None,
                    f"survey {name} needs one file",
                    ", ".join(path.name for path in matches) or "no file",
                    f"one file named {survey.file_pattern}",
                    "Put the complete delivery into the inbox." if not matches else "Keep only the valid file.",
                )
            )
    problems += [
        Problem(
            1,
            str(path),
            None,
            None,
            "the file belongs to no survey of the edition",
            path.name,
            f"names like {patterns}",
            "Rename it, or take it out of the inbox.",
        )
        for path in sorted(unclaimed)
    ]
    if problems:
        raise DeliveryRefused(codebook.edition_id, problems)
    return found


def stored_path(raw: Path, file: SourceFile) -> Path:
    """Where the raw store keeps the copy of a delivered file."""
    return raw / f"{file.sha256}{Path(file.file_name).suffix.lower()}"


def _store(source: Path, raw: Path, survey: str, format: str, received_at: str) -> SourceFile:
    """Copy one file into the raw store. The copy is hashed as it is written, and read-only once it has its name."""
    raw.mkdir(parents=True, exist_ok=True)
    digest, n_bytes, partial = hashlib.sha256(), 0, raw / f".partial-{os.getpid()}-{survey}"
    try:
        with source.open("rb") as delivered, partial.open("wb") as copy:
            while chunk := delivered.read(_CHUNK):
                digest.update(chunk)
                n_bytes += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        file = SourceFile(survey, source.name, digest.hexdigest(), n_bytes, format, received_at)
        target = stored_path(raw, file)
        if not target.exists():
            partial.chmod(0o444)
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return file


def receive(codebook: Codebook, inbox: Path, raw: Path, received_at: str) -> Delivery:
    """Copy the edition's files from the inbox (never changed by us) to the raw store.

    Raises DeliveryRefused when the set of files is not complete.
    """
    found = find_files(codebook, inbox)
    files = tuple(
        _store(path, raw, survey, codebook.surveys[survey].format, received_at)
        for survey, path in sorted(found.items())
    )
    content = "\n".join(f"{file.survey} {file.sha256}" for file in files)
    return Delivery(codebook.edition_id, hashlib.sha256(content.encode()).hexdigest(), files)


def _tables(
    codebook: Codebook, delivery: Delivery, raw: Path, problems: list[Problem]
) -> Iterator[tuple[str, tuple[SourceFile, Table]]]:
    for file in delivery.files:
        try:
            yield (
                file.survey,
                (file, read_table(stored_path(raw, file), file.file_name, codebook.surveys[file.survey])),
            )
        except FileUnreadable as error:
            problems.append(error.problem)


def read_delivery(codebook: Codebook, delivery: Delivery, raw: Path, identities: Identities) -> Reading:
    """Read a received delivery from its raw copies; `identities` tells which clusters its names are.

    Raises DeliveryRefused with every problem of every file when it cannot be loaded as it is.
    """
    problems: list[Problem] = []
    tables = dict(_tables(codebook, delivery, raw, problems))
    reading = read_answers(codebook, tables, delivery.delivery_id, identities)
    if problems := [*problems, *reading.problems]:
        raise DeliveryRefused(codebook.edition_id, problems)
    return reading
