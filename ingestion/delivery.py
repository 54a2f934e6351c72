"""Receiving a delivery: its files are found, copied unchanged by content hash, and read by the edition's codebook."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.answers import Reading, SourceFile, Take
from ingestion.codebook import Codebook
from ingestion.decimal_mark import find_decimal
from ingestion.durable import put
from ingestion.erasure import NOTHING_ERASED, Erasures
from ingestion.formats import format_or_extension
from ingestion.headers import known_headers
from ingestion.identity import Identities
from ingestion.inbox import MOST_BYTES, Delivered, Inbox, assign_surveys, open_inbox, surveys_of
from ingestion.manifest import check_hashes, hash_file, read_manifest
from ingestion.problem import DeliveryRefused, Problem, ProblemList
from ingestion.quiet import BeingWritten, reading
from ingestion.reading import read_answers
from ingestion.table import FileUnreadable, Table, read_table

logger = logging.getLogger("clusterbench")

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Delivery:
    """A complete set of an edition's files; `delivery_id` is the hash of what they hold, whatever they are called."""

    edition_id: int
    delivery_id: str
    files: tuple[SourceFile, ...]


def check_content(inbox: Path, files: Sequence[SourceFile]) -> list[Problem]:
    """A problem for each file that holds something else than the manifest says, if there is one.

    The manifest names what lies in the inbox: of files that came in an archive, that.
    """
    found = {file.archive_name or file.file_name: file.archive_sha256 or file.sha256 for file in files}
    manifest = read_manifest(inbox)
    return check_hashes(inbox, manifest[0], found) if manifest else []


def delivery_of(edition_id: int, files: Sequence[SourceFile]) -> Delivery:
    """The delivery that the files are, in whatever order."""
    ordered = tuple(sorted(files, key=lambda file: file.survey))
    content = "\n".join(f"{file.survey} {file.sha256}" for file in ordered)
    return Delivery(edition_id, hashlib.sha256(content.encode()).hexdigest(), ordered)


def copy_name(file: SourceFile, sha256: str) -> str:
    """The name of a copy in the raw store: the hash of what it holds, with the file's extension."""
    return f"{sha256}{Path(file.file_name).suffix.lower()}"


def stored_path(raw: Path, file: SourceFile, erasures: Erasures = NOTHING_ERASED) -> Path:
    """Where the raw store keeps the copy of a delivered file, or the one that an erasure has put in its place."""
    return raw / copy_name(file, erasures.copies.get(file.sha256) or file.sha256)


class CopyDamaged(Exception):
    """A copy in the raw store is not what was received; the message says which, and how to get it back."""


def _is_whole(copy: Path) -> bool:
    """Whether a copy in the raw store is there and holds what its name says."""
    return copy.is_file() and hash_file(copy) == copy.name.partition(".")[0]


def check_copies(delivery: Delivery, raw: Path, erasures: Erasures = NOTHING_ERASED) -> None:
    """Raise CopyDamaged when a raw copy of the delivery is gone, or no longer holds what was received."""
    for file in delivery.files:
        path = stored_path(raw, file, erasures)
        if _is_whole(path):
            continue
        found = f"{path.stat().st_size} bytes with the hash {hash_file(path)}" if path.is_file() else "no file"
        again = f", or deliver the file again: put it into inbox/{delivery.edition_id}/ as it was, and load it"
        raise CopyDamaged(
            f"{path}: the stored copy of {file.file_name} (edition {delivery.edition_id}, survey {file.survey}) is not "
            f"what was received; found {found}, expected {file.n_bytes} bytes with the hash in its name. Restore it "
            f"from a backup{'' if file.sha256 in erasures.copies else again}."
        )


