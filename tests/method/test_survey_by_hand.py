"""Opinions of members and the audit of websites (method §7, §8), worked out on paper."""

from __future__ import annotations

import math

import pytest

from .by_hand import Results, assert_close, assert_row, by_hand
from .made_up import AUDIT, MEMBERS, REFUSED, REJECTED, SKIPPED, MadeUpEdition

# At this level z = 2: the normal distribution within two standard deviations.
Z_2 = math.erf(math.sqrt(2))
RATING = {"low": 1, "average": 3, "high": 5, "unknown": None}

OPINIONS = by_hand(MadeUpEdition(2091, confidence_level=Z_2, minimum_respondents=4))
OPINIONS.indicator("I.1.1")
OPINIONS.question("events")
OPINIONS.question("grants", multiplier=1000)
OPINIONS.cut("size", "members", ("small", None, 20), ("medium", 21, 40), ("large", 41, None))
OPINIONS.question("took_part", "single_choice", survey=MEMBERS, options=("yes", "no", "unknown"), number=4)
OPINIONS.question(
    "services",
    "multiple_choice",
    survey=MEMBERS,
    options=("x", "y", "other"),
    asked_if=("took_part", "yes"),
    number=5,
)
for number in (1, 2):
    OPINIONS.question(f"rating_{number}", "single_choice", survey=MEMBERS, options=RATING, number=8, item=number)
OPINIONS.question("amount", survey=MEMBERS, number=13)
OPINIONS.question("mode", "single_choice", survey=MEMBERS, options=("web", "phone"))
OPINIONS.question("remark", "free_text", survey=MEMBERS)
OPINIONS.confirmation("took_part", "yes", "events;grants", 0.25, 0.75)
OPINIONS.confirmation("services", "x;other", "grants", 0.25, 0.75)


def ask(cluster: str, took_part: list[str | None], **others: list) -> None:
    """Respondents of a cluster; of the other questions the answers in order, blank beyond."""
    for place, said in enumerate(took_part):
        answers = {question: own[place] for question, own in others.items() if place < len(own)}
        OPINIONS.member(
            cluster,
            f"m_{cluster}_{place}",
            {"services": None if said == "yes" else SKIPPED} | answers | {"took_part": said},
        )


# 9 of 33 members; coordinator: no event, no grant
OPINIONS.cluster("nine", {"I.1.1": 1, "events": 0, "grants": 0}, members=33)
ask(
    "nine",
    ["yes", "yes", "yes", "no", "no", "no", "no", "unknown", "unknown"],
    services=[{"x": 1, "y": 1, "other": 2}, {"x": 0, "y": 0}, REFUSED],
    rating_1=["low", "low", "high", "unknown", "unknown", "unknown", REJECTED],
    rating_2=["average"],
    amount=[10, 20, REFUSED],
    mode=["web"],
    remark=["Jan Kowalski"],
)
# all 4 members; coordinator: nothing
OPINIONS.cluster("everyone", {"I.1.1": 2, "events": 0}, members=4)
ask("everyone", ["yes", "yes", "yes", "no"], amount=[0, 50])
# 12 of a number that the cluster withholds; coordinator: 3 events
OPINIONS.cluster("unknown", {"I.1.1": 3, "events": 3, "grants": 2}, members=REFUSED)
ask("unknown", ["yes"] * 4 + ["no"] * 8, services=[{"x": 0, "y": 1}] * 3 + [{"x": 1, "y": 1, "other": 1}])
# 3 of 15; its coordinator did not answer
OPINIONS.cluster("three", {"I.1.1": 4, "events": REFUSED}, members=15)
ask("three", ["no", "no", "no"], rating_2=["high", "high", "unknown"])
# 4 of 5, one of whom did not answer; coordinator: grants only
OPINIONS.cluster("blank", {"I.1.1": 5, "grants": 1}, members=5)
ask("blank", ["no", "no", "no", None])
# nobody
OPINIONS.cluster("nobody", {"I.1.1": 6, "events": 1}, members=16)

