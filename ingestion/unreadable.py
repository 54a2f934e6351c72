"""The refusal of a single cell."""

from __future__ import annotations

from ingestion.problem import tell

# What is said of a cell that repeats what stands in it.
_OF_THE_CELL = frozenset({"whole", "part", "unit", "typed"})


class Unreadable(ValueError):
    """The cell cannot be read as an answer to its question: a `kind` of problem, and what is said of it."""

    def __init__(self, kind: str, **said: object) -> None:
        self.kind = kind
        self.said = said
        super().__init__(f"{self.reason}; expected {self.expected}")

    @property
    def reason(self) -> str:
        """Why, in English, as what follows "the answer is"."""
        return tell(self.kind, {"found": "", **self.said}).reason.removeprefix("the answer is ")

    @property
    def expected(self) -> str:
        """What was expected, in English."""
        return tell(self.kind, {"found": "", **self.said}).expected

    def without_cell(self) -> Unreadable:
        """The same, repeating nothing of what stands in the cell."""
        return Unreadable(self.kind, **{key: "…" if key in _OF_THE_CELL else said for key, said in self.said.items()})
