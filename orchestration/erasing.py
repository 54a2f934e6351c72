"""Erasing one respondent on request: out of the raw store, the kept answers and the releases, on record in the ledger.

Whatever the moment a run is killed, running it again finishes: a new copy is written first, then the ledger says that
it takes the place of the old one, then what the ledger no longer refers to is deleted. What is left to do is read from
the files themselves.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.answers import SourceFile
from ingestion.blanking import rows_of_respondent, write_without_rows
from ingestion.codebook import Codebook, Survey
from ingestion.delivery import copy_name, stored_path
from ingestion.durable import put
from ingestion.erasure import Erasure, Erasures
from ingestion.inbox import open_inbox, survey_files, surveys_of
from ingestion.ledger import utc_now
from ingestion.manifest import hash_file
from ingestion.problem import DeliveryRefused, Problem
from ingestion.table import FileUnreadable, read_table
from orchestration.as_of import remove_stale_states
from orchestration.leftovers import remove, remove_work_file
from orchestration.loading import Installation
from orchestration.paths import Home
from orchestration.publication import release_ids, remove_release
from orchestration.tables import attach, literal

logger = logging.getLogger("clusterbench")

_COPY = re.compile(r"[0-9a-f]{64}(\..*)?|\.partial-.*")


class ErasureRefused(Exception):
    """The request makes no sense as it stands; nothing was changed."""


class UnknownRespondent(Exception):
    """No file of the edition holds the respondent; nothing was changed."""


@dataclass(frozen=True)
class Request:
    """Whom to erase, and why; the reason goes on record, so it names nobody."""

    edition_id: int
    survey: str
    respondent_id: str
    reason: str


@dataclass
class _Found:
    """The stored copies of a survey: those that hold the respondent, and what cannot be searched."""

    files: list[tuple[SourceFile, Path, tuple[int, ...]]] = field(default_factory=list)
    unreadable: list[tuple[SourceFile, Path, Problem]] = field(default_factory=list)


def last_erasure(home: Home) -> Path:
    """Where the last erasure is told, for the command that asked for it."""
    return home.warehouse / "erasure.json"


def erase(installation: Installation, request: Request) -> dict[str, Any]:
    """Erase a respondent from everything but the published release, which the next publication replaces.

    To be called with the warehouse lock held. Returns what was done; `to_publish`: a rebuild is needed. Raises
    ErasureRefused, UnknownRespondent, or DeliveryRefused when the current delivery can no longer be read.
    """
    codebook = installation.codebook(request.edition_id)
    survey = _survey(codebook, request)
    earlier = installation.ledger.erasures().respondents
    was_erased = (request.edition_id, request.survey, request.respondent_id) in earlier
    found = _search(installation, request, survey)
    _require_current_readable(installation, request, found)
    if not found.files and not was_erased:
        raise UnknownRespondent(_not_found(request, survey, found))
    done = [_blank(installation, codebook, request, *place) for place in found.files]
    done += [_remove_whole(installation, request, file) for file, *_ in found.unreadable]
    deleted = _delete_unreferenced(installation)
    _delete_kept_answers(installation)
    erasures = installation.ledger.erasures()
    states = remove_stale_states(installation.home, erasures)
    removed = remove_releases_of_erased(installation.home, erasures)
    logger.info(
        "edition %d: a respondent of %s was erased from %d files, %d copies deleted",
        request.edition_id,
        request.survey,
        len(done),
        len(deleted),
    )
    return {
        "edition_id": request.edition_id,
        "survey": request.survey,
        "respondent_id": request.respondent_id,
        "already_erased": was_erased and not done,
        "files": [vars(erasure) for erasure in done],
        "copies_deleted": deleted,
        "releases_removed": removed,
        "states_removed": states,
        "inbox": _in_inbox(installation, request, survey),
        "to_publish": _has_to_publish(installation),
    }


def _survey(codebook: Codebook, request: Request) -> Survey:
    """The survey's entry in the codebook. Raises ErasureRefused when its respondents cannot be erased."""
    members = [name for name, survey in codebook.surveys.items() if survey.respondents == "members"]
    if request.survey not in codebook.surveys:
        known = ", ".join(members) or "none"
        raise ErasureRefused(
            f"Edition {request.edition_id} has no survey {request.survey!r}. Surveys of persons: {known}."
        )
    if request.survey not in members:
        raise ErasureRefused(
            f"The respondents of {request.survey} are the clusters themselves: their answers are the benchmark's, and "
            "without one of them every score would be another. Deliver the survey anew without the cluster instead."
        )
    if not request.reason.strip():
        raise ErasureRefused("An erasure goes on record with its reason: give one with --reason.")
    return codebook.surveys[request.survey]