# One respondent more than the cluster has members.
MORE = by_hand(MadeUpEdition(2092, minimum_respondents=1))
MORE.indicator("I.1.1")
MORE.question("opinion", "single_choice", survey=MEMBERS, options=("yes", "no"), number=1)
MORE.cluster("a", {"I.1.1": 1}, members=2)
for respondent, opinion in (("m1", "yes"), ("m2", "yes"), ("m3", "no")):
    MORE.member("a", respondent, {"opinion": opinion})


def option(results: Results, question_id: str, option_id: str | None, **where: object) -> dict:
    """The row of one option, of a cluster or else of a segment."""
    table = "cluster_opinion" if "cluster_id" in where else "member_opinion"
    return dict(results.row(table, OPINIONS, question_id=question_id, option_id=option_id, **where))


def test_interval_of_a_finite_population(results: Results) -> None:
    """3 of 9, out of 33: worth 9·32/24 = 12 answers. z²/12 = 1/3, so the middle is (1/3 + 1/6)/(4/3) = 3/8 and half
    the width 3/4·2·√(2/9/12 + 1/144) = √33/24."""
    row = option(results, "took_part", "yes", cluster_id="nine")
    assert_row(row, n_respondents=9, n_asked=9, n_valid=9, n_chosen=3, share=1 / 3, population=33)
    assert_row(row, share_lower=(9 - math.sqrt(33)) / 24, share_upper=(9 + math.sqrt(33)) / 24)


def test_interval_without_a_known_population(results: Results) -> None:
    """4 of 12 out of who knows how many: the same 12 answers."""
    row = option(results, "took_part", "yes", cluster_id="unknown")
    assert_row(row, n_valid=12, n_chosen=4, population=None)
    assert_row(row, share_lower=(9 - math.sqrt(33)) / 24, share_upper=(9 + math.sqrt(33)) / 24)


def test_who_asked_everyone_knows_the_share(results: Results) -> None:
    row = option(results, "took_part", "yes", cluster_id="everyone")
    assert_row(row, n_valid=4, n_chosen=3, population=4, share=0.75, share_lower=0.75, share_upper=0.75)
    row = option(results, "took_part", "unknown", cluster_id="everyone")
    assert_row(row, n_chosen=0, share=0, share_lower=0, share_upper=0)


def test_more_respondents_than_members(results: Results) -> None:
    row = results.row("member_opinion", MORE, option_id="yes")
    assert_row(row, population=3, share=2 / 3, share_lower=2 / 3, share_upper=2 / 3)


def test_an_option_nobody_chose(results: Results) -> None:
    """0 of 3 out of 15, worth 3·14/12 = 3.5 answers: from 0 to (4/3.5)/(1 + 4/3.5) = 8/15."""
    row = option(results, "took_part", "yes", cluster_id="three")
    assert_row(row, n_chosen=0, share=0, share_lower=0, share_upper=8 / 15)
    row = option(results, "took_part", "no", cluster_id="three")
    assert_row(row, n_chosen=3, share=1, share_lower=7 / 15, share_upper=1)


def test_a_conditional_question_is_over_those_asked(results: Results) -> None:
    """Three of nine were asked, one refused: x is 1 of 2, about 33·3/9 = 11 members."""
    found = {each: option(results, "services", each, cluster_id="nine") for each in ("x", "y", "other")}
    for row in found.values():
        assert_row(row, n_respondents=9, n_asked=3, n_valid=2, n_chosen=1, share=0.5, population=11)
        # a tick is no rating
        assert_row(row, n_rated=0, mean_rating=None, mean_number=None)


def test_ratings_leave_out_those_who_do_not_know(results: Results) -> None:
    """1, 1, 5, three who do not know, one answer rejected and two blank: 7/3 over 3, shares over 6."""
    for option_id, n_chosen in (("low", 2), ("average", 0), ("high", 1), ("unknown", 3)):
        row = option(results, "rating_1", option_id, cluster_id="nine")
        assert_row(row, question_no=8, item_no=1, n_asked=9, n_valid=6, n_chosen=n_chosen, share=n_chosen / 6)
        assert_row(row, n_rated=3, mean_rating=7 / 3, mean_number=None)
    # average in one cluster, high twice in another and one who does not know
    row = option(results, "rating_2", "high", cut_id="all")
    assert_row(
        row, item_no=2, n_valid=4, n_chosen=2, n_rated=3, mean_rating=13 / 3, n_clusters=2, n_clusters_choosing=1
    )


