"""Normalisation and aggregation (method §3, §4), worked out on paper."""

from __future__ import annotations

import pytest

from .by_hand import Results, assert_close, assert_row, by_hand
from .made_up import MadeUpEdition

CLUSTERS = "abcdefghi"


def with_values(edition: MadeUpEdition, columns: dict[str, list], **indicator: object) -> MadeUpEdition:
    """Add indicators, their values listed by cluster a, b, c …; shorter lists leave the others missing."""
    for node_id in columns:
        edition.indicator(node_id, **indicator)  # type: ignore[arg-type]
    for index in range(max(map(len, columns.values()))):
        answers = {node: values[index] for node, values in columns.items() if index < len(values)}
        edition.cluster(CLUSTERS[index], answers)
    return edition


SPANS = by_hand(
    with_values(
        MadeUpEdition(2041),
        {
            "I.1.1": [0, 1, 2, 3, 4, 5, 6, 7, 100],
            "I.1.2": [0, 1, 2, 3, 4],
            "I.1.3": [0, 0, 0, 0, 0, 0, 0, 5, 10],
            "I.1.4": [3, 3, 3],
            "I.1.5": [0, None, 10, 5],
            "I.1.6": [42],
            "I.1.7": [None],
            "I.1.8": [10, 8, 8, 2],
            "I.1.9": [0, 0, 0, 0, 0, 0, 4, 4, 10],
            "I.1.10": [1, 1, 1, 1, 1, 1, 1, 1, 0],
        },
    )
)


@pytest.mark.parametrize(
    ("node_id", "span"),
    [
        # n = 9, type 7: Q1 is value 1 + 8·0.25 = 3, Q3 is value 7; fence 6 + 1.5·(6 − 2) = 12 < maximum
        ("I.1.1", (9, 0, 2, 6, 100, 12, 0, 12, True, False)),
        # Q1 = 1, Q3 = 3; fence 3 + 1.5·2 = 6 lies above the maximum: the maximum counts
        ("I.1.2", (5, 0, 1, 3, 4, 6, 0, 4, False, False)),
        # Q1 = Q3 = minimum = 0: the fence is 0, so nothing is cut
        ("I.1.3", (9, 0, 0, 0, 10, 0, 0, 10, False, True)),
        # all the same: fence = 3 = maximum = minimum
        ("I.1.4", (3, 3, 3, 3, 3, 3, 3, 3, False, True)),
        # a missing value takes no part: of 0, 5, 10 Q1 = 2.5, Q3 = 7.5; fence 7.5 + 1.5·5 = 15
        ("I.1.5", (3, 0, 2.5, 7.5, 10, 15, 0, 10, False, False)),
        ("I.1.6", (1, 42, 42, 42, 42, 42, 42, 42, False, True)),
        # of 2, 8, 8, 10: Q1 at 1.75 → 2 + 0.75·6; Q3 at 3.25 → 8 + 0.25·2; fence 8.5 + 1.5·2 = 11.5
        ("I.1.8", (4, 2, 6.5, 8.5, 10, 11.5, 2, 10, False, False)),
        # Q1 = 0, Q3 = value 7 = 4: the fence 4 + 1.5·4 = 10 just meets the maximum, which is then not capped
        ("I.1.9", (9, 0, 0, 4, 10, 10, 0, 10, False, False)),
        # Q1 = Q3 = 1 > minimum 0: fence 1 = maximum; no degenerate fence
        ("I.1.10", (9, 0, 1, 1, 1, 1, 0, 1, False, False)),
    ],
)
def test_bounds(results: Results, node_id: str, span: tuple) -> None:
    names = ("n", "minimum", "q1", "q3", "maximum", "fence", "lower_bound", "upper_bound")
    names += ("is_capped", "is_degenerate")
    row = results.row("fct_normalisation_bound", SPANS, node_id=node_id)
    assert_row(row, **dict(zip(names, span, strict=True)))


def test_bounds_of_nothing(results: Results) -> None:
    row = results.row("fct_normalisation_bound", SPANS, node_id="I.1.7")
    nothing = dict.fromkeys(("minimum", "q1", "q3", "maximum", "fence", "lower_bound", "upper_bound"))
    assert_row(row, n=0, **nothing)
    assert not row["is_capped"]


