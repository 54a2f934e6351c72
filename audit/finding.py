"""What a verification finds: a fault, or a note that is none; each says where, what, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal["ledger", "raw files", "reviewed files", "releases"]


@dataclass(frozen=True)
class Finding:
    """One thing that does not belong with the rest, or (not `is_fault`) that a reader should know.

    `place` is a file below the home, with its line where it has lines.
    """

    part: Part
    place: str
    found: str
    expected: str
    hint: str
    is_fault: bool = True

    def as_dict(self) -> dict[str, str]:
        """The finding as plain values; whether it is a fault is told by the list it stands in."""
        return {name: getattr(self, name) for name in ("part", "place", "found", "expected", "hint")}

    def __str__(self) -> str:
        return f"{self.place}: {self.found}; expected {self.expected}. {self.hint}"