def test_an_amount_has_a_mean_and_no_share(results: Results) -> None:
    row = option(results, "amount", None, cluster_id="nine")
    assert_row(row, n_asked=9, n_valid=2, mean_number=15, n_rated=0, mean_rating=None)
    assert_row(row, n_chosen=None, share=None, share_lower=None, share_upper=None)
    row = option(results, "amount", None, cut_id="all")
    assert_row(row, n_valid=4, mean_number=20, n_clusters=2, n_clusters_choosing=None)


def test_a_segment_adds_up_its_clusters(results: Results) -> None:
    """Small: 4 of 4, 3 of 15 and 4 of 5 with one blank; the cluster of 16 without respondents does not count."""
    row = option(results, "took_part", "yes", cut_id="size", segment_id="small")
    assert_row(row, n_respondents=11, n_asked=11, n_valid=10, n_chosen=3, share=0.3, population=24)
    assert_row(row, n_clusters=3, n_clusters_choosing=1)
    # the members of one cluster are unknown
    assert_row(option(results, "took_part", "yes", cut_id="all"), n_respondents=32, population=None, n_chosen=10)


def test_a_segment_without_respondents_has_its_rows(results: Results) -> None:
    rows = results.rows("member_opinion", OPINIONS, segment_id="large")
    assert len(rows) == 3 + 3 + 4 + 4 + 1
    for row in rows:
        assert_row(row, n_respondents=0, n_asked=0, n_valid=0, n_clusters=0, n_rated=0, population=None)
        assert_row(row, share=None, share_lower=None, share_upper=None, mean_rating=None, mean_number=None)


def test_only_numbered_questions_are_published(results: Results) -> None:
    asked = {"took_part", "services", "rating_1", "rating_2", "amount"}
    for table in ("member_opinion", "cluster_opinion"):
        assert {row["question_id"] for row in results.rows(table, OPINIONS)} == asked


def test_clusters_with_few_respondents_are_flagged(results: Results) -> None:
    found = results.by(
        "cluster_id", "is_below_minimum", "cluster_opinion", OPINIONS, question_id="took_part", option_id="yes"
    )
    expected = {"nine": False, "everyone": False, "unknown": False, "three": True, "blank": False, "nobody": True}
    assert_close(found, expected)
    row = option(results, "took_part", "yes", cluster_id="nobody")
    assert_row(row, n_respondents=0, n_valid=0, n_chosen=0, share=None, population=None)
    assert results.rows("cluster_opinion", OPINIONS, cluster_id="nobody", is_below_minimum=False) == []


@pytest.mark.parametrize(
    ("cluster", "question_id", "says", "value", "n_confirming", "share", "verdict"),
    [
        # no event and no grant: 3 of 9 say that they took part, which is less than 0.75; 3 of 4 is not
        ("nine", "took_part", False, 0, 3, 1 / 3, "confirmed"),
        ("everyone", "took_part", False, 0, 3, 3 / 4, "contradicted"),
        # events and grants: 4 of 12 is more than 0.25; 1 of 4 ticked x or other, or both, which is not
        ("unknown", "took_part", True, 2003, 4, 1 / 3, "confirmed"),
        ("unknown", "services", True, 2000, 1, 1 / 4, "contradicted"),
        # a grant, which nobody knows of, but only 3 of 4 answered
        ("blank", "took_part", True, 1000, 0, 0, "too_few_answers"),
        # nobody was asked about services
        ("blank", "services", True, 1000, 0, None, "too_few_answers"),
        ("nobody", "took_part", True, 1, 0, None, "too_few_answers"),
        # the coordinator refused, or was not asked
        ("three", "took_part", None, None, 0, 0, None),
        ("everyone", "services", None, None, 0, None, None),
        ("nine", "rating_1", None, None, None, None, None),
    ],
)
def test_members_and_their_coordinator(
    results: Results,
    cluster: str,
    question_id: str,
    says: bool | None,
    value: float | None,
    n_confirming: int | None,
    share: float | None,
    verdict: str | None,
) -> None:
    rows = results.rows("cluster_opinion", OPINIONS, cluster_id=cluster, question_id=question_id)
    assert len(rows) >= 3
    for row in rows:
        assert_row(row, coordinator_says=says, coordinator_value=value, n_confirming=n_confirming)
        assert_row(row, share_confirming=share, verdict=verdict)