def _store(
    delivered: Delivered, raw: Path, survey: str, received_at: str, erasures: Erasures = NOTHING_ERASED
) -> SourceFile:
    """Copy one file into the raw store. The copy is hashed as it is written, and read-only once it has its name.

    A file that somebody was erased from is recognised, but what it held does not come back. A copy that was damaged
    since is replaced. Raises BeingWritten when the file changes meanwhile, and OSError when it cannot be read.
    """
    raw.mkdir(parents=True, exist_ok=True)
    digest, n_bytes, partial = hashlib.sha256(), 0, raw / f".partial-{os.getpid()}-{survey or 'none'}"
    try:
        with reading(delivered.path) as source, partial.open("wb") as copy:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                n_bytes += copy.write(chunk)
                if n_bytes > MOST_BYTES:
                    raise BeingWritten(delivered.path)
        name, sha256, format = delivered.name, digest.hexdigest(), format_or_extension(partial, delivered.name)
        archive = (delivered.archive_name, delivered.archive_sha256)
        file = SourceFile(survey, name, sha256, n_bytes, format, received_at, *archive)
        target = stored_path(raw, file)
        if file.sha256 not in erasures.copies and not _is_whole(target):
            partial.chmod(0o444)
            put(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return file


def receive(
    codebook: Codebook, inbox: Path, raw: Path, received_at: str, erasures: Erasures = NOTHING_ERASED
) -> Delivery:
    """Copy the edition's files from the inbox (never changed by us) to the raw store; archives are only wrapping.

    The copies are what counts: they are compared with the manifest, so that a file which changes while it is read
    does not slip through. Raises DeliveryRefused, with what was copied, when the set of files is not complete, a file
    is not safe to read or still being written, or one of them was removed from the raw store because it could hold an
    erased respondent.
    """
    with open_inbox(inbox, raw / f".partial-{os.getpid()}-unpacked") as found:
        chosen, problems = assign_surveys(codebook, inbox, found)
        if problems := [*found.problems, *problems]:
            stored = _store_incomplete(codebook, found, raw, received_at, erasures)
            raise DeliveryRefused(codebook.edition_id, problems, files=stored)
        files = []
        for survey, delivered in sorted(chosen.items()):
            try:
                files.append(_store(delivered, raw, survey, received_at, erasures))
            except BeingWritten:
                said = {"name": delivered.name}
                problems.append(Problem("file_being_written", str(inbox / delivered.told), said=said))
    if problems := [*problems, *check_content(inbox, files), *_removed(files, erasures)]:
        raise DeliveryRefused(codebook.edition_id, problems, files=files)
    return delivery_of(codebook.edition_id, files)


def _store_incomplete(
    codebook: Codebook, found: Inbox, raw: Path, received_at: str, erasures: Erasures
) -> list[SourceFile]:
    """Copy what lies in an inbox that is no complete delivery: what was refused stays readable, too.

    What is not safe to read is left where it is, and so is a file that cannot be read or is still being written.
    """
    stored = []
    for file in [*found.files, *found.archives]:
        for survey in surveys_of(file.name, codebook) or [""]:
            try:
                stored.append(_store(file, raw, survey, received_at, erasures))
            except OSError as error:
                logger.warning("%s: not copied to the raw store (%s)", file.path, error.strerror)
            except BeingWritten:
                logger.warning("%s: not copied to the raw store (it is still being written)", file.path)
    return stored


def _removed(files: Sequence[SourceFile], erasures: Erasures) -> list[Problem]:
    """A problem for each file whose copy was removed whole by an erasure."""
    return [
        Problem("erased_file", file.file_name, said={"sha256": file.sha256})
        for file in files
        if erasures.copies.get(file.sha256, file.sha256) is None
    ]


def read_tables(
    codebook: Codebook,
    paths: Mapping[SourceFile, Path],
    problems: ProblemList,
    erasures: Erasures = NOTHING_ERASED,
) -> dict[str, tuple[SourceFile, Table]]:
    """The table of each file, by survey; a file that cannot be read is added to the problems instead."""
    tables = {}
    for file, path in paths.items():
        is_erased = file.sha256 in erasures.copies
        try:
            survey, known = codebook.surveys[file.survey], known_headers(codebook, file.survey)
            table = read_table(path, file.file_name, survey, is_erased, known)
            tables[file.survey] = (file, find_decimal(table, file.survey, file.file_name, codebook))
        except FileUnreadable as error:
            problems.add(error.problem)
    return tables


def read_delivery(
    codebook: Codebook,
    delivery: Delivery,
    raw: Path,
    identities: Identities,
    take: Take,
    erasures: Erasures = NOTHING_ERASED,
    is_provisional: bool = False,
) -> Reading:
    """Read a received delivery from its raw copies; `identities` tells which clusters its names are.

    `take` is given the answers of each row as it is read; what it was given counts for nothing when the delivery is
    refused. Of a provisional delivery, clusters may not have answered yet. Raises DeliveryRefused with every problem
    of every file when it cannot be loaded as it is, and CopyDamaged when a copy is not what was received.
    """
    check_copies(delivery, raw, erasures)
    problems = ProblemList()
    paths = {file: stored_path(raw, file, erasures) for file in delivery.files}
    tables = read_tables(codebook, paths, problems, erasures)
    reading = read_answers(codebook, tables, delivery.delivery_id, identities, take, erasures, is_provisional)
    reading.problems += list(problems)
    if reading.problems.has_errors:
        is_sample = codebook.synthetic_data_kind in reading.data_kinds
        refused = list(reading.problems)
        raise DeliveryRefused(codebook.edition_id, refused, rejected=reading.rejected, is_sample=is_sample)
    return reading
