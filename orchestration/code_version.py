"""Which code and which dependencies made a release."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from pathlib import Path

from orchestration.paths import PROJECT

_SOURCES = ("ingestion", "dbt_project", "expectations", "orchestration", "sample", "requirements")
_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv", ".lock", ".md"}


def _revision(project: Path) -> str:
    try:
        shown = subprocess.run(
            ["git", "-C", str(project), "rev-parse", "--short=12", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "no-revision"
    return shown.stdout.strip()


@cache
def code_version(project: Path = PROJECT) -> str:
    """`<git revision>-<hash>`: the hash covers code, models, codebooks, seeds and the dependency lock as they are.

    The revision alone would not tell of changes that are not committed, and an unpacked archive has none.
    """
    digest = hashlib.sha256()
    for folder in _SOURCES:
        for path in sorted((project / folder).rglob("*")):
            if path.suffix in _SUFFIXES and path.is_file():
                digest.update(f"{path.relative_to(project)}\0".encode())
                digest.update(path.read_bytes())
    return f"{_revision(project)}-{digest.hexdigest()[:12]}"
