"""The manifest of a delivery: which files it consists of and their hashes, the last thing a deliverer writes.

It has the format of `sha256sum`, so that `sha256sum -c manifest.sha256` verifies it without us. A delivery with a
manifest is complete when every file it names is there as it was written; one without is taken as it lies.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from ingestion.archive import is_ignored
from ingestion.durable import put
from ingestion.problem import Problem

MANIFEST = "manifest.sha256"

_CHUNK = 1 << 20
_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)")


class NothingToList(Exception):
    """There is no file that a manifest could name, or one whose name no line can hold."""


def delivered_paths(inbox: Path) -> list[Path]:
    """What lies in the inbox of an edition, sorted.

    The manifest, hidden files and what operating systems leave beside others are not part of a delivery.
    """
    if not inbox.is_dir():
        return []
    names = (path.name for path in inbox.iterdir())
    return sorted(inbox / name for name in names if not (name.startswith(".") or name == MANIFEST or is_ignored(name)))


def hash_file(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_manifest(inbox: Path) -> dict[str, str]:
    """Write the manifest of the files that lie in `inbox`, complete or not at all; returns their hashes by name.

    Raises NothingToList when there is no file, or a name has a line break or backslash.
    """
    hashes = {path.name: hash_file(path) for path in delivered_paths(inbox) if path.is_file()}
    if not hashes:
        raise NothingToList(f"There is no file in {inbox}: put the complete delivery there first.")
    if unfit := [name for name in hashes if re.search(r"[\\\r\n]", name)]:
        raise NothingToList(f"{inbox / unfit[0]}: the name has a line break or a backslash; rename the file.")
    lines = [f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items())]
    partial = inbox / f".{MANIFEST}.partial"
    partial.write_text("".join(lines), encoding="utf-8")
    put(partial, inbox / MANIFEST)
    return hashes


def read_manifest(inbox: Path) -> tuple[dict[str, str], list[Problem]] | None:
    """The hash of each file that the inbox's manifest names, and what is wrong with its lines; None: no manifest."""
    path = inbox / MANIFEST
    if not path.is_file() or path.is_symlink():
        return None
    named: dict[str, str] = {}
    problems: list[Problem] = []
    for row, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), start=1):
        parts = _LINE.fullmatch(line)
        if parts is None or parts[2] in named or "/" in parts[2]:
            problems.append(Problem("manifest_line", str(path), row, said={"line": repr(line)}))
        else:
            named[parts[2]] = parts[1].lower()
    if not named and not problems:
        problems.append(Problem("manifest_empty", str(path)))
    return named, problems


def check_names(inbox: Path, named: Mapping[str, str]) -> list[Problem]:
    """A problem for each file that the manifest names and is not there, or is there and not named."""
    present = {path.name for path in delivered_paths(inbox)}
    missing = [
        Problem("manifest_file_missing", str(inbox / MANIFEST), said={"name": name})
        for name in sorted(named.keys() - present)
    ]
    names = ", ".join(sorted(named))
    extra = [
        Problem("manifest_file_extra", str(inbox / name), said={"name": name, "names": names})
        for name in sorted(present - named.keys())
    ]
    return [*missing, *extra]


def check_hashes(inbox: Path, named: Mapping[str, str], found: Mapping[str, str]) -> list[Problem]:
    """A problem for each file whose hash in `found` (by name) is not the one that the manifest gives."""
    return [
        Problem("manifest_hash", str(inbox / name), said={"sha256": sha256, "named": named[name]})
        for name, sha256 in sorted(found.items())
        if name in named and sha256 != named[name]
    ]