@pytest.mark.parametrize(
    ("node_id", "scores"),
    [
        ("I.1.1", [0, 1 / 12, 2 / 12, 3 / 12, 4 / 12, 5 / 12, 6 / 12, 7 / 12, 1]),  # 100 is cut at 12
        ("I.1.2", [0, 0.25, 0.5, 0.75, 1]),
        ("I.1.3", [0, 0, 0, 0, 0, 0, 0, 0.5, 1]),
        ("I.1.4", [None, None, None]),  # max = min: no score, though there are values
        ("I.1.5", [0, None, 1, 0.5]),
        ("I.1.6", [None]),
        ("I.1.7", [None]),
        ("I.1.8", [1, 0.75, 0.75, 0]),
        ("I.1.9", [0, 0, 0, 0, 0, 0, 0.4, 0.4, 1]),
        ("I.1.10", [1, 1, 1, 1, 1, 1, 1, 1, 0]),
    ],
)
def test_normalised_scores(results: Results, node_id: str, scores: list) -> None:
    missing = [None] * (9 - len(scores))
    found = results.by("cluster_id", "score", "fct_score", SPANS, node_id=node_id)
    assert_close(found, dict(zip(CLUSTERS, scores + missing, strict=True)))


@pytest.mark.parametrize(
    ("node_id", "ranks"),
    [
        ("I.1.1", [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("I.1.3", [3, 3, 3, 3, 3, 3, 3, 2, 1]),
        ("I.1.4", [None, None, None]),
        ("I.1.5", [3, None, 1, 2]),
        ("I.1.8", [1, 2, 2, 4]),
    ],
)
def test_ranks_and_ties(results: Results, node_id: str, ranks: list) -> None:
    missing = [None] * (9 - len(ranks))
    found = results.by("cluster_id", "rank", "fct_score", SPANS, node_id=node_id)
    assert found == dict(zip(CLUSTERS, ranks + missing, strict=True))


def test_indicators_have_no_parts(results: Results) -> None:
    for row in results.rows("fct_score", SPANS, level="indicator"):
        assert_row(row, n_parts=None, n_parts_available=None)


SAME_VALUES = {"I.1.1": [0, 1, 2, 3, 4, 5, 6, 7, 100]}
EXCLUSIVE = by_hand(with_values(MadeUpEdition(2042, quartile_method="exclusive"), SAME_VALUES))
FAR_FENCE = by_hand(with_values(MadeUpEdition(2043, fence_factor=3), SAME_VALUES))
LESS_IS_BETTER = by_hand(with_values(MadeUpEdition(2044), {"I.1.1": [2, 4, 6, 30]}, direction=-1))


def test_exclusive_quartiles_as_a_setting(results: Results) -> None:
    """Type 6, n = 9: Q1 at 10·0.25 = 2.5 → 1.5, Q3 at 7.5 → 6.5; fence 6.5 + 1.5·5 = 14."""
    row = results.row("fct_normalisation_bound", EXCLUSIVE, node_id="I.1.1")
    assert_row(row, q1=1.5, q3=6.5, fence=14, upper_bound=14, is_capped=True)
    scores = results.by("cluster_id", "score", "fct_score", EXCLUSIVE, node_id="I.1.1")
    assert_close(
        scores,
        dict(zip(CLUSTERS, [0, 1 / 14, 2 / 14, 3 / 14, 4 / 14, 5 / 14, 6 / 14, 7 / 14, 1], strict=True)),
    )
    statistic = results.row("indicator_statistic", EXCLUSIVE, node_id="I.1.1", segment_id="all")
    assert_row(statistic, minimum=0, q1=1.5, median=4, q3=6.5, benchmark=100)
    # of the scores Q1 = 1.5 / 14, median 4 / 14, Q3 = 6.5 / 14
    distribution = results.row("score_distribution", EXCLUSIVE, node_id="I.1", segment_id="all")
    assert_row(distribution, q1=1.5 / 14, median=4 / 14, q3=6.5 / 14, benchmark=1)


def test_fence_factor_as_a_setting(results: Results) -> None:
    """Fence 6 + 3·(6 − 2) = 18."""
    row = results.row("fct_normalisation_bound", FAR_FENCE, node_id="I.1.1")
    assert_row(row, fence=18, upper_bound=18, is_capped=True)
    scores = results.by("cluster_id", "score", "fct_score", FAR_FENCE, node_id="I.1.1")
    assert_close({"h": scores["h"], "i": scores["i"]}, {"h": 7 / 18, "i": 1})


def test_less_is_better(results: Results) -> None:
    """Of −30, −6, −4, −2: Q1 at 1.75 → −12, Q3 at 3.25 → −3.5, fence −3.5 + 1.5·8.5 = 9.25 > maximum −2.

    Scores (−x + 30) / 28: the largest value is the worst and is not cut: only the upper end has a fence.
    """
    scores = results.by("cluster_id", "score", "fct_score", LESS_IS_BETTER, node_id="I.1.1")
    assert_close(scores, {"a": 1, "b": 26 / 28, "c": 24 / 28, "d": 0})
    assert results.by("cluster_id", "rank", "fct_score", LESS_IS_BETTER, node_id="I.1.1") == {
        "a": 1,
        "b": 2,
        "c": 3,
        "d": 4,
    }
    # the values are published as they were said, and the benchmark is the best of them
    row = results.row("indicator_statistic", LESS_IS_BETTER, node_id="I.1.1", segment_id="all")
    assert_row(row, minimum=2, q1=3.5, median=5, mean=10.5, q3=12, benchmark=2, total=42)
    values = results.by("cluster_id", "value", "fct_indicator_value", LESS_IS_BETTER)
    assert_close(values, {"a": 2, "b": 4, "c": 6, "d": 30})


# Values 0, 0.25, 0.5, 1 are their own scores: Q1 0.1875, Q3 0.625, fence 1.28 > 1. II.1.1 lacks b, so that
# 0, 0.5, 1 are left (fence 0.75 + 1.5·0.5 > 1); e said nothing at all.
PARTS = {
    "I.1.1": [0, 1, 0.5, 0.25],
    "I.1.2": [0.25, 0, 1, 0.5],
    "I.1.3": [0.5, 0.25, 0, 1],
    "I.2.1": [1, 0.5, 0.25, 0],
    "II.1.1": [0.5, None, 0, 1, None],
}
BY_INDICATORS = by_hand(with_values(MadeUpEdition(2045), PARTS))
BY_SUBAREAS = by_hand(with_values(MadeUpEdition(2046, area_mean_of="subareas"), PARTS))


def test_subareas_are_means_of_their_indicators(results: Results) -> None:
    for edition in (BY_INDICATORS, BY_SUBAREAS):
        assert_close(
            results.by("cluster_id", "score", "fct_score", edition, node_id="I.1"),
            {"a": 0.75 / 3, "b": 1.25 / 3, "c": 1.5 / 3, "d": 1.75 / 3, "e": None},
        )
        # a sub-area with one indicator is that indicator
        assert_close(
            results.by("cluster_id", "score", "fct_score", edition, node_id="I.2"),
            {"a": 1, "b": 0.5, "c": 0.25, "d": 0, "e": None},
        )
        assert_close(
            results.by("cluster_id", "score", "fct_score", edition, node_id="II.1"),
            {"a": 0.5, "b": None, "c": 0, "d": 1, "e": None},
        )


def test_areas_as_means_of_indicators(results: Results) -> None:
    """Area I: all four indicators weigh the same. Overall: mean of the areas there are (b has no area II)."""
    assert_close(
        results.by("cluster_id", "score", "fct_score", BY_INDICATORS, node_id="I"),
        {"a": 1.75 / 4, "b": 1.75 / 4, "c": 1.75 / 4, "d": 1.75 / 4, "e": None},
    )
    assert_close(
        results.by("cluster_id", "score", "fct_score", BY_INDICATORS, node_id="overall"),
        {"a": 0.46875, "b": 0.4375, "c": 0.21875, "d": 0.71875, "e": None},
    )
    # the four area scores are equal, though summed in different orders
    assert results.by("cluster_id", "rank", "fct_score", BY_INDICATORS, node_id="I") == {
        "a": 1,
        "b": 1,
        "c": 1,
        "d": 1,
        "e": None,
    }
    row = results.row("fct_score", BY_INDICATORS, node_id="I", cluster_id="a")
    assert_row(row, level="area", n_parts=4, n_parts_available=4)


def test_areas_as_means_of_subareas(results: Results) -> None:
    """a (0.25 + 1) / 2, b (1.25/3 + 0.5) / 2 = 11/24, c (0.5 + 0.25) / 2, d (1.75/3 + 0) / 2 = 7/24."""
    areas = {"a": 0.625, "b": 11 / 24, "c": 0.375, "d": 7 / 24, "e": None}
    assert_close(results.by("cluster_id", "score", "fct_score", BY_SUBAREAS, node_id="I"), areas)
    assert_close(
        results.by("cluster_id", "score", "fct_score", BY_SUBAREAS, node_id="overall"),
        {"a": (0.625 + 0.5) / 2, "b": 11 / 24, "c": 0.1875, "d": (7 / 24 + 1) / 2, "e": None},
    )
    row = results.row("fct_score", BY_SUBAREAS, node_id="I", cluster_id="a")
    assert_row(row, level="area", n_parts=2, n_parts_available=2)


def test_counts_of_parts_and_nothing_available(results: Results) -> None:
    row = results.row("fct_score", BY_INDICATORS, node_id="overall", cluster_id="b")
    assert_row(row, level="overall", n_parts=2, n_parts_available=1)
    for node_id, n_parts in (("I.1", 3), ("I.2", 1), ("I", 4), ("II.1", 1), ("II", 1), ("overall", 2)):
        row = results.row("fct_score", BY_INDICATORS, node_id=node_id, cluster_id="e")
        assert_row(row, score=None, rank=None, n_parts=n_parts, n_parts_available=0)


# Two clusters with everything set the scale 0 … 1; the others have one or two of the parts.
AVAILABILITY = {
    "I.1.1": [0, 1, 0.5, 0.5],
    "I.1.2": [0, 1, None, 0.5],
    "I.1.3": [0, 1, None, None],
    "I.2.1": [0, 1, 0.5, None],
    "I.2.2": [0, 1, None, None],
}
HALF_NEEDED = by_hand(with_values(MadeUpEdition(2047, minimum_availability=0.5), AVAILABILITY))
HALF_NEEDED_BY_SUBAREAS = by_hand(
    with_values(MadeUpEdition(2048, minimum_availability=0.5, area_mean_of="subareas"), AVAILABILITY)
)


def test_minimum_availability(results: Results) -> None:
    """Half of the parts is enough, less is not. c has 1 of 3, 1 of 2; d has 2 of 3, 0 of 2."""
    for edition in (HALF_NEEDED, HALF_NEEDED_BY_SUBAREAS):
        assert_close(
            results.by("cluster_id", "score", "fct_score", edition, node_id="I.1"),
            {"a": 0, "b": 1, "c": None, "d": 0.5},
        )
        assert_close(
            results.by("cluster_id", "score", "fct_score", edition, node_id="I.2"),
            {"a": 0, "b": 1, "c": 0.5, "d": None},
        )
    # by indicators c and d have 2 of 5: too few; by sub-areas 1 of 2: enough
    assert_close(
        results.by("cluster_id", "score", "fct_score", HALF_NEEDED, node_id="I"),
        {"a": 0, "b": 1, "c": None, "d": None},
    )
    assert_close(
        results.by("cluster_id", "score", "fct_score", HALF_NEEDED_BY_SUBAREAS, node_id="I"),
        {"a": 0, "b": 1, "c": 0.5, "d": 0.5},
    )
    # too few parts: the row says how many there are all the same
    row = results.row("fct_score", HALF_NEEDED, node_id="I", cluster_id="c")
    assert_row(row, score=None, rank=None, n_parts=5, n_parts_available=2)
    assert_close(
        results.by("cluster_id", "score", "fct_score", HALF_NEEDED, node_id="overall"),
        {"a": 0, "b": 1, "c": None, "d": None},
    )
