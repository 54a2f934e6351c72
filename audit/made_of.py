"""What two releases were made of, side by side: deliveries, reviewed files, code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs, by name, with what it was `before` and `after`; None: there was none."""
    return [
        {"what": what, "before": before.get(what), "after": after.get(what)}
        for what in sorted(before.keys() | after.keys())
        if before.get(what) != after.get(what)
    ]


def change_text(change: Mapping[str, Any]) -> str:
    """A change as a line: hashes and versions by their first characters."""
    before, after = ("none" if value is None else str(value)[:25] for value in (change["before"], change["after"]))
    return f"{change['what']}: {before} → {after}"
