"""From answers to indicator values and their status (method §2), worked out on paper."""

from __future__ import annotations

import pytest

from .by_hand import Results, assert_close, by_hand
from .made_up import REFUSED, REJECTED, SKIPPED, MadeUpEdition

NUMBERS = by_hand(MadeUpEdition(2031))
NUMBERS.question("n")
NUMBERS.question("year_1")
NUMBERS.question("year_2")
NUMBERS.indicator("I.1.1", "n", blank_means="zero")
NUMBERS.indicator("I.1.2", "n", blank_means="missing")
NUMBERS.indicator("I.2.1", "year_1", "year_2", kind="sum", blank_means="zero")
NUMBERS.indicator("I.2.2", "year_1", "year_2", kind="sum", blank_means="missing")
NUMBERS.indicator("I.3.1", "year_1", "year_2", kind="mean", blank_means="zero")
NUMBERS.indicator("I.3.2", "year_1", "year_2", kind="mean", blank_means="missing")
NUMBERS.cluster("all_given", {"n": 7, "year_1": 10, "year_2": 5})
NUMBERS.cluster("all_blank", {})
NUMBERS.cluster("zeros", {"n": 0, "year_1": 0, "year_2": 0})
NUMBERS.cluster("not_delivered", surveys=["register"])
NUMBERS.cluster("half_blank", {"n": 7, "year_1": 10})
NUMBERS.cluster("half_skipped", {"n": SKIPPED, "year_1": 10, "year_2": SKIPPED})
NUMBERS.cluster("refused", {"n": REFUSED, "year_1": 10, "year_2": REFUSED})
NUMBERS.cluster("rejected", {"n": REJECTED, "year_1": 10, "year_2": REJECTED})
NUMBERS.cluster("rejected_and_refused", {"n": REJECTED, "year_1": REFUSED, "year_2": REJECTED})
NUMBERS.cluster("rejected_and_blank", {"n": REJECTED, "year_1": REJECTED})


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        # sum 10 + 5; mean 15 / 2
        (
            "all_given",
            {
                "I.1.1": (7, "reported"),
                "I.1.2": (7, "reported"),
                "I.2.1": (15, "reported"),
                "I.2.2": (15, "reported"),
                "I.3.1": (7.5, "reported"),
                "I.3.2": (7.5, "reported"),
            },
        ),
        # a blank is read as zero, or as missing
        (
            "all_blank",
            {
                "I.1.1": (0, "zero"),
                "I.1.2": (None, "missing"),
                "I.2.1": (0, "zero"),
                "I.2.2": (None, "missing"),
                "I.3.1": (0, "zero"),
                "I.3.2": (None, "missing"),
            },
        ),
        # no questionnaire came back: not even a blank
        (
            "not_delivered",
            dict.fromkeys(("I.1.1", "I.1.2", "I.2.1", "I.2.2", "I.3.1", "I.3.2"), (None, "missing")),
        ),
        # a zero that was said is reported
        ("zeros", dict.fromkeys(("I.1.1", "I.1.2", "I.2.1", "I.2.2", "I.3.1", "I.3.2"), (0, "reported"))),
        # a blank year counts 0 in the mean of both: (10 + 0) / 2; or makes it missing
        (
            "half_blank",
            {
                "I.1.1": (7, "reported"),
                "I.1.2": (7, "reported"),
                "I.2.1": (10, "reported"),
                "I.2.2": (None, "missing"),
                "I.3.1": (5, "reported"),
                "I.3.2": (None, "missing"),
            },
        ),
        # skipped by a rule of the questionnaire is read as a blank
        (
            "half_skipped",
            {
                "I.1.1": (0, "zero"),
                "I.1.2": (None, "missing"),
                "I.2.1": (10, "reported"),
                "I.2.2": (None, "missing"),
                "I.3.1": (5, "reported"),
                "I.3.2": (None, "missing"),
            },
        ),
        # "no data" is never zero
        ("refused", dict.fromkeys(("I.1.1", "I.1.2", "I.2.1", "I.2.2", "I.3.1", "I.3.2"), (None, "missing"))),
        # an unreadable part spoils the whole, whatever the other part is
        (
            "rejected",
            dict.fromkeys(("I.1.1", "I.1.2", "I.2.1", "I.2.2", "I.3.1", "I.3.2"), (None, "rejected")),
        ),
        (
            "rejected_and_refused",
            dict.fromkeys(("I.1.1", "I.1.2", "I.2.1", "I.2.2", "I.3.1", "I.3.2"), (None, "rejected")),
        ),
        (
            "rejected_and_blank",
            dict.fromkeys(("I.1.1", "I.1.2", "I.2.1", "I.2.2", "I.3.1", "I.3.2"), (None, "rejected")),
        ),
    ],
)
def test_numbers_sums_and_means(results: Results, cluster: str, expected: dict) -> None:
    values = results.by("node_id", "value", "fct_indicator_value", NUMBERS, cluster_id=cluster)
    states = results.by("node_id", "status", "fct_indicator_value", NUMBERS, cluster_id=cluster)
    assert_close(values, {node: value for node, (value, _) in expected.items()})
    assert states == {node: status for node, (_, status) in expected.items()}


