"""What the public file shows and hides, by rule; what is hidden and why is told row by row."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

KEYS = {
    "benchmark.score_distribution": ["edition_id", "cut_id", "segment_id", "node_id"],
    "benchmark.indicator_statistic": ["edition_id", "cut_id", "segment_id", "node_id"],
    "benchmark.option_share": ["edition_id", "cut_id", "segment_id", "question_id", "option_id", "answer_level"],
    "benchmark.strength_weakness": ["edition_id", "cut_id", "segment_id", "node_id"],
    "benchmark.score_spread": ["edition_id", "node_id", "quartile_method"],
    "benchmark.score_regression": ["edition_id", "variable"],
    "benchmark.edition_comparison": ["edition_id", "previous_edition_id", "basis", "scale", "node_id", "measure"],
    "benchmark.edition_trend": ["edition_id", "measure"],
    "benchmark.edition_growth": ["edition_id", "previous_edition_id", "measure"],
    "benchmark.edition_profile": ["edition_id", "characteristic", "category"],
    "survey.member_opinion": ["edition_id", "cut_id", "segment_id", "question_id", "option_id"],
    "survey.accessibility_criterion": ["edition_id", "criterion_no"],
    "survey.accessibility_band": ["edition_id", "band"],
}
OF_SCORES = ("minimum", "q1", "median", "mean", "q3", "benchmark")


def table(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    """A table's rows in the order of its keys."""
    return connection.execute(f"select * from {name} order by {', '.join(KEYS[name])}").df()


@pytest.mark.parametrize("name", KEYS)
def test_what_is_hidden_is_told_and_nothing_else_is_hidden(complete, public, name) -> None:
    everything, shown = table(complete, name), table(public, name)
    assert list(shown.columns) == [*everything.columns, "suppressed"]
    assert len(shown) == len(everything)
    hidden = everything.notna() & shown[everything.columns].isna()
    cells = hidden.stack().rename_axis(["row", "measure"]).rename("is_hidden").reset_index()
    cells = cells[cells["is_hidden"]].assign(
        edition=lambda hidden: everything["edition_id"].loc[hidden["row"]].to_numpy()
    )
    if name == "survey.member_opinion":  # a row's figures go together
        cells = cells.assign(measure="answers").drop_duplicates("row")
    told = complete.execute(
        "select edition_id, measure, count(*) from audit.disclosure where table_name = ? group by all",
        [name.split(".")[1]],
    ).fetchall()
    assert {(edition, measure): n for edition, measure, n in told} == cells.groupby(
        ["edition", "measure"]
    ).size().to_dict()
    assert (shown["suppressed"].notna() == hidden.any(axis=1)).all()


def test_figures_of_few_clusters_are_hidden(public) -> None:
    shown = table(public, "benchmark.score_distribution")
    for statistic, fewest in {"mean": 5, "median": 10, "q1": 30, "q3": 30, "minimum": 20, "benchmark": 20}.items():
        assert shown.loc[shown[statistic].notna(), "n"].min() >= fewest, statistic
    assert set(shown.loc[shown["minimum"].notna() | shown["benchmark"].notna(), "cut_id"]) == {"all"}
    compared = table(public, "benchmark.edition_comparison")
    extremes = compared[(compared["measure"] == "benchmark") & compared["value"].notna()]
    assert set(extremes["basis"]) == {"all"}


def test_figures_are_rounded_as_the_study_prints_them(complete, public) -> None:
    shown = table(public, "benchmark.score_distribution")[list(OF_SCORES)].stack().dropna()
    assert len(shown) > 5000
    assert (shown == shown.round(2)).all()
    compared = table(public, "benchmark.edition_comparison")
    assert (compared["change"].dropna() == (compared["value"] - compared["previous_value"]).dropna().round(2)).all()
    trend = {
        (row.edition_id, row.measure): (row.total, row.mean)
        for row in table(public, "benchmark.edition_trend").itertuples()
    }
    assert trend[2024, "members"] == (4942, 117.7)


