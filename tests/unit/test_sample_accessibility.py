"""The website audit of the sample: every criterion's published count of passing sites, whatever the seed."""

from __future__ import annotations

import csv
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.unit.test_sample_reading import BOOKS, Samples, make, read_survey

SEEDS = (2024, 1, 2, 7, 99, 12345)
# Criterion, WCAG reference and passing sites of 42 as the report prints them.
PUBLISHED = [
    (1, "1.1.1", 5), (2, "1.3.1", 16), (3, "1.4.3", 4), (4, "3.3.2", 17), (5, "2.4.4", 4),
    (6, "3.1.1; 3.1.2", 37), (7, "2.1.1", 22), (8, "2.4.2", 41), (9, "1.4.1", 13), (10, "1.2.1; 1.2.2", 35),
]  # fmt: skip
QUESTIONS = BOOKS[2024].questions


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return partial(make, tmp_path_factory.getbasetemp() / "samples")  # one folder for all modules: made once


def audits(samples: Samples) -> list[dict[str, object]]:
    """The rows of the workbook of audits, by header."""
    return read_survey(samples.folder / "2024", BOOKS[2024].yml["surveys"]["accessibility"])[1]


def marks(rows: list[dict[str, object]]) -> list[list[object]]:
    """The ten marks of each site."""
    return [[row[QUESTIONS[f"accessibility_{number}"]["header"]] for number, _, _ in PUBLISHED] for row in rows]


def test_the_codebook_names_the_ten_criteria() -> None:
    found = [(QUESTIONS[f"accessibility_{number}"], number, reference) for number, reference, _ in PUBLISHED]
    assert all(row["question_no"] == str(number) and row["reference"] == reference for row, number, reference in found)
    audit = BOOKS[2024].yml["surveys"]["accessibility"]
    assert audit["enters_benchmark"] is False
    assert QUESTIONS["accessibility_note"]["type"] == "free_text", "never published"


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_sites_pass_as_published_and_the_bands_are_plausible(made, seed) -> None:
    sites = marks(audits(made(seed)))
    assert {mark for site in sites for mark in site} == {0, 1}
    assert [sum(site[place] for site in sites) for place in range(10)] == [n for _, _, n in PUBLISHED]
    points = [sum(site) for site in sites]
    # At most five sites can pass the three criteria that hardly any does, so few can have 9 or 10 points.
    assert sum(point >= 9 for point in points) <= 6
    assert 5 <= sum(6 <= point <= 8 for point in points) <= 20
    assert sum(point <= 5 for point in points) > len(points) / 2


def test_the_other_columns_say_whose_site_when_and_what_to_correct(made) -> None:
    rows = audits(made(2024))
    assert all(str(row["Adres strony"]).endswith(".example.invalid/") for row in rows)
    assert all(date(2024, 10, 1) <= date.fromisoformat(str(row["Data badania"])) < date(2024, 11, 1) for row in rows)
    for row, site in zip(rows, marks(rows), strict=True):
        failed = [QUESTIONS[f"accessibility_{n}"]["header"] for n, mark in enumerate(site, 1) if not mark]
        assert str(row["Uwagi audytora"] or "").removeprefix("Do poprawy: ").split("; ") == (failed or [""])


@pytest.mark.parametrize(("seed", "clusters"), [(4, 10), (5, 120)])
def test_another_number_of_clusters_has_as_many_sites(made, seed, clusters) -> None:
    sites = marks(audits(made(seed, clusters)))
    assert len(sites) == clusters
    assert {mark for site in sites for mark in site} <= {0, 1}


def test_every_count_says_where_it_is_printed() -> None:
    path = Path(__file__).parents[2] / "sample" / "calibration" / "2024" / "accessibility.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["question_id"], int(row["n_passing"]), row["n_sites"]) for row in rows] == [
        (f"accessibility_{number}", n, "42") for number, _, n in PUBLISHED
    ]
    assert all(row["source"].startswith("line 116") for row in rows)