def _search(installation: Installation, request: Request, survey: Survey) -> _Found:
    """Every stored copy that a load of the edition received for the survey, current or not, refused or not."""
    erasures, raw = installation.ledger.erasures(), installation.home.raw
    found = _Found()
    for file in _received(installation, request):
        path = stored_path(raw, file, erasures)
        if not path.exists():
            continue
        try:
            table = read_table(path, file.file_name, survey, may_be_empty=True)
            rows = rows_of_respondent(table, survey, request.respondent_id)
        except FileUnreadable as error:
            found.unreadable.append((file, path, error.problem))
            continue
        if rows is None:
            column = survey.respondent_column
            row, sheet = table.choice.header_row, table.choice.sheet
            problem = Problem("column_missing", file.file_name, row, column, sheet, {"header": column})
            found.unreadable.append((file, path, problem))
        elif rows:
            found.files.append((file, path, rows))
    return found


def _received(installation: Installation, request: Request) -> list[SourceFile]:
    """The files that the edition's loads received for the survey, or for none that is known, each content once."""
    by_hash = {
        file.sha256: file
        for load in installation.ledger.loads()
        if load.edition_id == request.edition_id
        for file in load.files
        if file.survey in (request.survey, "")
    }
    return list(by_hash.values())


def _not_found(request: Request, survey: Survey, found: _Found) -> str:
    text = (
        f"No file of edition {request.edition_id} in the raw store has {request.respondent_id!r} in the column "
        f"{survey.respondent_column!r} of survey {request.survey}; nothing was changed."
    )
    if found.unreadable:
        paths = ", ".join(f"{path} ({file.file_name})" for file, path, _ in found.unreadable)
        text += f" These copies cannot be searched: {paths}."
    return text


def _require_current_readable(installation: Installation, request: Request, found: _Found) -> None:
    """Raise DeliveryRefused when what is published would be among the files that nobody can read."""
    current = {file.sha256 for load in installation.ledger.current().values() for file in load.files}
    if problems := [problem for file, _, problem in found.unreadable if file.sha256 in current]:
        raise DeliveryRefused(request.edition_id, problems)


def _blank(
    installation: Installation,
    codebook: Codebook,
    request: Request,
    file: SourceFile,
    path: Path,
    rows: tuple[int, ...],
) -> Erasure:
    """Put a copy without the respondent's cells in the place of one; the old copy is deleted later."""
    raw = installation.home.raw
    partial = raw / f".partial-{os.getpid()}-{request.survey}{path.suffix}"
    try:
        write_without_rows(path, partial, file.file_name, codebook, request.survey, rows)
        sha256 = hash_file(partial)
        partial.chmod(0o444)
        put(partial, raw / copy_name(file, sha256))
    finally:
        partial.unlink(missing_ok=True)
    return _record(installation, request, file, rows, sha256)


def _remove_whole(installation: Installation, request: Request, file: SourceFile) -> Erasure:
    """Give up a copy that nobody can read, and that nothing is made of: it may hold the respondent."""
    return _record(installation, request, file, (), None)


def _record(
    installation: Installation, request: Request, file: SourceFile, rows: tuple[int, ...], sha256: str | None
) -> Erasure:
    erasure = Erasure(
        request.edition_id,
        request.survey,
        request.respondent_id,
        rows,
        file.file_name,
        file.sha256,
        sha256,
        request.reason.strip(),
        utc_now(),
    )
    installation.ledger.record_erasure(erasure)
    return erasure


