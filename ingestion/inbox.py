"""What lies in the inbox of an edition, archives unpacked: which files may be read, and why others may not.

Nothing in an inbox is trusted, and nothing there is changed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingestion.archive import is_archive, unpack
from ingestion.codebook import Codebook, Survey
from ingestion.formats import EXTENSIONS
from ingestion.manifest import MANIFEST, check_hashes, check_names, delivered_paths, hash_file, read_manifest
from ingestion.problem import Problem
from ingestion.quiet import is_being_written

# A larger file is neither read nor copied.
MOST_BYTES = 2 * 1024 * 1024 * 1024 - 1

_TEMPORARY = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart")


@dataclass(frozen=True)
class Delivered:
    """A file as it was delivered: where it lies, what it is called, and which archive it came in, if any.

    `path` may be of a file that was unpacked for now; `name` is that of the delivery.
    """

    path: Path
    name: str
    archive_name: str | None = None
    archive_sha256: str | None = None

    @property
    def told(self) -> str:
        """What it is called where a person finds it."""
        return f"{self.archive_name}/{self.name}" if self.archive_name else self.name


@dataclass
class Inbox:
    """The files of an inbox that may be read, those of archives among them; `problems` tell of all others.

    `archives` are those that are refused, but may be copied. `refused` are the names of files that may not be read;
    with an archive or a folder of files that is refused, nobody knows what else was delivered.
    """

    files: list[Delivered] = field(default_factory=list)
    archives: list[Delivered] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_partly_known: bool = False
    problems: list[Problem] = field(default_factory=list)


@contextmanager
def open_inbox(inbox: Path, scratch: Path) -> Iterator[Inbox]:
    """Look through an inbox; what its archives hold lies in the folder `scratch` until the end, then is gone.

    Where there is no archive, the folder is not made.
    """
    import shutil

    try:
        yield _look(inbox, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def is_of_survey(name: str, survey: Survey) -> bool:
    """Whether a file is called as the survey's, whatever its format: its stem counts, with any known extension."""
    pattern = Path(survey.file_pattern)
    stem = survey.file_pattern.removesuffix(pattern.suffix) if _extension(pattern.name) else survey.file_pattern
    return bool(_extension(name)) and Path(Path(name).stem).match(stem)


def surveys_of(name: str, codebook: Codebook) -> list[str]:
    """The surveys whose answers a file may hold, by its name. One that is called exactly as a survey's is no other's.

    Surveys that share a workbook are all named.
    """
    exactly = [key for key, survey in codebook.surveys.items() if Path(name).match(survey.file_pattern)]
    return exactly or [key for key, survey in codebook.surveys.items() if is_of_survey(name, survey)]


def survey_files(inbox: Inbox, codebook: Codebook, survey: str) -> list[Delivered]:
    """The files of an inbox that may hold a survey's answers."""
    return [file for file in inbox.files if survey in surveys_of(file.name, codebook)]


def _extension(name: str) -> str | None:
    """The extension of a name when it is one of a known format."""
    extension = Path(name).suffix.lower().lstrip(".")
    return extension if extension in EXTENSIONS else None


def _look(inbox: Path, scratch: Path) -> Inbox:
    found = Inbox()
    for path in [*delivered_paths(inbox), *_lock_files(inbox)]:
        if problem := why_not_read(path):
            found.problems.append(problem)
            found.refused.append(_without_temporary(path.name))
            found.is_partly_known |= is_archive(path.name) or _holds_files(path)
        elif is_archive(path.name):
            _take_archive(path, scratch / str(len(found.files) + len(found.archives)), found)
        else:
            found.files.append(Delivered(path, path.name))
    if (inbox / MANIFEST).is_symlink():
        found.problems.append(Problem("file_is_a_link", str(inbox / MANIFEST), said={"name": MANIFEST}))
    elif manifest := read_manifest(inbox):
        named, malformed = manifest
        found.problems += malformed or check_names(inbox, named)
    return found


