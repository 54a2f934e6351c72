"""Two editions compared (method §6), worked out on paper: which nodes meet, on which scale, over which clusters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from .by_hand import Results, assert_close, assert_row, by_hand, merger
from .made_up import MadeUpEdition

MEASURES = ("median", "mean", "benchmark")


def answered(edition: MadeUpEdition, clusters: str, **columns: Sequence[float | None]) -> None:
    """Let each cluster answer; `I_1_1=(0, 2)` are the answers of all clusters to I.1.1."""
    for place, cluster in enumerate(clusters):
        edition.cluster(cluster, {name.replace("_", "."): values[place] for name, values in columns.items()})


def compared(results: Results, later: MadeUpEdition, earlier: MadeUpEdition, column: str, **where: object) -> dict:
    """A column of the comparison by node, of the median of all clusters on their own scale unless told otherwise."""
    where = {"basis": "all", "scale": "own", "measure": "median"} | where
    where["previous_edition_id"] = earlier.edition_id
    return results.by("node_id", column, "edition_comparison", later, **where)


# The later edition's framework is today's. The earlier one has other ids for the same things, but for I.1.2, which
# meant something else; it did not ask B.1.1 and asked B.1.9, which nobody asks today.
NEW = by_hand(MadeUpEdition(2062))
NEW.indicator("I.1.1")
NEW.indicator("I.1.2")
NEW.question("tys", multiplier=1000)
NEW.indicator("I.2.1", "tys", scale=1000)
NEW.indicator("II.1.1")
NEW.indicator("II.1.2")
answered(
    NEW,
    "abcde",
    I_1_1=(0, 2, 4, 6, 8),
    I_1_2=(4, 3, 2, 1, 0),
    tys=(1, 2, 3, 4, 5),
    II_1_1=(0, 1, None, None, None),
    II_1_2=(0, 1, 0.5, None, None),
)
OLD = by_hand(MadeUpEdition(2061, today=NEW))
OLD.indicator("A.1.1")
OLD.indicator("A.1.2")
OLD.indicator("A.2.1", scale=1_000_000)
OLD.indicator("B.1.1", "not_asked")
OLD.indicator("B.1.9")
for node_id, today in {"A": "I", "A.1": "I.1", "A.1.1": "I.1.1", "A.2": "I.2", "A.2.1": "I.2.1"}.items():
    OLD.conforms(node_id, today)
for node_id, today in {"B": "II", "B.1": "II.1", "B.1.1": "II.1.1"}.items():
    OLD.conforms(node_id, today)
OLD.conforms("A.1.2", "I.1.2", "applications_only")
answered(OLD, "cdf", A_1_1=(0, 2, 4), A_1_2=(1, 1, 5), A_2_1=(2000, 3000, 9000), B_1_9=(1, 2, 3))


def test_how_nodes_conform(results: Results) -> None:
    """What was not asked is not applicable, and so is what today's framework has and the edition's has not."""
    rows = results.rows("node_conformance", OLD)
    found = {
        (row["node_id"], row["today_node_id"]): (row["comparability"], row["variant"], row["is_asked"]) for row in rows
    }
    assert len(found) == len(rows)
    comparable = (("overall", "overall"), ("A", "I"), ("A.1", "I.1"), ("A.1.1", "I.1.1"), ("A.2", "I.2"))
    comparable += (("A.2.1", "I.2.1"), ("B", "II"), ("B.1", "II.1"))
    assert found == {
        **dict.fromkeys(comparable, ("comparable", None, True)),
        ("A.1.2", "I.1.2"): ("changed", "applications_only", True),
        ("B.1.1", "II.1.1"): ("not_applicable", None, False),
        ("B.1.9", None): ("new", None, True),
        (None, "II.1.2"): ("not_applicable", None, False),
    }
    assert {row["level"] for row in rows if row["node_id"] is None} == {"indicator"}
    assert {row["comparability"] for row in results.rows("node_conformance", NEW)} == {"comparable"}


@pytest.mark.parametrize("scale", ["own", "anchored"])
@pytest.mark.parametrize("basis", ["all", "panel"])
def test_which_nodes_are_comparable(results: Results, scale: str, basis: str) -> None:
    """I.1 has lost the changed I.1.2, II.1 has nothing that both asked; I.2 is the same in both editions."""
    assert compared(results, NEW, OLD, "comparability", scale=scale, basis=basis) == {
        "I.1.1": "comparable",
        "I.1.2": "changed",
        "I.2.1": "comparable",
        "II.1.1": "new",
        "II.1.2": "new",
        "I.1": "changed",
        "I.2": "comparable",
        "II.1": "new",
        "I": "changed",
        "II": "new",
        "overall": "changed",
    }
    n_parts = compared(results, NEW, OLD, "n_parts", scale=scale, basis=basis)
    assert {node: n_parts[node] for node in ("I.1.1", "I.1", "I.2", "I", "overall")} == {
        "I.1.1": None,
        "I.1": 1,
        "I.2": 1,
        "I": 2,
        "overall": 2,
    }


# node, basis, scale → median, mean, benchmark of NEW, then of OLD
COMPARED = {
    # 0, 2, 4, 6, 8 and 0, 2, 4, each between its own ends: nothing seems to have changed
    ("I.1.1", "all", "own"): (0.5, 0.5, 1, 0.5, 0.5, 1),
    # pooled 0 0 2 2 4 4 6 8: Q1 1.5, Q3 4.5, fence 9 > 8. OLD 0, 0.25, 0.5: the level has doubled
    ("I.1.1", "all", "anchored"): (0.5, 0.5, 1, 0.25, 0.25, 0.5),
    # c and d: 4, 6 against 0, 2
    ("I.1.1", "panel", "own"): (0.625, 0.625, 0.75, 0.25, 0.25, 0.5),
    ("I.1.1", "panel", "anchored"): (0.625, 0.625, 0.75, 0.125, 0.125, 0.25),
    # changed, but shown: 1, 0.75 … 0 against 0, 0, 1 (values 1, 1, 5: Q3 3, fence 6)
    ("I.1.2", "all", "own"): (0.5, 0.5, 1, 0, 1 / 3, 1),
    # pooled 0 1 1 1 2 3 4 5: Q1 1, Q3 3.25, fence 6.6 > 5
    ("I.1.2", "all", "anchored"): (0.4, 0.4, 0.8, 0.2, 1.4 / 3, 1),
    # OLD 2, 3, 9 tys. zł: Q1 2.5, Q3 6, fence 11.25
    ("I.2.1", "all", "own"): (0.5, 0.5, 1, 1 / 7, 8 / 21, 1),
    # pooled, in tys. zł whatever each edition's unit: 1 2 2 3 3 4 5 9, Q1 2, Q3 4.25, fence 7.625 < 9; span 53/8
    ("I.2.1", "all", "anchored"): (16 / 53, 16 / 53, 32 / 53, 16 / 53, 77 / 159, 1),
    # I.1 without I.1.2 is I.1.1 (as published every cluster has 0.5)
    ("I.1", "all", "own"): (0.5, 0.5, 1, 0.5, 0.5, 1),
    ("I.2", "panel", "anchored"): (20 / 53, 20 / 53, 24 / 53, 12 / 53, 12 / 53, 16 / 53),
    # I: mean of I.1.1 and I.2.1; OLD c 0, d (1/2 + 1/7) / 2, f 1
    ("I", "all", "own"): (0.5, 0.5, 1, 9 / 28, 37 / 84, 1),
    ("I", "panel", "own"): (0.625, 0.625, 0.75, 9 / 56, 9 / 56, 9 / 28),
    # NEW a 0, b (1/4 + 8/53) / 2, c (1/2 + 16/53) / 2 …; OLD c 4/53, d (1/4 + 16/53) / 2, f 3/4
    ("I", "all", "anchored"): (85 / 212, 85 / 212, 85 / 106, 117 / 424, 467 / 1272, 0.75),
    # the whole is area I alone: II has nothing in common
    ("overall", "all", "own"): (0.5, 0.5, 1, 9 / 28, 37 / 84, 1),
    ("overall", "panel", "own"): (0.625, 0.625, 0.75, 9 / 56, 9 / 56, 9 / 28),
}


@pytest.mark.parametrize(("node_id", "basis", "scale"), COMPARED)
def test_values_compared(results: Results, node_id: str, basis: str, scale: str) -> None:
    figures = COMPARED[node_id, basis, scale]
    where = {"node_id": node_id, "basis": basis, "scale": scale}
    values, previous = dict(zip(MEASURES, figures[:3], strict=True)), dict(zip(MEASURES, figures[3:], strict=True))
    assert_close(results.by("measure", "value", "edition_comparison", NEW, **where), values)
    assert_close(results.by("measure", "previous_value", "edition_comparison", NEW, **where), previous)
    changes = {measure: values[measure] - previous[measure] for measure in MEASURES}
    assert_close(results.by("measure", "change", "edition_comparison", NEW, **where), changes)
    for row in results.rows("edition_comparison", NEW, **where):
        assert (row["n"], row["previous_n"]) == {"all": (5, 3), "panel": (2, 2)}[basis]


@pytest.mark.parametrize("scale", ["own", "anchored"])
def test_what_is_new_has_its_published_score_and_nothing_before(results: Results, scale: str) -> None:
    """II.1: a 0, b 1, c 0.5; of the panel only c."""
    for basis, n, mean, benchmark in (("all", 3, 0.5, 1), ("panel", 1, 0.5, 0.5)):
        for measure, value in (("median", 0.5), ("mean", mean), ("benchmark", benchmark)):
            where = {"basis": basis, "scale": scale, "measure": measure}
            for node_id in ("II.1.2", "II.1", "II"):
                row = results.row("edition_comparison", NEW, node_id=node_id, **where)
                assert_row(row, n=n, value=value, previous_n=None, previous_value=None, change=None)


# Tree and settings are the later edition's: exclusive quartiles without a fence beyond Q3, areas of sub-areas, 60 % of
# the parts, and less is better in I.1.1. The editions have no cluster in common.
SETTINGS = {"quartile_method": "exclusive", "fence_factor": 0, "area_mean_of": "subareas", "minimum_availability": 0.6}
LATER = by_hand(MadeUpEdition(2064, **SETTINGS))
LATER.indicator("I.1.1", direction=-1)
EARLIER = by_hand(MadeUpEdition(2063, today=LATER, fence_factor=3))
EARLIER.indicator("I.1.1")
for each in (LATER, EARLIER):
    for node_id in ("I.1.2", "I.1.3", "I.2.1"):
        each.indicator(node_id)
answered(LATER, "yz", I_1_1=(1, 2), I_1_2=(0, 1), I_1_3=(5, None), I_2_1=(None, 4))
answered(EARLIER, "wx", I_1_1=(3, 9), I_1_2=(2, 11), I_1_3=(5, None), I_2_1=(0, 4))


def test_the_later_editions_settings_hold_for_both(results: Results) -> None:
    """Pooled, exclusive quartiles of four values at 1.25 and 3.75, of three at the ends; upper bound = Q3.

    I.1.1, turned round: −9 −3 −2 −1, Q3 −1.25: y 1, z 28/31, w 24/31, x 0.
    I.1.2: 0 1 2 11, Q3 8.75: y 0, z 4/35, w 8/35, x 1.
    I.1.3: 5 and 5, no scale: no score, so that I.1 has two of its three parts, which is enough.
    I.2.1: 0 4 4: z 1, w 0, x 1; y has one of two sub-areas, which is too few for area I.
    """
    z, w = (28 / 31 + 4 / 35) / 2, (24 / 31 + 8 / 35) / 2
    best = {"I.1.1": 1, "I.1.2": 4 / 35, "I.1.3": None, "I.1": z, "I.2.1": 1, "I.2": 1}
    best |= {"I": (z + 1) / 2, "overall": (z + 1) / 2}
    found = compared(results, LATER, EARLIER, "value", scale="anchored", measure="benchmark")
    assert_close(found, best)
    means = {"I.1.1": 12 / 31, "I.1.2": 43 / 70, "I.1.3": None, "I.1": (w + 0.5) / 2, "I.2.1": 0.5, "I.2": 0.5}
    means |= {"I": (w / 2 + 0.75) / 2, "overall": (w / 2 + 0.75) / 2}
    found = compared(results, LATER, EARLIER, "previous_value", scale="anchored", measure="mean")
    assert_close(found, means)
    counts = {"I.1.1": 2, "I.1.2": 2, "I.1.3": 0, "I.1": 2, "I.2.1": 1, "I.2": 1, "I": 1, "overall": 1}
    assert compared(results, LATER, EARLIER, "n", scale="anchored") == counts
    # its own published scores keep their own direction: 9 was best
    row = results.row("edition_comparison", LATER, node_id="I.1.1", scale="own", basis="all", measure="benchmark")
    assert_row(row, value=1, previous_value=1, comparability="comparable")
    scores = results.by("cluster_id", "score", "fct_score", EARLIER, node_id="I.1.1")
    assert_close(scores, {"w": 0, "x": 1})


def test_a_panel_of_nobody(results: Results) -> None:
    rows = results.rows("edition_comparison", LATER, basis="panel")
    assert len(rows) == 8 * 2 * 3
    for row in rows:
        assert_row(row, n=0, previous_n=0, value=None, previous_value=None, change=None, comparability="comparable")


# Three editions of one framework and a fourth that nobody answered. I.1.2 means the same in the first two; the
# sub-area I.2 is something else in the third; I.2.2 was asked in the first only, I.3.1 from the second on, I.4.2 from
# the third on.
THIRD = by_hand(MadeUpEdition(2067))
FIRST, SECOND = (by_hand(MadeUpEdition(number, like=THIRD, today=THIRD)) for number in (2065, 2066))
FOURTH = by_hand(MadeUpEdition(2068, like=THIRD, today=THIRD))
for each in (FIRST, SECOND, THIRD, FOURTH):
    for node_id in ("I.1.1", "I.1.2", "I.2.1", "I.4.1"):
        each.indicator(node_id)
    each.indicator("I.4.2", *(("not_asked",) if each in (FIRST, SECOND) else ()))
    each.indicator("I.2.2", *(() if each is FIRST else ("not_asked",)))
    each.indicator("I.3.1", *(("not_asked",) if each is FIRST else ()))
for each in (FIRST, SECOND):
    each.conforms("I.1.2", "I.1.2", "as_it_was")
THIRD.conforms("I.2", "I.2", "wider")
SPREAD = (0, 1, 2, 3)
answered(FIRST, "pqrs", I_1_1=(0, 0, 0, 0), I_1_2=SPREAD, I_2_1=SPREAD, I_2_2=SPREAD)
answered(SECOND, "pqrs", I_1_1=(0, 0, 0, 5), I_1_2=SPREAD, I_2_1=SPREAD, I_3_1=SPREAD)
answered(THIRD, "pqst", I_1_1=(0, 1, 2, 3), I_1_2=SPREAD, I_2_1=SPREAD, I_3_1=SPREAD)
# Between the first and the second edition r went into s, between the second and the third u, which never took
# part, into q; what happened before the first or after the last concerns nobody.
merger(2066, "r", "s")
merger(2067, "u", "q")
merger(2065, "p", "v")
merger(2069, "p", "v")


@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [
        (
            SECOND,
            FIRST,  # I.2 has lost an indicator, so I and the whole have changed
            {"I.1": "comparable", "I.2": "changed", "I.3": "new", "I": "changed", "overall": "changed"}
            | {"I.1.1": "comparable", "I.1.2": "comparable", "I.2.1": "comparable", "I.3.1": "new"}
            | {"I.4": "comparable", "I.4.1": "comparable"},
        ),
        (
            THIRD,
            SECOND,  # I.2 is made of the same indicator, but is said to be something else; I.4 has one more
            {"I.1": "changed", "I.2": "changed", "I.3": "comparable", "I": "changed", "overall": "changed"}
            | {"I.1.1": "comparable", "I.1.2": "changed", "I.2.1": "comparable", "I.3.1": "comparable"}
            | {"I.4": "changed", "I.4.1": "comparable", "I.4.2": "new"},
        ),
        (
            THIRD,
            FIRST,
            {"I.1": "changed", "I.2": "changed", "I.3": "new", "I": "changed", "overall": "changed"}
            | {"I.1.1": "comparable", "I.1.2": "changed", "I.2.1": "comparable", "I.3.1": "new"}
            | {"I.4": "changed", "I.4.1": "comparable", "I.4.2": "new"},
        ),
    ],
)
def test_variants(results: Results, later: MadeUpEdition, earlier: MadeUpEdition, expected: dict) -> None:
    assert compared(results, later, earlier, "comparability") == expected


@pytest.mark.parametrize(
    ("later", "earlier", "panel"), [(SECOND, FIRST, "pq"), (THIRD, SECOND, "ps"), (THIRD, FIRST, "p")]
)
def test_the_panel_leaves_out_who_merged_in_between(
    results: Results, later: MadeUpEdition, earlier: MadeUpEdition, panel: str
) -> None:
    where = {"basis": "panel", "previous_edition_id": earlier.edition_id, "node_id": "I.2.1", "measure": "mean"}
    (row,) = results.rows("edition_comparison", later, scale="own", **where)
    scores = results.by("cluster_id", "score", "fct_score", later, node_id="I.2.1")
    expected = sum(scores[cluster] for cluster in panel) / len(panel)
    assert_row(row, n=len(panel), previous_n=len(panel), value=expected)
    before = results.by("cluster_id", "score", "fct_score", earlier, node_id="I.2.1")
    assert_row(row, previous_value=sum(before[cluster] for cluster in panel) / len(panel))


def test_where_all_were_alike_only_the_pooled_scale_tells(results: Results) -> None:
    """FIRST I.1.1: four zeros have no scale of their own. Pooled with 0 0 0 5 Q3 is 0: no fence, 5 is the top."""
    where = {"previous_edition_id": FIRST.edition_id, "node_id": "I.1.1", "basis": "all", "measure": "mean"}
    (row,) = results.rows("edition_comparison", SECOND, scale="own", **where)
    assert_row(row, n=4, value=0.25, previous_n=0, previous_value=None, change=None)
    (row,) = results.rows("edition_comparison", SECOND, scale="anchored", **where)
    assert_row(row, n=4, value=0.25, previous_n=4, previous_value=0, change=0.25)


def test_an_edition_that_nobody_answered(results: Results) -> None:
    """It is compared all the same: with all three earlier ones, nothing with something."""
    rows = results.rows("edition_comparison", FOURTH)
    assert {row["previous_edition_id"] for row in rows} == {2065, 2066, 2067}
    assert {(row["n"], row["value"], row["change"]) for row in rows} == {(0, None, None)}
    (row,) = results.rows(
        "edition_comparison",
        FOURTH,
        previous_edition_id=2067,
        node_id="I.1.1",
        basis="all",
        scale="anchored",
        measure="median",
    )
    assert_row(row, previous_n=4, previous_value=0.5, comparability="comparable")


# An indicator that another sub-area counted before: each of them is comparable, their sub-areas are not.
AFTER = by_hand(MadeUpEdition(2070))
BEFORE = by_hand(MadeUpEdition(2069, today=AFTER))
for each in (AFTER, BEFORE):
    for node_id in ("I.1.1", "I.2.1", "II.1.1"):
        each.indicator(node_id)
    answered(each, "ab", I_1_1=(0, 1), I_2_1=(0, 1), II_1_1=(0, 1))
BEFORE.conforms("I.1.1", "I.2.1")
BEFORE.conforms("I.2.1", "I.1.1")


def test_indicators_that_moved(results: Results) -> None:
    """Area I and the whole are made of the same two and three, wherever they stand in it."""
    found = compared(results, AFTER, BEFORE, "comparability")
    assert {node_id for node_id, comparability in found.items() if comparability == "changed"} == {"I.1", "I.2"}
    assert set(found.values()) == {"comparable", "changed"}


def test_only_editions_of_one_framework_of_today_are_compared(results: Results) -> None:
    pairs = {(row["edition_id"], row["previous_edition_id"]) for row in results.marts["edition_comparison"]}
    ours = {pair for pair in pairs if 2061 <= pair[0] <= 2070}
    assert ours == {
        (2062, 2061),
        (2064, 2063),
        (2066, 2065),
        *((2067, earlier) for earlier in (2065, 2066)),
        *((2068, earlier) for earlier in (2065, 2066, 2067)),
        (2070, 2069),
    }
    assert all(earlier < later for later, earlier in pairs)


def test_lineage_is_kept_as_recorded(results: Results) -> None:
    row = results.row("cluster_lineage", SECOND)
    assert_row(row, kind="merger", predecessor_cluster_id="r", successor_cluster_id="s", note="r went into s")
