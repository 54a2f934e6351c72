"""The long series and the questions through the editions (method §6), worked out on paper."""

from __future__ import annotations

import pytest

from .by_hand import Results, assert_close, assert_row, by_hand
from .made_up import REFUSED, REJECTED, MadeUpEdition

# Three editions and a fourth with the same reference period as the third. Members as published: 3374 in 40 clusters
# at the end of 2017, 4942 in 42 at the end of 2023. The second did not ask for members, and nobody answered it about
# science institutions; employment was called A.1.1 in the first and meant something else.
TODAY = by_hand(MadeUpEdition(2073, period_to=2023))
TODAY.question("thousands", multiplier=1000)
TODAY.indicator("I.1.1")
TODAY.indicator("I.3.1", "thousands", scale=1000)
for number in range(42):
    own = {"I.1.1": 100, "thousands": 2000} if number == 0 else {"I.1.1": 44} if number == 1 else {}
    TODAY.cluster(f"t{number}", own, members=117 if number < 14 else 118)

PAST = by_hand(MadeUpEdition(2071, period_to=2017, today=TODAY))
PAST.question("coordinator_name", "text", survey="register")
PAST.question("millions", multiplier=1_000_000)
PAST.indicator("A.1.1")
PAST.indicator("I.3.1", "millions", scale=1_000_000)
PAST.conforms("A.1.1", "I.1.1", "enterprises_only")
for number in range(40):
    own = {"A.1.1": 18, "millions": 1} if number == 0 else {"A.1.1": 0} if number < 3 else {}
    PAST.cluster(f"t{number}", own, members=84 if number < 26 else 85, coordinator_name=f"Fundacja {number}")

MIDDLE = by_hand(MadeUpEdition(2072, period_to=2019, today=TODAY, without=["members"]))
MIDDLE.indicator("I.1.1", "not_asked")
MIDDLE.indicator("I.3.1")
MIDDLE.cluster("t0", {"I.3.1": 5}, enterprises=10, science_institutions=REFUSED)
MIDDLE.cluster("t1", {"I.3.1": None}, enterprises=20, science_institutions=REJECTED)
MIDDLE.cluster("t2", {"I.3.1": 0}, enterprises=None, science_institutions=None)

AGAIN = by_hand(MadeUpEdition(2074, period_to=2023, today=TODAY))
AGAIN.indicator("I.1.1")
AGAIN.cluster("t0", {"I.1.1": 0}, members=50, enterprises=0)


def trend(results: Results, edition: MadeUpEdition, measure: str) -> dict:
    return dict(results.row("edition_trend", edition, measure=measure))


def test_members_as_published(results: Results) -> None:
    """84.35 at the end of 2017 and 117.67 at the end of 2023 are 5.7 % a year over six years, not 6.7 %."""
    before, now = trend(results, PAST, "members"), trend(results, TODAY, "members")
    assert_row(before, n=40, total=3374, mean=84.35, median=84)
    assert_row(now, n=42, total=4942, mean=353 / 3, median=118, previous_edition_id=2071, comparability="comparable")
    assert round(100 * now["annual_growth"], 1) == 5.7
    assert_close({"rate": (1 + now["annual_growth"]) ** 6}, {"rate": 353 / 3 / 84.35})
    # the second edition did not ask: it has no row, and growth is over the years between those that did
    assert results.rows("edition_trend", MIDDLE, measure="members") == []
    row = results.row("edition_growth", TODAY, measure="members", previous_edition_id=2071)
    rates = {column: (1 + row[f"growth_{column}"]) ** row["years"] for column in ("total", "mean", "median")}
    assert_close(rates, {"total": 4942 / 3374, "mean": 353 / 3 / 84.35, "median": 118 / 84})


def test_clusters_are_counted(results: Results) -> None:
    """40, 3 in 2019, 42 in 2023: the growth is of the total, a mean means nothing."""
    row = trend(results, TODAY, "clusters")
    assert_row(row, n=42, total=42, mean=None, median=None, previous_edition_id=2072, comparability="comparable")
    assert_close({"rate": (1 + row["annual_growth"]) ** 4}, {"rate": 14})
    row = results.row("edition_growth", TODAY, measure="clusters", previous_edition_id=2071)
    assert_close({"rate": (1 + row["growth_total"]) ** 6}, {"rate": 42 / 40})
    assert_row(row, years=6, growth_mean=None, growth_median=None)


