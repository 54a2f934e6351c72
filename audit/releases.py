"""The kept releases: each is whole, as the ledger recorded it, and tells of the loads what the ledger tells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from audit.chain import Chain
from audit.finding import Finding
from ingestion.load import Load, published_of
from ingestion.manifest import hash_file
from orchestration.paths import Home
from orchestration.publication import listed_files
from orchestration.tables import attach

_REPLACE = "Publish anew with `clusterbench publish`, or restore the folder from a backup; remove this release."

# What of a load is compared with audit.load; times are left out, since an open load gets that of the release there.
_OF_LOAD = ("load_id", "edition_id", "delivery_id", "n_files", "n_answers", "n_rejected", "code_version", "run_id")
_OF_FILE = ("load_id", "survey", "file_name", "sha256", "n_bytes")


def verify_releases(home: Home, chain: Chain) -> Iterator[Finding]:
    """Every release folder, and the links to them, beside the ledger's entries."""
    released = {entry["release_id"]: entry for entry in chain.entries if entry["event"] == "released"}
    for folder in sorted(path for path in home.releases.glob("*") if not path.name.startswith(".")):
        place = str(folder.relative_to(home.root))
        if folder.name in released:
            yield from _verify_release(place, folder, released[folder.name], chain)
        elif home.published.resolve() == folder or home.provisional.resolve() == folder:
            yield Finding(
                "releases",
                place,
                "a release that readers use and the ledger does not tell of",
                "releases that the ledger tells of",
                "If a run was killed just now, the next one records it; if not, find out who made it.",
            )
        else:
            yield Finding(
                "releases",
                place,
                "a release that the ledger does not tell of",
                "releases that the ledger tells of",
                "A killed run may have left it, unpublished; the next run replaces it.",
                is_fault=folder.name not in (_next(released), "R000001" if not released else ""),
            )
    yield from _verify_links(home, chain, released)


def _next(released: Mapping[str, Any]) -> str:
    """The id of the release that a run now would make, and that a killed one may have left."""
    return f"R{max((int(name[1:]) for name in released if name[1:].isdigit()), default=0) + 1:06d}"


def _verify_links(home: Home, chain: Chain, released: Mapping[str, Any]) -> Iterator[Finding]:
    told = published_of(chain.entries)
    shown = home.published.resolve().name if home.published.is_symlink() else None
    if shown != told:
        yield Finding(
            "releases",
            home.published.name,
            f"a link to {shown}" if shown else "no such link",
            f"a link to {told}, the release published or restored last" if told else "nothing published",
            "Point it there with `clusterbench publish --release ID`, or publish anew with `clusterbench publish`.",
        )
    for link in (home.published, home.provisional):
        if link.is_symlink() and not (link.resolve() / "release.json").is_file():
            yield Finding("releases", link.name, f"a link to {link.readlink()}", "a link to a release", _REPLACE)


def _verify_release(place: str, folder: Path, entry: Mapping[str, Any], chain: Chain) -> Iterator[Finding]:
    description = folder / "release.json"
    if not description.is_file():
        yield Finding("releases", f"{place}/release.json", "no such file", "what the release says of itself", _REPLACE)
        return
    recorded = entry.get("release_sha256")
    if recorded and (found := hash_file(description)) != recorded:
        yield Finding(
            "releases",
            f"{place}/release.json",
            f"the content has the hash {found[:12]}",
            f"{str(recorded)[:12]}, which the ledger recorded when it was published",
            _REPLACE,
        )
    try:
        release = json.loads(description.read_text(encoding="utf-8"))
        files, loads = release.get("files"), sorted(map(str, release["loads"].values()))
        files = None if files is None else {name: dict(file) for name, file in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        yield Finding("releases", f"{place}/release.json", "it cannot be read", "what the release says", _REPLACE)
        return
    if recorded is None or files is None:
        yield Finding(
            "releases",
            place,
            "no hashes of its files",
            "a release that was made since they are recorded",
            "It is older than that: only what its tables tell of the loads can be compared.",
            is_fault=False,
        )
    if files is not None:
        yield from _verify_files(place, listed_files(folder), files)
    if loads != sorted(entry["loads"]):
        yield Finding(
            "releases",
            f"{place}/release.json",
            f"loads {', '.join(loads)}",
            f"loads {', '.join(sorted(entry['loads']))}, as the ledger tells",
            _REPLACE,
        )
    yield from _verify_tables(place, folder, entry, chain)


def _verify_files(
    place: str, found: Mapping[str, Mapping[str, Any]], expected: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    for name in sorted(found.keys() | expected.keys()):
        path = f"{place}/{name}"
        if name not in found:
            yield Finding("releases", path, "no such file", "the file that release.json lists", _REPLACE)
        elif name not in expected:
            yield Finding("releases", path, "a file that release.json does not list", "its own files only", _REPLACE)
        elif found[name] != expected[name]:
            is_, was = (
                f"{side.get('n_bytes')} bytes with the hash {str(side.get('sha256'))[:12]}"
                for side in (found[name], expected[name])
            )
            yield Finding("releases", path, is_, f"{was}, as release.json lists it", _REPLACE)


def _verify_tables(place: str, folder: Path, entry: Mapping[str, Any], chain: Chain) -> Iterator[Finding]:
    """audit.load and audit.source_file of the release beside the ledger up to its entry."""
    database = folder / "benchmarking.duckdb"
    told = _told_of(chain.loads_before(entry), set(entry["loads"]))
    try:
        with duckdb.connect() as connection:
            attach(connection, database, "release")
            for table, columns in (("load", (*_OF_LOAD, "outcome", "is_current")), ("source_file", _OF_FILE)):
                rows = connection.execute(f"select {', '.join(columns)} from release.audit.{table}").fetchall()
                yield from _compare_rows(f"{place}/{database.name}, audit.{table}", columns, rows, told[table])
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        yield Finding("releases", f"{place}/{database.name}", f"it cannot be read: {first}", "a database", _REPLACE)


def _told_of(loads: Sequence[Load], shown: set[str]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of audit.load and audit.source_file as the loads give them; those `shown` count as loaded."""
    load_rows = [
        (
            load.load_id,
            load.edition_id,
            load.delivery_id,
            len(load.files),
            load.n_answers or 0,
            len(load.rejected),
            load.code_version,
            load.run_id,
            load.outcome or ("loaded" if load.load_id in shown else "failed"),
            load.load_id in shown,
        )
        for load in loads
    ]
    file_rows = [
        (load.load_id, file.survey or None, file.file_name, file.sha256, file.n_bytes)
        for load in loads
        for file in load.files
    ]
    return {"load": load_rows, "source_file": file_rows}


def _compare_rows(
    place: str, columns: Sequence[str], found: Sequence[tuple[Any, ...]], expected: Sequence[tuple[Any, ...]]
) -> Iterator[Finding]:
    for row in sorted(set(found) - set(expected), key=str):
        yield Finding("releases", place, f"a row ({_text(columns, row)})", "only rows that the ledger tells", _REPLACE)
    for row in sorted(set(expected) - set(found), key=str):
        yield Finding("releases", place, "no such row", f"({_text(columns, row)}), as the ledger tells", _REPLACE)


def _text(columns: Sequence[str], row: Sequence[object]) -> str:
    values = (value.isoformat() if isinstance(value, datetime) else value for value in row)
    return ", ".join(f"{column} {value}" for column, value in zip(columns, values, strict=True))
