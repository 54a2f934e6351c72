"""Cuts, distributions, strengths, regression, spread and profiles (method §5), worked out on paper."""

from __future__ import annotations

import math

from .building import Warehouses, read_seeds
from .by_hand import Results, assert_close, assert_row, by_hand
from .comparison import keyed
from .made_up import REFUSED, MadeUpEdition, joined

# The fence is far away, so that I.1.1 = 0, 2, 3, 3.1, 10 gives the scores 0, 0.2, 0.3, 0.31, 1.
CUTS = by_hand(MadeUpEdition(2051, fence_factor=100))
CUTS.question("strategy", "single_choice", options={"updated": 2, "written": 1, "none": 0})
CUTS.question("plans", "single_choice", options=("kkk", "planned", "not_planned"))
CUTS.indicator("I.1.1")
CUTS.indicator("II.1.1", "strategy")
CUTS.indicator("II.1.2", blank_means="zero")
CUTS.cut("size", "members", ("small", None, 49), ("medium", 50, 79), ("large", 80, None))
CUTS.cut("strategy", "II.1.1", ("none", 0, 0), ("written", 1, 1), ("updated", 2, 2))
CUTS.cut("kkk_plans", "plans", ("kkk", "kkk"), ("planned", "planned"), ("not_planned", "not_planned"))
CUTS.cut("gap", "members", ("up_to_20", None, 20), ("from_80", 80, None))
CUTS.cluster("a", {"I.1.1": 0, "strategy": "none", "plans": "kkk", "II.1.2": 5}, members=19)
CUTS.cluster("b", {"I.1.1": 2, "strategy": "updated", "plans": "kkk"}, members=49)
CUTS.cluster("c", {"I.1.1": 3, "strategy": "none"}, members=50)
CUTS.cluster("d", {"I.1.1": 3.1, "strategy": REFUSED, "plans": "not_planned", "II.1.2": 1}, members=79)
CUTS.cluster("e", {"I.1.1": 10, "strategy": "none", "plans": "not_planned"}, members=80)
CUTS.cluster("f", {"I.1.1": None, "strategy": "updated", "plans": REFUSED}, members=500)
CUTS.cluster("g", {"I.1.1": 3, "strategy": "updated", "plans": "kkk"}, members=None)


def test_sizes_of_segments(results: Results) -> None:
    """Bands are inclusive and open at both ends; who lacks the characteristic is in no segment."""
    rows = results.rows("dim_segment", CUTS)
    assert {(row["cut_id"], row["segment_id"]): row["n_clusters"] for row in rows} == {
        ("all", "all"): 7,
        ("size", "small"): 2,  # 19 and 49
        ("size", "medium"): 2,  # 50 and 79
        ("size", "large"): 2,  # 80 and 500; g has no number of members
        ("strategy", "none"): 3,
        ("strategy", "written"): 0,
        ("strategy", "updated"): 3,  # d refused to tell
        ("kkk_plans", "kkk"): 3,
        ("kkk_plans", "planned"): 0,
        ("kkk_plans", "not_planned"): 2,
        ("gap", "up_to_20"): 1,
        ("gap", "from_80"): 2,  # the other four fit no band
    }


def test_segments_of_a_cluster(results: Results) -> None:
    """The cuts `age`, `industry` and `kkk_status` are not made in this edition."""
    nowhere = {"age": None, "industry": None, "kkk_status": None}
    row = results.row("dim_cluster_edition", CUTS, cluster_id="a")
    assert_row(row, members=19, size="small", strategy="none", kkk_plans="kkk", **nowhere)
    row = results.row("dim_cluster_edition", CUTS, cluster_id="g")
    assert_row(row, members=None, size=None, strategy="updated", kkk_plans="kkk", **nowhere)
    row = results.row("dim_cluster_edition", CUTS, cluster_id="d")
    assert_row(row, size="medium", strategy=None, kkk_plans="not_planned", **nowhere)


def test_statistics_of_values(results: Results) -> None:
    def statistic(cut_id: str, segment_id: str, node_id: str) -> dict:
        return results.row("indicator_statistic", CUTS, cut_id=cut_id, segment_id=segment_id, node_id=node_id)

    # 0 2 3 3 3.1 10 of seven clusters: Q1 at 2.25 → 2 + 0.25·1, Q3 at 4.75 → 3 + 0.75·0.1, sum 21.1
    assert_row(statistic("all", "all", "I.1.1"), n=6, n_missing=1, n_zero=1, n_positive=5, total=21.1)
    assert_row(
        statistic("all", "all", "I.1.1"),
        minimum=0,
        q1=2.25,
        median=3,
        mean=21.1 / 6,
        q3=3.075,
        benchmark=10,
    )
    # small: 0 and 2; Q1 at 1.25 → 0.5, Q3 at 1.75 → 1.5
    assert_row(statistic("size", "small", "I.1.1"), n=2, n_missing=0, q1=0.5, median=1, q3=1.5, total=2)
    # large: 10 and one missing
    assert_row(statistic("size", "large", "I.1.1"), n=1, n_missing=1, q1=10, median=10, benchmark=10)
    # zeros that are blanks count as values: 5 0 0 1 0 0 0
    assert_row(statistic("all", "all", "II.1.2"), n=7, n_missing=0, n_zero=5, n_positive=2, median=0, total=6)


