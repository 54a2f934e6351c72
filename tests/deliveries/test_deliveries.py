"""Every damaged delivery is read as the clean one, or refused with just the problems it has."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import tests.deliveries.damages  # noqa: F401
from ingestion.answers import Answer
from ingestion.codebook import Codebook, load_codebook
from ingestion.delivery import receive
from ingestion.identity import Identities, load_identities
from ingestion.preview import preview
from ingestion.problem import DeliveryRefused, Problem
from tests.deliveries.clean import Delivery
from tests.deliveries.damage import DAMAGES, Damage, Place
from tests.readings import read_all

HERE = Path(__file__).parent
Key = tuple[str, str, str | None]
Said = tuple[str, str, str | None, str | None, float | None, str]


@pytest.fixture(scope="session")
def edition() -> Codebook:
    """The codebook by which all are read."""
    return load_codebook(1998, HERE / "codebooks")


@pytest.fixture(scope="session")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    """Which cluster each name is."""
    folder = tmp_path_factory.mktemp("clusters")
    (folder / "aliases.csv").write_bytes((HERE / "clusters.csv").read_bytes())
    return load_identities(folder)


def outcome_of(
    codebook: Codebook, identities: Identities, inbox: Path, raw: Path
) -> tuple[list[Answer] | None, list[Problem]]:
    """The answers of a delivery, None when it is refused, and all that is told of it."""
    try:
        reading = read_all(codebook, receive(codebook, inbox, raw, "1998-07-01T00:00:00Z"), raw, identities)
    except DeliveryRefused as refusal:
        return None, refusal.problems
    return reading.answers, list(reading.problems)


def _said(answer: Answer) -> tuple[Key, Said]:
    """What an answer says, without where it stood; a text only where text is the answer."""
    column = answer.option_id if answer.question_id == "tools" else None
    key = (answer.respondent_id, answer.question_id, column)
    text = answer.answer_text if answer.question_id == "cluster_name" and answer.answer_text else ""
    said = (answer.cluster_id, answer.survey, text.casefold(), answer.option_id, answer.answer_number, answer.status)
    return key, said


@cache
def _clean_answers(codebook_id: int) -> dict[Key, Said]:
    return _CLEAN[codebook_id]


_CLEAN: dict[int, dict[Key, Said]] = {}


@pytest.fixture(scope="session")
def clean(edition, identities, tmp_path_factory) -> dict[Key, Said]:
    """What the clean delivery says; nothing is told of it."""
    folder = tmp_path_factory.mktemp("clean")
    answers, problems = outcome_of(edition, identities, Delivery().write(folder / "1998"), folder / "raw")
    assert problems == []
    assert answers is not None
    said = dict(map(_said, answers))
    assert len(said) == len(answers) == 3 * 3 + 3 * 13 + 3 * 2 + 3 * 2
    return said


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
        said = dict(map(_said, answers))
        assert len(said) == len(answers)
        differing = {key: said.get(key) for key in clean.keys() | said.keys() if said.get(key) != clean.get(key)}
        assert {key: value[3:] for key, value in differing.items() if value} == dict(damage.outcome.changed), told
        assert all(differing.values()), "an answer is gone"
    for language in ("pl", "en"):
        assert all(all(problem.told(language)) for problem in problems)

    seen = preview(edition, inbox, identities)
    assert list(map(str, seen.problems)) == list(map(str, problems)), "a dry run tells the same"


def test_there_are_enough_of_them() -> None:
    assert len(DAMAGES) >= 150
    assert min(Counter(damage.topic for damage in DAMAGES.values()).values()) >= 5