def test_an_edition_without_members_or_audit_has_no_rows(results: Results) -> None:
    for table in ("accessibility_criterion", "accessibility_band"):
        assert results.rows(table, OPINIONS) == []
    for table in ("member_opinion", "cluster_opinion"):
        assert results.rows(table, SITES) == []


def test_members_change_no_score(results: Results) -> None:
    assert len(results.rows("dim_cluster_edition", OPINIONS)) == 6
    found = results.by("cluster_id", "value", "fct_indicator_value", OPINIONS, node_id="I.1.1")
    assert found == {"nine": 1, "everyone": 2, "unknown": 3, "three": 4, "blank": 5, "nobody": 6}


# Three criteria; 2–3 points are good, 1 is poor, 0 is bad.
SITES = by_hand(MadeUpEdition(2093))
SITES.indicator("I.1.1")
for criterion in (1, 2, 3):
    SITES.question(
        f"criterion_{criterion}",
        "single_choice",
        survey=AUDIT,
        options={"pass": 1, "fail": 0},
        number=criterion,
        reference=f"1.4.{criterion}",
    )
SITES.question("note", "free_text", survey=AUDIT)
SITES.band("good", 2, None)
SITES.band("poor", 1, 1)
SITES.band("bad", None, 0)
for cluster, found in {
    "a": ("pass", "pass", "pass"),
    "b": ("pass", "fail", "pass"),
    "c": ("fail", "fail", "fail"),
    "d": ("pass", None, "pass"),  # not judged by all: in no band
    "e": (REJECTED, REFUSED, None),
}.items():
    SITES.cluster(cluster, {"I.1.1": 1})
    SITES.site(
        cluster, {f"criterion_{place}": said for place, said in enumerate(found, start=1)} | {"note": "Brak uwag"}
    )
SITES.cluster("f", {"I.1.1": 1})  # has no site

UNJUDGED = by_hand(MadeUpEdition(2094))
UNJUDGED.indicator("I.1.1")
UNJUDGED.question("criterion", "single_choice", survey=AUDIT, options={"pass": 1, "fail": 0}, number=1)
UNJUDGED.band("all", None, None)
UNJUDGED.cluster("a", {"I.1.1": 1})


@pytest.mark.parametrize(("criterion", "n_sites", "n_passing"), [(1, 4, 3), (2, 3, 1), (3, 4, 3)])
def test_sites_by_criterion(results: Results, criterion: int, n_sites: int, n_passing: int) -> None:
    row = results.row("accessibility_criterion", SITES, criterion_no=criterion)
    assert_row(row, n_sites=n_sites, n_passing=n_passing, share=n_passing / n_sites, wcag_reference=f"1.4.{criterion}")
    assert_row(row, name_pl=f"Pytanie criterion_{criterion}", name_en=f"Question criterion_{criterion}")


@pytest.mark.parametrize(("band", "position", "n_sites"), [("good", 1, 2), ("poor", 2, 0), ("bad", 3, 1)])
def test_sites_by_band(results: Results, band: str, position: int, n_sites: int) -> None:
    row = results.row("accessibility_band", SITES, band=band)
    assert_row(row, position=position, n_sites=n_sites, n_judged=3, share=n_sites / 3, name_en=f"Band {band}")


def test_nobody_was_audited(results: Results) -> None:
    row = results.row("accessibility_criterion", UNJUDGED)
    assert_row(row, criterion_no=1, n_sites=0, n_passing=0, share=None)
    assert_row(results.row("accessibility_band", UNJUDGED), n_sites=0, n_judged=0, share=None)