def _holds_files(path: Path) -> bool:
    """Whether a place is a folder with something in it."""
    return path.is_dir() and not path.is_symlink() and next(path.iterdir(), None) is not None


def _take_archive(path: Path, folder: Path, found: Inbox) -> None:
    folder.mkdir(parents=True)
    members, problems = unpack(path, folder)
    sha256 = hash_file(path)
    if not problems and (manifest := read_manifest(folder)):
        named, malformed = manifest
        hashes = {member.name: hash_file(member) for member in members if member.name != MANIFEST}
        inner = malformed or [*check_names(folder, named), *check_hashes(folder, named, hashes)]
        problems = [replace(problem, file=f"{path}/{Path(problem.file).name}") for problem in inner]
    found.problems += problems
    if problems:
        found.archives.append(Delivered(path, path.name))
        found.is_partly_known = True
    else:
        found.files += [Delivered(each, each.name, path.name, sha256) for each in members if each.name != MANIFEST]


def _lock_files(inbox: Path) -> list[Path]:
    """What LibreOffice leaves beside a workbook while it is open; a hidden file."""
    return sorted(inbox.glob(".~lock.*#")) if inbox.is_dir() else []


def why_not_read(path: Path) -> Problem | None:
    """Why what lies at a place of the inbox may not be read, if so: it is no ordinary file, or not complete yet."""

    def problem(kind: str, **said: object) -> Problem:
        return Problem(kind, str(path), said={"name": path.name, **said})

    try:
        status = path.lstat()
    except OSError as error:
        return problem("file_forbidden", error=str(error.strerror))
    if stat.S_ISLNK(status.st_mode):
        return problem("file_is_a_link")
    if not stat.S_ISREG(status.st_mode):
        return problem("not_a_file")
    name = path.name.lower()
    if name.startswith(("~$", ".~lock.")) or name.endswith(_TEMPORARY):
        return problem("file_incomplete")
    if status.st_size > MOST_BYTES:
        return problem("file_too_large", size=status.st_size >> 20, most=MOST_BYTES + 1 >> 20)
    if not os.access(path, os.R_OK):
        return problem("file_forbidden", error=os.strerror(13))
    if is_being_written(path):
        return problem("file_being_written")
    return None


def assign_surveys(codebook: Codebook, inbox: Path, found: Inbox) -> tuple[dict[str, Delivered], list[Problem]]:
    """The file of each survey; a problem where a survey has none or several, or a file belongs to no survey.

    That a survey has none is not told where its file, or what it may be in, is refused already.
    """
    chosen: dict[str, Delivered] = {}
    problems: list[Problem] = []
    unclaimed = list(found.files)
    patterns = ", ".join(survey.file_pattern for survey in codebook.surveys.values())
    for name, survey in codebook.surveys.items():
        matches = survey_files(found, codebook, name)
        unclaimed = [file for file in unclaimed if file not in matches]
        is_refused = found.is_partly_known or any(name in surveys_of(each, codebook) for each in found.refused)
        if len(matches) == 1:
            chosen[name] = matches[0]
        elif matches or not is_refused:
            files = ", ".join(sorted(file.told for file in matches))
            said = {"survey": name, "pattern": survey.file_pattern, "files": files}
            kind = "file_ambiguous" if matches else "file_missing"
            problems.append(Problem(kind, str(inbox / survey.file_pattern), said=said))
    problems += [
        Problem("file_of_no_survey", str(inbox / file.told), said={"name": file.told, "patterns": patterns})
        for file in sorted(unclaimed, key=lambda file: file.told)
    ]
    return chosen, problems


def _without_temporary(name: str) -> str:
    """The name that a temporary file will have once it is complete, or that of the file it is a lock of."""
    name = name.removeprefix(".~lock.").removeprefix("~$").removesuffix("#")
    return Path(name).stem if name.lower().endswith(_TEMPORARY) else name
