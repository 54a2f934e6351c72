"""Where everything of one installation lives: the folders of CLUSTERBENCH_HOME."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent

# Where the page on data quality is in a folder of documentation.
QUALITY_PAGE = Path("data_quality") / "index.html"

# Where the data dictionary begins in it.
DICTIONARY = Path("dictionary") / "index.html"


class NothingPublished(Exception):
    """There is no published release to read."""


@dataclass(frozen=True)
class Home:
    """The folder CLUSTERBENCH_HOME and the places in it; nothing is created by looking."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The home that CLUSTERBENCH_HOME names, by default `data` in the current folder."""
        return cls(Path(os.environ.get("CLUSTERBENCH_HOME", "data")).resolve())

    @property
    def inbox(self) -> Path:
        """Deliveries, a folder per edition; never changed by us."""
        return self.root / "inbox"

    @property
    def clusters(self) -> Path:
        """Who is who: the alias and lineage files, written by a person; never changed by us."""
        return self.root / "clusters"

    @property
    def corrections(self) -> Path:
        """Corrections of answers and indicators, a file per edition, written by a person; never changed by us."""
        return self.root / "corrections"

    @property
    def reviewed(self) -> Path:
        """Immutable copies of the files that a person reviews (clusters, corrections), named by content hash."""
        return self.root / "reviewed"

    @property
    def as_of(self) -> Path:
        """Earlier states rebuilt for inspection, a home of its own per load; may be deleted."""
        return self.root / "as-of"

    @property
    def raw(self) -> Path:
        """Immutable copies of delivered files, named by content hash."""
        return self.root / "raw"

    @property
    def ledger(self) -> Path:
        """The append-only record of every load and release."""
        return self.root / "ledger.jsonl"

    @property
    def checks(self) -> Path:
        """Every check result, a file per run and door."""
        return self.root / "checks"

    @property
    def warehouse(self) -> Path:
        """Work in progress; may be deleted when no load runs."""
        return self.root / "warehouse"

    @property
    def work_file(self) -> Path:
        """The DuckDB file a rebuild makes from scratch."""
        return self.warehouse / "work.duckdb"

    @property
    def docs(self) -> Path:
        """The documentation in progress, of the last run; a release gets a copy."""
        return self.warehouse / "docs"

    @property
    def dbt(self) -> Path:
        """What dbt writes: manifest, compiled SQL, logs."""
        return self.root / "dbt"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage: runs, events, schedules (its DAGSTER_HOME)."""
        return self.root / "dagster"

    @property
    def releases(self) -> Path:
        """Published releases, a folder each."""
        return self.root / "releases"

    @property
    def published(self) -> Path:
        """The link to the release that readers use."""
        return self.root / "published"

    @property
    def provisional(self) -> Path:
        """The link to the last release that shows fieldwork in progress; readers of `published` never see it."""
        return self.root / "provisional"

    def published_release(self) -> dict[str, Any] | None:
        """What the published release says of itself (its release.json), or None when nothing is published."""
        return _described(self.published)

    def require_published(self) -> dict[str, Any]:
        """As `published_release`. Raises NothingPublished when there is none."""
        release = self.published_release()
        if release is None:
            raise NothingPublished(f"Nothing is published in {self.root} yet: load a delivery first.")
        return release

    def provisional_release(self) -> dict[str, Any] | None:
        """What the provisional release says of itself, or None when there is none."""
        return _described(self.provisional)


def _described(release: Path) -> dict[str, Any] | None:
    description = release / "release.json"
    return json.loads(description.read_text(encoding="utf-8")) if description.is_file() else None