CHOICES = by_hand(MadeUpEdition(2032))
CHOICES.question("strategy", "single_choice", options={"updated": 2, "written": 1, "none": 0})
CHOICES.question("tools", "multiple_choice", options=("mail", "networks", "other"))
CHOICES.question("networks", "multiple_choice", options=("one", "two", "other"), asked_if=("tools", "networks"))
CHOICES.question("technologies", "level", options=("cloud", "robots", "simulations"))
CHOICES.indicator("I.1.1", "strategy")
CHOICES.indicator("I.1.2", "tools", "networks", kind="options", blank_means="zero")
CHOICES.indicator("I.1.3", "technologies", kind="options", blank_means="zero")
CHOICES.indicator("I.1.4", "tools", "networks", kind="options", blank_means="missing")
CHOICES.cluster(
    "all_given",
    {
        "strategy": "written",
        "tools": {"mail": 1, "networks": 1, "other": 2},
        "networks": {"one": 1, "two": 0, "other": 3},
        "technologies": {"cloud": 2, "robots": 1, "simulations": 0},
    },
)
CHOICES.cluster("all_blank", {})
CHOICES.cluster(
    "nothing_ticked",
    {
        "strategy": "none",
        "tools": {"mail": 0, "networks": 0},
        "networks": SKIPPED,
        "technologies": {"cloud": 0, "robots": 0, "simulations": 0},
    },
)
CHOICES.cluster("other_only", {"tools": {"other": 2}, "networks": SKIPPED, "technologies": {"robots": 2}})
CHOICES.cluster("second_part_only", {"networks": {"one": 1, "two": 1}})
CHOICES.cluster(
    "one_cell_rejected",
    {
        "strategy": REJECTED,
        "tools": {"mail": 1, "networks": 1},
        "networks": {"one": 1, "two": REJECTED},
        "technologies": {"cloud": 2, "robots": REJECTED, "simulations": 1},
    },
)
CHOICES.cluster(
    "refused",
    {"strategy": REFUSED, "tools": {"mail": 1, "networks": 1}, "networks": REFUSED, "technologies": REFUSED},
)


