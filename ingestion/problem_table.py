"""The problems of a delivery as one table, in Polish or English, from whatever says them: a reading or the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ingestion.problem import Language, Severity, Told, kinds, row_order, tell

# The plain values of a problem, as `Problem.as_dict` and the ledger's entries have them.
Entry = Mapping[str, Any]

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Words(NamedTuple):
    """What the table's parts are called in one language; the columns in the order of `Line`."""

    columns: tuple[str, ...]
    severities: Mapping[Severity, str]
    groups: Mapping[Severity, str]
    row: str
    column: str
    sheet: str
    no_problem: str


WORDS: Mapping[Language, Words] = {
    "en": Words(
        ("no", "severity", "file", "sheet", "row", "column", "what is wrong", "found", "expected", "what to do"),
        {"error": "error", "warning": "warning", "note": "note"},
        {
            "error": "Errors, for which the delivery is refused",
            "warning": "Warnings, to be looked at",
            "note": "Notes on how the files were read",
        },
        "row",
        "column",
        "sheet",
        "No problem was found.",
    ),
    "pl": Words(
        ("nr", "waga", "plik", "arkusz", "wiersz", "kolumna", "co jest źle", "znaleziono", "oczekiwano", "co zrobić"),
        {"error": "błąd", "warning": "ostrzeżenie", "note": "uwaga"},
        {
            "error": "Błędy, z powodu których dostawa jest odrzucona",
            "warning": "Ostrzeżenia, do sprawdzenia",
            "note": "Uwagi o sposobie odczytania plików",
        },
        "wiersz",
        "kolumna",
        "arkusz",
        "Nie znaleziono żadnego problemu.",
    ),
}


class Line(NamedTuple):
    """One problem as a person reads it: `number` counts from 1 in the order of the list."""

    number: int
    severity: Severity
    file: str
    sheet: str
    row: int | None
    column: str
    reason: str
    found: str
    expected: str
    hint: str

    def cells(self, language: Language) -> tuple[object, ...]:
        """The line as the cells of a table."""
        return (self.number, WORDS[language].severities[self.severity], *self[2:])


def _told(entry: Entry, language: Language) -> Told:
    """What is said of an entry: in its language as far as its kind is known, else as it was told then."""
    kind = entry.get("kind")
    if kind in kinds():
        try:
            return tell(str(kind), entry.get("said", {}), language)
        except KeyError:
            pass  # the kind was told with other words when the entry was made
    return Told(*(str(entry.get(part) or "") for part in Told._fields))


def severity_of(entry: Entry) -> Severity:
    """Whether an entry refused its delivery; those from before there were warnings all did."""
    return entry.get("severity") or "error"


def table_of(entries: Iterable[Entry], language: Language) -> list[Line]:
    """The problems as a table: errors, warnings, notes, and in each what to fix first coming first."""
    ordered = sorted(
        entries,
        key=lambda entry: (
            _SEVERITIES.index(severity_of(entry)),
            entry.get("rank") or 0,
            entry["file"],
            entry.get("sheet") or "",
            row_order(entry.get("row"), entry.get("rank") or 0),
            entry.get("column") or "",
        ),
    )
    return [
        Line(
            number,
            severity_of(entry),
            entry["file"],
            entry.get("sheet") or "",
            entry.get("row"),
            entry.get("column") or "",
            *_told(entry, language),
        )
        for number, entry in enumerate(ordered, start=1)
    ]


def count_by_severity(entries: Iterable[Entry]) -> dict[Severity, int]:
    """How many errors, warnings and notes there are; those that are folded into one line count as one."""
    counts = Counter(severity_of(entry) for entry in entries)
    return {severity: counts[severity] for severity in _SEVERITIES}