def _delete_unreferenced(installation: Installation) -> list[str]:
    """Delete every copy that no load of the ledger refers to: replaced ones, and those of loads killed half-way."""
    raw, erasures = installation.home.raw, installation.ledger.erasures()
    files = [file for load in installation.ledger.loads() for file in load.files]
    referred = {
        stored_path(raw, file, erasures).name
        for file in files
        if erasures.copies.get(file.sha256, file.sha256) is not None
    }
    deleted = sorted(path.name for path in raw.iterdir() if _COPY.fullmatch(path.name) and path.name not in referred)
    for name in deleted:
        remove(raw / name)
    return deleted


def _delete_kept_answers(installation: Installation) -> None:
    """Delete the kept answers that hold an erased respondent (they are read anew), and the last run's work file."""
    home = installation.home
    keys = list(installation.ledger.erasures().respondents)
    for path in (home.warehouse / "answers").glob("*"):
        if path.suffix == ".partial" or _holds(f"read_parquet('{literal(path)}')", keys):
            path.unlink()
    remove_work_file(home)


def remove_releases_of_erased(home: Home, erasures: Erasures) -> list[str]:
    """Remove every release that shows an erased respondent's answers, but the published one. Returns what was removed.

    The link `provisional` goes with its release: load the delivery again for a new one.
    """
    if not erasures.entries:
        return []
    published = home.published.resolve().name
    shown = [name for name in release_ids(home) if name != published and _shows_erased(home.releases / name, erasures)]
    for name in shown:
        if home.provisional.is_symlink() and home.provisional.resolve().name == name:
            home.provisional.unlink()
        remove_release(home, name)
    return shown


def _shows_erased(release: Path, erasures: Erasures) -> bool:
    """Whether answers of an erased respondent are in the release, as far as it can be read."""
    keys = list(erasures.respondents)
    try:
        return _holds("release.core.fct_answer", keys, release / "benchmarking.duckdb")
    except duckdb.Error:
        return True


def _holds(answers: str, respondents: Sequence[tuple[int, str, str]], database: Path | None = None) -> bool:
    """Whether a table of answers has any of the respondents (edition, survey, id)."""
    with duckdb.connect() as connection:
        if database:
            attach(connection, database, "release")
        connection.execute("create table erased (edition_id integer, survey varchar, respondent_id varchar)")
        connection.executemany("insert into erased values (?, ?, ?)", respondents)
        query = f"select 1 from {answers} semi join erased using (edition_id, survey, respondent_id) limit 1"
        return bool(connection.execute(query).fetchall())


def _has_to_publish(installation: Installation) -> bool:
    """Whether the published release does not tell of all erasures yet, or shows what was erased."""
    home, erasures = installation.home, installation.ledger.erasures()
    release = home.published_release()
    if release is None:
        return False
    return release.get("erasures", 0) != len(erasures.entries) or _shows_erased(home.published.resolve(), erasures)


def _in_inbox(installation: Installation, request: Request, survey: Survey) -> list[dict[str, Any]]:
    """Where the inbox, which belongs to the operator, still holds the respondent; `rows` None: it cannot be told."""
    inbox = installation.home.inbox / str(request.edition_id)
    codebook = installation.codebook(request.edition_id)
    told: list[dict[str, Any]] = []
    with open_inbox(inbox, installation.home.raw / f".partial-{os.getpid()}-unpacked") as found:
        # What may not be read may hold the respondent, too.
        closed = [name for name in found.refused if request.survey in surveys_of(name, codebook)]
        closed += [archive.name for archive in found.archives]
        told += [{"file": str(inbox / name), "rows": None} for name in closed]
        for file in survey_files(found, codebook, request.survey):
            try:
                table = read_table(file.path, file.name, survey)
                rows = rows_of_respondent(table, survey, request.respondent_id)
            except FileUnreadable:
                rows = None
            if rows != ():
                told.append({"file": str(inbox / file.told), "rows": rows})
    return told


def write_report(home: Home, report: dict[str, Any]) -> None:
    """Keep what was done for the command that asked for it."""
    last_erasure(home).write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
