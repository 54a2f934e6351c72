"""Two small editions without a fault pass every check."""

from __future__ import annotations

import pytest

from expectations import DOORS, intended_checks

from .clean_editions import BEFORE, LOADS, NOW, run


@pytest.mark.parametrize("door", DOORS)
def test_the_clean_editions_pass_every_check(editions, door: str) -> None:
    report = run(editions, door)
    wrong = [
        (row.edition_id, row.check_id, row.status, row.observed)
        for row in report.results
        if row.status != "pass"
        and not (row.edition_id == BEFORE and "previous_edition" in row.check_id)
        and not (row.status == "not_applicable" and row.check_id == "provisional_cluster_has_answered")
    ]
    assert wrong == []
    assert report.critical_failures == ()


@pytest.mark.parametrize("door", DOORS)
def test_every_check_has_one_result_for_every_edition(editions, door: str) -> None:
    rows = [(row.edition_id, row.check_id) for row in run(editions, door).results]
    assert len(rows) == len(set(rows))
    assert set(rows) == {(edition, check.check_id) for edition in LOADS for check in intended_checks(door)}


def test_without_an_earlier_edition_the_shifts_are_not_applicable(editions) -> None:
    rows = [row for row in run(editions, "scores").results if "previous_edition" in row.check_id]
    assert {(row.edition_id, row.status) for row in rows} == {(BEFORE, "not_applicable"), (NOW, "pass")}
    assert all(row.n_failed == 0 for row in rows)
