"""What the command shows of the problems of a delivery: those of a refused load, and those kept in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingestion.ledger import Ledger
from ingestion.load import Load
from ingestion.problem import DeliveryRefused, Language
from ingestion.problem_page import Format, render
from ingestion.problem_table import count_by_severity
from orchestration.paths import Home

Report = dict[str, Any]


class NoSuchLoad(Exception):
    """The ledger knows no such load; the message names the last ones."""


_REFUSED: Mapping[Language, str] = {
    "en": "The delivery of edition {edition} is refused, nothing was loaded.",
    "pl": "Dostawa edycji {edition} jest odrzucona, nic nie załadowano.",
}
_OF_LOAD: Mapping[Language, str] = {
    "en": "Load {load}, edition {edition}: {outcome}",
    "pl": "Ładowanie {load}, edycja {edition}: {outcome}",
}
_OUTCOMES: Mapping[Language, Mapping[str, str]] = {
    "en": {},
    "pl": {
        "loaded": "załadowano",
        "unchanged": "bez zmian",
        "refused": "odrzucono",
        "failed": "nie powiodło się",
        "open": "w toku",
    },
}


def refusal_text(error: DeliveryRefused, language: Language = "en") -> str:
    """The list of a refused delivery for the terminal."""
    title = _REFUSED[language].format(edition=error.edition_id)
    return render([problem.as_dict() for problem in error.problems], title, language, is_sample=error.is_sample)


def _load_of(home: Home, load_id: str | None) -> Load:
    """A load of the ledger, by default the last one. Raises NoSuchLoad."""
    loads = Ledger(home.ledger).loads()
    found = loads[-1:] if load_id is None else [load for load in loads if load.load_id == load_id]
    if not found:
        last = ", ".join(load.load_id for load in loads[-5:]) or "none"
        raise NoSuchLoad(f"The ledger {home.ledger} has no load {load_id or 'yet'}; the last ones are: {last}.")
    return found[0]


def problems(home: Home, load_id: str | None, language: Language, form: Format) -> Report:
    """The list kept with a load, in one of the formats. Raises NoSuchLoad."""
    load = _load_of(home, load_id)
    outcome = load.outcome or "open"
    called = _OUTCOMES[language].get(outcome, outcome)
    title = _OF_LOAD[language].format(load=load.load_id, edition=load.edition_id, outcome=called)
    return {
        "load_id": load.load_id,
        "edition_id": load.edition_id,
        "outcome": outcome,
        "is_sample": load.is_sample,
        "counts": count_by_severity(load.problems),
        "problems": list(load.problems),
        "text": render(load.problems, title, language, form, load.is_sample),
    }