def test_a_question_over_those_who_answered_it(results: Results) -> None:
    """10 and 20 enterprises, one blank; 30 each before."""
    row = trend(results, MIDDLE, "enterprises")
    assert_row(row, n=2, total=30, mean=15, median=15, previous_edition_id=2071)
    assert_close({"rate": (1 + row["annual_growth"]) ** 2}, {"rate": 15 / 30})


def test_asked_but_answered_by_nobody(results: Results) -> None:
    """There is a row that says so; the next edition has nothing to grow from, unless it looks further back."""
    row = trend(results, MIDDLE, "science_institutions")
    assert_row(row, n=0, total=None, mean=None, median=None, previous_edition_id=2071, annual_growth=None)
    assert_row(trend(results, TODAY, "science_institutions"), n=42, previous_edition_id=2072, annual_growth=None)
    row = results.row("edition_growth", TODAY, measure="science_institutions", previous_edition_id=2071)
    assert_row(row, growth_mean=0, growth_median=0)


def test_an_indicator_is_followed_by_what_it_conforms_to(results: Results) -> None:
    """A.1.1 18, 0, 0: mean 6, median 0; today 100 and 44: mean 72, four times … 12 in six years."""
    row = trend(results, PAST, "employment")
    assert_row(row, n=3, total=18, mean=6, median=0, comparability="changed")
    assert results.rows("edition_trend", MIDDLE, measure="employment") == []
    row = trend(results, TODAY, "employment")
    assert_row(row, n=2, total=144, mean=72, median=72, comparability="comparable", previous_edition_id=2071)
    assert_close({"rate": (1 + row["annual_growth"]) ** 6}, {"rate": 12})
    row = results.row("edition_growth", TODAY, measure="employment", previous_edition_id=2071)
    assert_row(row, growth_median=None)  # from a median of 0 nothing grows


def test_every_edition_in_one_unit(results: Results) -> None:
    """Asked in mln zł, in zł and in tys. zł, published in mln zł, zł and tys. zł; the series is in mln zł."""
    assert_row(trend(results, PAST, "budget"), n=1, total=1, mean=1, median=1)
    assert_row(trend(results, MIDDLE, "budget"), n=2, total=5e-6, mean=2.5e-6, median=2.5e-6)
    assert_row(trend(results, TODAY, "budget"), n=1, total=2, mean=2, median=2)
    assert_close(
        results.by("node_id", "value", "fct_indicator_value", TODAY, cluster_id="t0"), {"I.1.1": 100, "I.3.1": 2000}
    )


@pytest.mark.parametrize(
    ("measure", "total"),
    [("members", 50), ("clusters", 1), ("enterprises", 0), ("employment", 0)],
)
def test_no_growth_without_a_year_in_between_or_from_or_to_nothing(
    results: Results, measure: str, total: float
) -> None:
    assert_row(trend(results, AGAIN, measure), total=total, previous_edition_id=2073, annual_growth=None)
    row = results.row("edition_growth", AGAIN, measure=measure, previous_edition_id=2073)
    assert_row(row, years=0, growth_total=None, growth_mean=None, growth_median=None)
    if total == 0:
        row = results.row("edition_growth", AGAIN, measure=measure, previous_edition_id=2071)
        assert_row(row, years=6, growth_total=None, growth_mean=None, growth_median=None)


def test_the_first_edition_that_asks_has_no_previous(results: Results) -> None:
    rows = sorted(results.marts["edition_trend"], key=lambda row: row["edition_id"])
    for measure in ("members", "budget"):
        (first, *_) = (row for row in rows if row["measure"] == measure)
        assert_row(first, previous_edition_id=None, annual_growth=None)


def test_questions_through_the_editions(results: Results) -> None:
    assert_row(
        results.row("question_edition", PAST, question_id="members"),
        is_asked=True,
        survey="register",
        header="P_members",
        type="integer",
        wording_pl="Pytanie members",
        wording_en="Question members",
    )
    nothing = dict.fromkeys(("survey", "header", "type", "unit", "reference_year", "wording_pl", "wording_en"))
    assert_row(results.row("question_edition", MIDDLE, question_id="members"), is_asked=False, **nothing)
    questions = [{row["question_id"] for row in results.rows("question_edition", each)} for each in (PAST, TODAY)]
    assert questions[0] == questions[1] >= {"millions", "thousands", "members"}


def test_coordinators_where_they_are_asked(results: Results) -> None:
    assert_row(results.row("dim_cluster_edition", PAST, cluster_id="t7"), coordinator="Fundacja 7")
    assert_row(results.row("dim_cluster_edition", TODAY, cluster_id="t7"), coordinator=None)
