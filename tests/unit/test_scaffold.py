"""The codebook of the next edition: the same questions about later years, ready to be reviewed."""

from __future__ import annotations

import csv
import json

import pytest

from ingestion.codebook import CodebookError, codebooks_folder, editions, load_codebook
from ingestion.scaffold import EditionExists, scaffold, shift_years
from orchestration.command import main

YEARS = {2022: 2024, 2023: 2025}


@pytest.mark.parametrize(
    ("text", "shifted"),
    [
        ("P14_2023", "P14_2025"),
        ("rok 2022", "rok 2024"),
        ("w latach 2022–2023", "w latach 2024–2025"),
        ("2022/2023", "2024/2025"),
        ("na koniec 2023 r.", "na koniec 2025 r."),
        ("od 2021 r., edycja 2024", "od 2021 r., edycja 2024"),
        ("12022 zł, 20231, 202", "12022 zł, 20231, 202"),
        ("", ""),
    ],
)
def test_exactly_the_years_of_the_period_move(text, shifted) -> None:
    assert shift_years(text, YEARS) == shifted


@pytest.fixture
def root(own_codebooks):
    return own_codebooks


def test_the_scaffold_loads_at_once_and_asks_the_same_of_later_years(root) -> None:
    made = scaffold(2026, 2024, root)
    old, new = load_codebook(2024, root), load_codebook(2026, root)
    assert 2026 in editions(root)
    assert (new.settings.period_from, new.settings.period_to) == (2024, 2025)
    assert (new.settings.name_pl, new.settings.name_en) == (
        "Benchmarking klastrów w Polsce – edycja 2026",
        "Benchmarking of clusters in Poland – 2026 edition",
    )
    assert new.settings.framework_id == old.settings.framework_id
    assert new.surveys == old.surveys and new.rules == old.rules and new.segments == old.segments
    assert len(new.questions) == len(old.questions)
    years = {(a.reference_year, b.reference_year) for a, b in zip(old.questions, new.questions, strict=True)}
    assert years == {(None, None), (2022, 2024), (2023, 2025)}
    headers = {question.question_id: question.header for question in new.questions}
    assert (headers["cluster_budget_year_1"], headers["cluster_budget_year_2"]) == ("P14_2024", "P14_2025")
    assert not [q for q in new.questions if "2022" in q.wording_pl + q.header or "2023" in q.wording_en + q.header]
    founded = next(question for question in new.questions if question.question_id == "founded_year")
    assert founded.hard_maximum == 2024, "a bound may be an amount: it is for a person to move"
    assert any("founded_year hard_maximum 2024" in item for item in made.review)


def test_only_what_names_the_period_is_another_cell(root) -> None:
    made = scaffold(2026, 2024, root)
    changed = 0
    for name in ("questions", "options", "totals", "rules", "cuts", "segments", "conformance"):
        with (root / "2024" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            old = list(csv.reader(file))
        with (root / "2026" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            new = list(csv.reader(file))
        pairs = [pair for a, b in zip(old, new, strict=True) for pair in zip(a, b, strict=True) if pair[0] != pair[1]]
        assert all(shift_years(before, YEARS) == after for before, after in pairs)
        changed += len(pairs)
    assert changed == made.n_shifted > 60


def test_comments_stay_and_an_announcement_does_not(root) -> None:
    settings = root / "2024" / "edition.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("  weakness", "  expected_by: 2024-10-01\n  weakness"), encoding="utf-8")
    scaffold(2026, 2024, root)
    made = (root / "2026" / "edition.yml").read_text(encoding="utf-8")
    assert load_codebook(2024, root).settings.expected_by
    assert load_codebook(2026, root).settings.expected_by is None
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert comments
    assert [line.partition("#")[2] for line in made.splitlines() if "#" in line][1:] == comments


def test_a_framework_of_its_own_is_a_copy_under_its_id(root) -> None:
    made = scaffold(2026, 2024, root, "pl_2026")
    assert made.framework == root / "frameworks" / "pl_2026.csv"
    assert made.framework.read_bytes() == (root / "frameworks" / "pl_2022.csv").read_bytes()
    settings = load_codebook(2026, root).settings
    assert (settings.framework_id, settings.conforms_to) == ("pl_2026", "pl_2022")


@pytest.mark.parametrize(("edition", "framework"), [(2024, None), (2026, "pl_2022")])
def test_what_is_there_already_is_not_touched(root, edition, framework) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(EditionExists, match="there already"):
        scaffold(edition, 2024, root, framework)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_there_must_be_an_edition_to_start_from(root) -> None:
    with pytest.raises(CodebookError, match="no codebook for edition 2023"):
        scaffold(2026, 2023, root)


def test_the_command_prints_what_to_review_next(root, capsys) -> None:
    assert main(["new-edition", "2026", "--from", "2024"]) == 0
    out = capsys.readouterr().out
    assert str(root / "2026") in out and "  1. " in out and "load 2026 --dry-run" in out
    assert main(["new-edition", "2026", "--from", "2024", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "EditionExists"
    assert codebooks_folder() == root
