"""Which deliveries were announced, and which of them have not arrived by their day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

import yaml

from ingestion.codebook import editions


def announced(root: Path) -> dict[int, date]:
    """The day by which each edition that announces its delivery (`expected_by` in edition.yml) expects it.

    Only that line is read, so that a codebook which is still being written announces, too.
    """
    days: dict[int, date] = {}
    for edition in editions(root):
        described = yaml.safe_load((root / str(edition) / "edition.yml").read_text(encoding="utf-8")) or {}
        day = (described.get("settings") or {}).get("expected_by")
        if isinstance(day, date):
            days[edition] = day
    return days


def overdue(expected: Mapping[int, date], arrived: Collection[int], today: date) -> dict[int, date]:
    """The announced editions that have not arrived though their day is over, with that day."""
    return {edition: day for edition, day in sorted(expected.items()) if edition not in arrived and day < today}
