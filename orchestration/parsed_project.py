"""The dbt project as parsed, kept between runs: as JSON for Dagster's definitions, as dbt's own object for building.

Parsing takes seconds even when nothing changed, and a delivery that turns out unchanged builds nothing. So the JSON is
kept under a fingerprint of all it depends on, and dbt parses only when there is none for the project as it is, or when
a model is really built.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.durable import put
from orchestration.transformation import TransformationFailed, load_manifest

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# What turns the project's files into a manifest.
_PARSERS = ("dbt-core", "dbt-adapters", "dbt-duckdb")

# What dbt and editors leave behind in a project folder.
_NOT_PARSED = {"target", "logs", "__pycache__"}

# What this process parsed last, by project and state: a second home is no reason to parse again.
_PARSED: dict[tuple[Path, str], Manifest] = {}


def fingerprint(project: Path) -> str:
    """A hash of every file of the project with its path, of where the project is, and of the versions of dbt."""
    project = project.resolve()
    digest = hashlib.sha256(f"{project}\0".encode())
    for parser in _PARSERS:
        digest.update(f"{parser} {version(parser)}\0".encode())
    for path in sorted(project.rglob("*")):
        place = path.relative_to(project)
        if path.is_file() and not _NOT_PARSED.intersection(place.parts):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{place}\0{content}\0".encode())
    return digest.hexdigest()[:16]


class ParsedProject:
    """A dbt project in the state in which this object found it: both forms of its manifest tell of that state."""

    def __init__(self, project: Path, target_path: Path) -> None:
        self.project, self.target_path = project, target_path
        self.fingerprint = fingerprint(project)

    @cached_property
    def manifest(self) -> Manifest:
        """dbt's own object, which only a parse makes.

        Raises TransformationFailed when the project does not parse, or is no longer in that state.
        """
        state = self.project.resolve(), self.fingerprint
        manifest = _PARSED.get(state) or load_manifest(self.project, self.target_path)
        if fingerprint(self.project) != self.fingerprint:
            raise TransformationFailed(f"{self.project} was changed while it was being read: run again")
        _PARSED.clear()
        _PARSED[state] = manifest
        return manifest

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """The manifest as plain values: what is kept of this state, else from a parse. Raises TransformationFailed."""
        # The state is in the name, so that what is kept of another one cannot be mistaken for it.
        kept = self.target_path / f"manifest-{self.fingerprint}.json"
        if not kept.is_file():
            partial = kept.with_suffix(f".{os.getpid()}.partial")
            self.manifest.write(str(partial))
            for outdated in self.target_path.glob("manifest-*.json"):
                outdated.unlink(missing_ok=True)
            put(partial, kept)
        return json.loads(kept.read_text(encoding="utf-8"))
