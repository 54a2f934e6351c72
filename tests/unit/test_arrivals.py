"""A delivery that was announced for a day and has not arrived is overdue from the day after."""

from __future__ import annotations

from datetime import date

import pytest

from ingestion.arrivals import announced, overdue
from ingestion.ledger import Ledger
from orchestration.paths import Home
from orchestration.summary import status
from orchestration.summary_text import as_text
from orchestration.upkeep import arrival_result

DAY = date(2000, 3, 31)
AFTER = date(2000, 4, 1)


def announce(codebooks, day: str = "2000-03-31") -> None:
    path = codebooks / "1999" / "edition.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("  period_from", f"  expected_by: {day}\n  period_from"))


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path)


def load(home: Home, is_provisional: bool = False, outcome: str = "loaded") -> None:
    ledger = Ledger(home.ledger)
    load_id = ledger.start_load(1999, "code", "run")
    ledger.accept_load(load_id, "d", True, [], {}, {}, 1, [], is_provisional=is_provisional)
    ledger.finish_load(load_id, outcome)


def test_what_has_not_arrived_is_overdue_from_the_day_after() -> None:
    expected = {2001: AFTER, 1999: DAY, 2003: DAY}
    assert overdue(expected, {2003}, DAY) == {}
    assert overdue(expected, {2003}, AFTER) == {1999: DAY}
    assert list(overdue(expected, set(), date(2000, 5, 1))) == [1999, 2001, 2003]


def test_editions_announce_in_their_codebook_also_while_it_is_written(codebooks) -> None:
    assert announced(codebooks) == {}
    announce(codebooks)
    (codebooks / "1999" / "questions.csv").write_text("not yet")
    assert announced(codebooks) == {1999: DAY}


@pytest.mark.parametrize(
    ("is_provisional", "outcome", "arrived"),
    [(False, "loaded", True), (True, "loaded", False), (False, "refused", False), (False, "failed", False)],
)
def test_only_a_complete_delivery_that_was_loaded_has_arrived(
    codebooks, home, is_provisional, outcome, arrived
) -> None:
    announce(codebooks)
    load(home, is_provisional, outcome)
    result = arrival_result(home, codebooks, AFTER)
    assert result.passed is arrived
    assert result.metadata["overdue since"].value == ({} if arrived else {"1999": "2000-03-31"})


def test_the_check_names_every_overdue_edition_as_a_warning(codebooks, home) -> None:
    announce(codebooks)
    (codebooks / "2001").mkdir()
    (codebooks / "2001" / "edition.yml").write_text("settings:\n  expected_by: 2000-03-30\n")
    result = arrival_result(home, codebooks, AFTER)
    assert (result.passed, result.severity.value) == (False, "WARN")
    assert result.description == "edition 1999 is overdue since 2000-03-31; edition 2001 is overdue since 2000-03-30"
    assert result.metadata["days late"].value == {"1999": 1, "2001": 2}
    assert arrival_result(home, codebooks, date(2000, 3, 30)).passed


def test_status_says_it(codebooks, home) -> None:
    announce(codebooks)
    report = status(home, codebooks, AFTER)
    assert report["overdue"] == {"1999": "2000-03-31"}
    assert "Edition 1999: overdue since 2000-03-31" in as_text("status", report)
    load(home)
    assert status(home, codebooks, AFTER)["overdue"] == {}