@pytest.mark.parametrize(
    ("cluster", "ordinal", "ticks", "levels"),
    [
        # 1 of 0–2 · mail + networks + 2 others, one + 3 others: 4 + 4 = 8 · 2 + 1 + 0
        ("all_given", (1, "reported"), (8, "reported"), (3, "reported")),
        # a question with options that was not answered at all says nothing, even where a blank means zero
        ("all_blank", (None, "missing"), (None, "missing"), (None, "missing")),
        # answered, but nothing ticked: 0, and the skipped part adds 0
        ("nothing_ticked", (0, "reported"), (0, "reported"), (0, "reported")),
        # further items named make an answer, and so does one level of three
        ("other_only", (None, "missing"), (2, "reported"), (2, "reported")),
        # the other part blank: it adds 0
        ("second_part_only", (None, "missing"), (2, "reported"), (None, "missing")),
        ("one_cell_rejected", (None, "rejected"), (None, "rejected"), (None, "rejected")),
        ("refused", (None, "missing"), (None, "missing"), (None, "missing")),
    ],
)
def test_choices_ticks_and_levels(results: Results, cluster: str, ordinal: tuple, ticks: tuple, levels: tuple) -> None:
    values = results.by("node_id", "value", "fct_indicator_value", CHOICES, cluster_id=cluster)
    states = results.by("node_id", "status", "fct_indicator_value", CHOICES, cluster_id=cluster)
    expected = {"I.1.1": ordinal, "I.1.2": ticks, "I.1.3": levels, "I.1.4": ticks}
    assert_close(values, {node: value for node, (value, _) in expected.items()})
    assert states == {node: status for node, (_, status) in expected.items()}


UNITS = by_hand(MadeUpEdition(2033))
UNITS.question("zl")
UNITS.question("tys", multiplier=1000)
UNITS.indicator("I.1.1", "zl", scale=1000)
UNITS.indicator("I.1.2", "tys", scale=1000)
UNITS.indicator("I.1.3", "tys", scale=1_000_000)
UNITS.indicator("I.1.4", "zl", "tys", kind="sum", scale=1000)
UNITS.indicator("I.1.5", "zl", "tys", kind="mean", scale=1_000_000)
UNITS.cluster("a", {"zl": 2500, "tys": 12.5})


def test_units(results: Results) -> None:
    assert_close(
        results.by("node_id", "value", "fct_indicator_value", UNITS),
        {
            "I.1.1": 2.5,  # 2500 zł in tys. zł
            "I.1.2": 12.5,  # 12.5 tys. zł in tys. zł
            "I.1.3": 0.0125,  # 12.5 tys. zł in mln zł
            "I.1.4": 15.0,  # 2500 zł + 12 500 zł in tys. zł
            "I.1.5": 0.0075,  # (2500 zł + 12 500 zł) / 2 in mln zł
        },
    )


PARTLY_ASKED = by_hand(MadeUpEdition(2034, without=("science_institutions", "industry")))
PARTLY_ASKED.question("asked")
PARTLY_ASKED.indicator("I.1.1", "asked")
PARTLY_ASKED.indicator("I.1.2", "asked", "not_asked", kind="sum", blank_means="zero")
PARTLY_ASKED.indicator("I.2.1", "not_asked")
PARTLY_ASKED.indicator("II.1.1", "not_asked", blank_means="zero")
PARTLY_ASKED.cluster("a", {"asked": 0})
PARTLY_ASKED.cluster("b", {"asked": 4})


def test_what_was_not_asked_has_no_row(results: Results) -> None:
    """I.1.2 misses one of its questions, I.2 and II have no indicator left: neither zero nor missing."""
    nodes_of = {
        table: {row["node_id"] for row in results.rows(table, PARTLY_ASKED)}
        for table in ("fct_indicator_value", "fct_normalisation_bound", "indicator_statistic", "fct_score")
    }
    assert nodes_of.pop("fct_score") == {"I.1.1", "I.1", "I", "overall"}
    assert all(nodes == {"I.1.1"} for nodes in nodes_of.values())
    # what was not asked is no part either: one indicator, one sub-area, one area
    for node_id in ("I.1", "I", "overall"):
        assert_close(results.by("cluster_id", "n_parts", "fct_score", PARTLY_ASKED, node_id=node_id), {"a": 1, "b": 1})
        assert_close(results.by("cluster_id", "score", "fct_score", PARTLY_ASKED, node_id=node_id), {"a": 0, "b": 1})
    assert [row["variable"] for row in results.rows("score_regression", PARTLY_ASKED)] == ["members"]