def test_most_that_the_study_prints_is_there(public) -> None:
    """All clusters, and the means of segments: of the 20 segments of 2024 that differ, 18 have means of areas."""
    shown = table(public, "benchmark.score_distribution")
    areas = shown[(shown["edition_id"] == 2024) & (shown["level"] == "area")]
    assert areas.loc[areas["cut_id"] == "all", list(OF_SCORES)].notna().all().all()
    means = areas[areas["mean"].notna()].groupby(["cut_id", "segment_id"]).size()
    assert len(means) >= 19 and (means == 5).sum() >= 18
    statistics = table(public, "benchmark.indicator_statistic")
    whole = statistics[(statistics["edition_id"] == 2024) & (statistics["cut_id"] == "all")]
    assert whole["mean"].notna().sum() >= 85 and whole["median"].notna().all()


def groups_of_details(table: pd.DataFrame, item: list[str], counts: list[str], is_shown: str) -> pd.DataFrame:
    """Of every item, the segments by size that are shown, and what is left of all clusters: that can be calculated."""
    shown = table[table[is_shown].notna()]
    whole = shown[shown["cut_id"] == "all"].set_index(["edition_id", *item])[counts]
    segments = shown[shown["cut_id"] == "size"].set_index(["edition_id", *item])[counts]
    rest = whole.subtract(segments.groupby(level=list(range(len(item) + 1)), dropna=False).sum(), fill_value=0)
    return pd.concat([segments, rest]).astype(float)


def undisclosed_options(public: duckdb.DuckDBPyConnection) -> int:
    """How many groups of clusters all or none of which, as the file tells, chose an option."""
    options = table(public, "benchmark.option_share").fillna({"answer_level": -1})
    groups = groups_of_details(
        options, ["question_id", "option_id", "answer_level"], ["n_answering", "n_chosen"], "n_chosen"
    )
    groups = groups[groups["n_answering"] > 0]
    return int(((groups["n_chosen"] == 0) | (groups["n_chosen"] == groups["n_answering"])).sum())


def undisclosed_values(public: duckdb.DuckDBPyConnection) -> int:
    """How many groups of which the file tells that every value lies within 5 % of the range: the total is so small."""
    statistics = table(public, "benchmark.indicator_statistic")
    groups = groups_of_details(statistics, ["node_id"], ["n", "total"], "total")
    whole = statistics[statistics["cut_id"] == "all"].set_index(["edition_id", "node_id"])[["minimum", "benchmark"]]
    groups = groups[groups["n"] > 0].join(whole)
    span = groups["benchmark"] - groups["minimum"]
    # Totals are rounded to four digits: what is left may be off by as much.
    return int((groups["total"] - groups["n"] * groups["minimum"] < 0.049 * span).sum())


def unanimous_opinions(public: duckdb.DuckDBPyConnection) -> int:
    """How many groups of respondents, as the file tells, gave all the same answer."""
    opinions = table(public, "survey.member_opinion")
    opinions = opinions[opinions["option_id"].notna()]
    groups = groups_of_details(opinions, ["question_id", "option_id"], ["n_valid", "n_chosen"], "n_chosen")
    groups = groups[groups["n_valid"] > 0]
    return int((groups["n_chosen"] == groups["n_valid"]).sum())


@pytest.mark.parametrize("attack", [undisclosed_options, undisclosed_values, unanimous_opinions])
def test_no_group_is_told_to_be_all_the_same(public, unprotected, attack) -> None:
    assert attack(public) == 0
    assert attack(unprotected) > 0, "with the policy switched off the attack succeeds"


def test_details_are_shown_by_size_only(public) -> None:
    for name, figure in {
        "benchmark.indicator_statistic": "n",
        "benchmark.option_share": "n_chosen",
        "survey.member_opinion": "n_valid",
    }.items():
        shown = table(public, name)
        assert set(shown.loc[shown[figure].notna(), "cut_id"]) == {"all", "size"}, name
    opinions = table(public, "survey.member_opinion")
    shown = opinions[opinions["n_valid"].fillna(0) > 0]
    assert shown["n_clusters"].min() >= 5 and shown["n_valid"].min() >= 10


def test_the_policy_is_kept_with_the_release(complete) -> None:
    rules = complete.execute("select distinct rule from audit.disclosure order by 1").fetchall()
    assert [rule for (rule,) in rules] == [
        "complementary", "dominance", "extremes_of_all", "minimum_n", "one_cut", "uniform",
    ]  # fmt: skip
