"""Every damaged delivery is read as the clean one, or refused with just the problems it has."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import tests.deliveries.damages  # noqa: F401
from ingestion.preview import preview
from ingestion.problem import Problem
from tests.deliveries.clean import Delivery
from tests.deliveries.damage import DAMAGES, Damage, Place
from tests.deliveries.outcome import outcome_of, said


def _place(problem: Problem, files: dict[str, str]) -> Place:
    return problem.kind, files.get(Path(problem.file).name, Path(problem.file).name), problem.row, problem.column


def _expected(place: Place, found: list[Place]) -> Place:
    """The place as expected; `*` stands for whatever file or column was found there."""
    kind, file, row, column = place
    like = next((other for other in found if other[0] == kind and other[2] == row), place)
    return kind, like[1] if file == "*" else file, row, like[3] if column == "*" else column


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_delivery(damage: Damage, edition, identities, clean, tmp_path) -> None:
    delivery = Delivery()
    surveys = ("register", "coordinator", "desk_research", "member_opinion")
    sheets = list(delivery.sheets)
    damage.apply(delivery)
    files = {sheet.name: survey for sheet, survey in zip(sheets, surveys, strict=True)}
    inbox = delivery.write(tmp_path / "1998")

    answers, problems = outcome_of(edition, identities, inbox, tmp_path / "raw")

    told = "\n".join(map(str, problems))
    errors = [_place(problem, files) for problem in problems if problem.is_error]
    wanted = [_expected(place, errors) for place in damage.outcome.errors]
    assert Counter(errors) == Counter(wanted), told
    assert {problem.kind for problem in problems if not problem.is_error} == damage.outcome.told, told
    assert (answers is None) == bool(damage.outcome.errors)
    if answers is not None:
        found = dict(map(said, answers))
        assert len(found) == len(answers)
        differing = {key: found.get(key) for key in clean.keys() | found.keys() if found.get(key) != clean.get(key)}
        assert {key: value[3:] for key, value in differing.items() if value} == dict(damage.outcome.changed), told
        assert all(differing.values()), "an answer is gone"
    for language in ("pl", "en"):
        assert all(all(problem.told(language)) for problem in problems)

    seen = preview(edition, inbox, identities)
    assert list(map(str, seen.problems)) == list(map(str, problems)), "a dry run tells the same"


def counts() -> str:
    """The table of docs/deliveries.md that says what was tried."""
    lines = []
    for topic in dict.fromkeys(damage.topic for damage in DAMAGES.values()):
        outcomes = [damage.outcome for damage in DAMAGES.values() if damage.topic == topic]
        n_refused = sum(bool(outcome.errors) for outcome in outcomes)
        n_changed = sum(bool(outcome.changed) for outcome in outcomes)
        n_same = len(outcomes) - n_refused - n_changed
        lines.append(f"| {topic} | {len(outcomes)} | {n_same} | {n_changed} | {n_refused} |")
    sums = [sum(int(line.split("|")[place]) for line in lines) for place in (2, 3, 4, 5)]
    return "\n".join([*lines, f"| all | {' | '.join(map(str, sums))} |"])


def test_the_page_says_what_was_tried() -> None:
    page = (Path(__file__).parents[2] / "docs" / "deliveries.md").read_text(encoding="utf-8")
    assert f"|---|---|---|---|---|\n{counts()}\n\n" in page


def test_there_are_enough_of_them() -> None:
    assert len(DAMAGES) >= 150
    assert min(Counter(damage.topic for damage in DAMAGES.values()).values()) >= 5
