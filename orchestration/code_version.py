"""Which code and which dependencies made a release."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.paths import PROJECT

_SOURCES = (
    "audit",
    "dictionary",
    "ingestion",
    "dbt_project",
    "expectations",
    "orchestration",
    "sample",
    "serving",
    "requirements",
)
_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv", ".lock", ".md", ".j2"}


LOCK = Path("requirements") / "clusterbench.lock"


@dataclass(frozen=True)
class Code:
    """The code at work, as the ledger records it with every load and release.

    `version` covers all of it (`code_version`); `git_revision` is the commit it was checked out from, None outside a
    repository; `lock_sha256` the hash of the file that pins the dependencies, None when it is not there.
    """

    version: str
    git_revision: str | None
    lock_sha256: str | None

    def as_dict(self) -> dict[str, str | None]:
        """The three as the ledger's entries name them."""
        return {
            "code_version": self.version,
            "git_revision": self.git_revision,
            "lock_sha256": self.lock_sha256,
        }


@cache
def _revision(project: Path) -> str | None:
    """The full hash of the commit, None outside a repository."""
    try:
        shown = subprocess.run(
            ["git", "-C", str(project), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return shown.stdout.strip()


def _hash(folders: Iterable[Path], root: Path, without: Path | None = None) -> bytes:
    """A hash of what the sources in the folders say, by their path below `root`; `without` is left out."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SUFFIXES and path.is_file() and without not in path.parents:
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(path.read_bytes())
    return digest.digest()


@cache
def _code(project: Path) -> tuple[str, bytes]:
    """Revision and hash of the code: hashed once, a process runs the code it has loaded."""
    folders = [project / name for name in _SOURCES]
    revision = (_revision(project) or "no-revision")[:12]
    return revision, _hash(folders, project, without=project / "ingestion" / "codebooks")


def code_version(codebooks: Path, project: Path = PROJECT) -> str:
    """`<git revision>-<hash>`: the hash covers code, models, codebooks, seeds and the dependency lock as they are.

    The revision alone would not tell of changes that are not committed, and an unpacked archive has none. `codebooks`
    is the folder in use, wherever it is: a changed codebook is a changed version, one that is not in use is not.
    """
    revision, code = _code(project)
    return f"{revision}-{hashlib.sha256(code + _hash([codebooks], codebooks)).hexdigest()[:12]}"


def code_at_work(codebooks: Path, project: Path = PROJECT) -> Code:
    """The code of `project` with the codebooks in use."""
    lock = project / LOCK
    lock_sha256 = hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None
    return Code(code_version(codebooks, project), _revision(project), lock_sha256)
