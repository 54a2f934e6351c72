"""The commands below `clusterbench audit`: each returns what it found, with the `text` for a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from orchestration.console import DONE, REFUSED
from orchestration.paths import Home

Report = dict[str, Any]


def release_folder(home: Home, release: str | None) -> Path:
    """The folder of a release by its id (None: the published one), or by the path of the folder itself.

    Raises UnknownRelease.
    """
    from orchestration.publication import UnknownRelease, release_ids

    folder = home.published if release is None else home.releases / release
    folder = next((path for path in (folder, Path(release or "")) if (path / "release.json").is_file()), folder)
    if not (folder / "release.json").is_file():
        known = ", ".join(release_ids(home)) or "none"
        asked = "published release" if release is None else f"release {release!r}"
        raise UnknownRelease(f"There is no {asked} in {home.root}. Releases kept: {known}.")
    return folder.resolve()


def _verify(home: Home, arguments: argparse.Namespace) -> Report:
    from audit.verify import verify

    return verify(home, arguments.head)


def _trace(home: Home, arguments: argparse.Namespace) -> Report:
    import duckdb

    from audit.figure import Figure, PublishedRelease
    from audit.trace import trace
    from audit.trace_text import trace_text

    cut, _, segment = (arguments.segment or "").partition("/")
    figure = Figure(
        arguments.edition,
        arguments.node,
        arguments.of,
        *((None, None, None) if arguments.cluster else (cut, segment, arguments.measure or "median")),
        arguments.cluster,
    )
    folder = release_folder(home, arguments.release)
    with duckdb.connect(folder / "benchmarking.duckdb", read_only=True) as connection:
        report = trace(PublishedRelease(folder, connection), figure)
    return report | {"exit_code": DONE if report["agrees"] else REFUSED, "text": trace_text(report)}


def _diff(home: Home, arguments: argparse.Namespace) -> Report:
    from audit.diff import diff

    before, after = (release_folder(home, release) for release in (arguments.before, arguments.after))
    return diff(before, after, arguments.limit)


def _history(home: Home, arguments: argparse.Namespace) -> Report:
    from audit.history import history

    return history(home, arguments.edition)


AUDITS: Mapping[str, Callable[[Home, argparse.Namespace], Report]] = {
    "verify": _verify,
    "trace": _trace,
    "diff": _diff,
    "history": _history,
}