def test_a_segment_without_clusters(results: Results) -> None:
    nothing = dict.fromkeys(("minimum", "q1", "median", "mean", "q3", "benchmark"))
    where = {"cut_id": "strategy", "segment_id": "written"}
    for node_id in ("I.1.1", "II.1.1", "II.1.2"):
        row = results.row("indicator_statistic", CUTS, node_id=node_id, **where)
        assert_row(row, n=0, n_missing=0, n_zero=0, n_positive=0, total=None, **nothing)
    for node_id in ("I.1", "II.1", "I", "II", "overall"):
        assert_row(results.row("score_distribution", CUTS, node_id=node_id, **where), n=0, **nothing)
    row = results.row("strength_weakness", CUTS, node_id="I.1", **where)
    assert_row(row, median=None, verdict=None)


def test_distribution_of_scores_in_a_segment(results: Results) -> None:
    """Scores keep the edition's bounds inside a segment: small has 0 and 0.2, not 0 and 1."""
    where = {"node_id": "I.1", "cut_id": "size"}
    row = results.row("score_distribution", CUTS, segment_id="small", **where)
    assert_row(row, level="subarea", n=2, minimum=0, q1=0.05, median=0.1, mean=0.1, q3=0.15, benchmark=0.2)
    row = results.row("score_distribution", CUTS, segment_id="large", **where)
    assert_row(row, n=1, minimum=1, q1=1, median=1, mean=1, q3=1, benchmark=1)


VERDICTS = by_hand(MadeUpEdition(2052, fence_factor=100))
VERDICTS.indicator("I.1.1")
VERDICTS.cut("place", "industry", *((segment, segment) for segment in ("w", "x", "y", "z")))
for place, values in {"w": (0, 2, 10), "x": (0, 3, 10), "y": (0, 3.0001, 10), "z": (0, 2.0001, 10)}.items():
    for number, value in enumerate(values):
        VERDICTS.cluster(f"{place}{number}", {"I.1.1": value}, industry=place)


def test_strengths_and_weaknesses(results: Results) -> None:
    """Strong is above 0.30, weak at most 0.20, on unrounded medians: 0.30 itself is neither, 0.20 is weak."""
    found = results.by("segment_id", "verdict", "strength_weakness", VERDICTS, cut_id="place")
    assert found == {"w": "weakness", "x": "neutral", "y": "strength", "z": "neutral"}
    medians = results.by("segment_id", "median", "strength_weakness", VERDICTS, cut_id="place")
    assert_close(medians, {"w": 0.2, "x": 0.3, "y": 0.30001, "z": 0.20001})


THRESHOLDS = by_hand(MadeUpEdition(2053, strength_above=0.6, weakness_at_most=0.5))
THRESHOLDS.indicator("I.1.1")
THRESHOLDS.indicator("I.2.1")
for number, values in enumerate(((0, 0), (0.5, 0.6), (1, 1))):
    THRESHOLDS.cluster(f"c{number}", dict(zip(("I.1.1", "I.2.1"), values, strict=True)))


def test_thresholds_are_settings(results: Results) -> None:
    found = results.by("node_id", "verdict", "strength_weakness", THRESHOLDS, segment_id="all")
    assert found == {"I.1": "weakness", "I.2": "neutral"}


# Overall scores 0, 0.5, 0.25, 1 (they are the values: Q3 0.625, fence 1.28) beside 10, 20, 30, 40 members.
LINE = by_hand(MadeUpEdition(2054))
LINE.indicator("I.1.1")
LINE.cut("size", "members", ("small", None, 25), ("large", 26, None))
LINE.cut("industry", "industry", ("ict", "ict"), ("metal", "metal"))
for cluster, value, members, industry in (
    ("a", 0, 10, "ict"),
    ("b", 0.5, 20, "metal"),
    ("c", 0.25, 30, "metal"),
    ("d", 1, 40, "metal"),
):
    LINE.cluster(cluster, {"I.1.1": value}, members=members, industry=industry, science_institutions=2)
LINE.cluster("e", {}, members=1000, industry="unheard_of", science_institutions=9)


def test_regression_on_members(results: Results) -> None:
    """x̄ = 25, ȳ = 0.4375, Sxx = 500, Syy = 0.546875.

    Sxy = (−15)(−0.4375) + (−5)(0.0625) + 5(−0.1875) + 15(0.5625) = 13.75; slope 13.75 / 500 = 0.0275,
    intercept 0.4375 − 0.0275·25 = −0.25, R² = 13.75² / (500·0.546875) = 121/175, residuals
    0.546875·54/175 = 0.16875, standard error √(0.16875 / 2 / 500). Cluster e has no score and takes no part.
    """
    row = results.row("score_regression", LINE, variable="members")
    assert_row(row, n=4, slope=0.0275, intercept=-0.25, r_squared=121 / 175)
    assert_row(row, slope_standard_error=math.sqrt(0.16875 / 2 / 500))


def test_no_line_without_spread(results: Results) -> None:
    """All four clusters with a score have two science institutions."""
    row = results.row("score_regression", LINE, variable="science_institutions")
    assert_row(row, n=4, slope=None, intercept=None, r_squared=None, slope_standard_error=None)


def test_spread_by_both_quartile_methods(results: Results) -> None:
    """0, 0.25, 0.5, 1. Inclusive: Q1 0.1875, Q3 0.625. Exclusive: Q1 at 1.25 → 0.0625, Q3 at 3.75 → 0.875."""
    row = results.row("score_spread", LINE, node_id="I", quartile_method="inclusive")
    assert_row(row, bottom_25=0.1875, middle_50=0.4375, top_25=0.375)
    row = results.row("score_spread", LINE, node_id="I", quartile_method="exclusive")
    assert_row(row, bottom_25=0.0625, middle_50=0.8125, top_25=0.125)


def test_profile_of_a_cluster(results: Results) -> None:
    """All: median (0.25 + 0.5) / 2. Size large: c, d and e without score. Industry metal: b, c, d."""
    for node_id in ("I.1", "I", "overall"):
        row = results.row("cluster_profile", LINE, cluster_id="c", node_id=node_id)
        assert_row(row, score=0.25, rank=3, median_all=0.375, benchmark_all=1, gap_to_benchmark=0.75)
        assert_row(row, median_size=0.625, median_industry=0.5)
    row = results.row("cluster_profile", LINE, cluster_id="e", node_id="overall")
    assert_row(row, score=None, rank=None, median_all=0.375, benchmark_all=1, gap_to_benchmark=None)
    assert_row(row, median_size=0.625, median_industry=None)  # its industry is none of the cut's


TWO = by_hand(MadeUpEdition(2055))
TWO.indicator("I.1.1")
TWO.cluster("a", {"I.1.1": 4}, members=10)
TWO.cluster("b", {"I.1.1": 8}, members=30)


def test_two_clusters(results: Results) -> None:
    """Exclusive quartiles would lie outside two values: they are kept at the first and the last."""
    row = results.row("score_spread", TWO, node_id="I.1", quartile_method="exclusive")
    assert_row(row, bottom_25=0, middle_50=1, top_25=0)
    row = results.row("score_spread", TWO, node_id="I.1", quartile_method="inclusive")
    assert_row(row, bottom_25=0.25, middle_50=0.5, top_25=0.25)
    # two points make a line (0.05 a member, 0 at 10 members), but no standard error
    row = results.row("score_regression", TWO, variable="members")
    assert_row(row, n=2, slope=0.05, intercept=-0.5, r_squared=1, slope_standard_error=None)


def test_an_edition_without_cuts(results: Results) -> None:
    """Only `all` is there; a profile has nothing to compare with by size and industry."""
    assert {row["cut_id"] for row in results.rows("indicator_statistic", TWO)} == {"all"}
    row = results.row("cluster_profile", TWO, cluster_id="a", node_id="overall")
    assert_row(row, score=0, rank=2, median_all=0.5, benchmark_all=1, gap_to_benchmark=1)
    assert_row(row, median_size=None, median_industry=None)
    row = results.row("dim_cluster_edition", TWO, cluster_id="a")
    assert_row(row, kkk_status=None, kkk_plans=None, size=None, age=None, strategy=None, industry=None, members=10)


NOBODY = by_hand(MadeUpEdition(2056))
NOBODY.indicator("I.1.1")


def test_an_edition_without_clusters(results: Results) -> None:
    """Every table that has a row per segment or node has it, with n = 0; those per cluster are empty."""
    assert_row(results.row("dim_segment", NOBODY), cut_id="all", n_clusters=0)
    assert_row(results.row("fct_normalisation_bound", NOBODY), n=0, upper_bound=None)
    assert_row(results.row("indicator_statistic", NOBODY), n=0, total=None, benchmark=None)
    assert_row(results.row("score_distribution", NOBODY, node_id="overall"), n=0, median=None)
    assert results.rows("fct_score", NOBODY) == []
    assert results.rows("cluster_profile", NOBODY) == []


def test_editions_do_not_influence_each_other(warehouses: Warehouses, marts_by_hand: dict) -> None:
    """An edition built alone has the rows it has among all editions worked out on paper, bit for bit.

    But for the tables that are about several editions at once.
    """
    several = ("dim_cluster", "dim_node", "cluster_lineage", "question_edition", "edition_trend", "edition_growth")
    for name, rows in warehouses.marts(joined(read_seeds(), CUTS.tables())).items():
        if name not in several:
            together = [row for row in marts_by_hand[name] if row["edition_id"] == CUTS.edition_id]
            assert keyed(name, rows) == keyed(name, together), name
