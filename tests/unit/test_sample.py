"""The sample export against the published figures; the differences are printed (pytest -s, or when a test fails)."""

from __future__ import annotations

import math
import statistics as st
from functools import partial

import numpy as np
import pytest

from tests.unit.test_sample_reading import (
    BLANK_MEANS,
    COUNTS,
    INDICATORS,
    OPTIONS,
    QUESTIONS,
    SCORES,
    SEGMENTS,
    SHARES,
    make,
    printed,
)

SEEDS = (2024, 1, 2, 7, 99, 12345)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return partial(make, tmp_path_factory.mktemp("samples"))


def report(title: str, lines: list[tuple[object, ...]], total: int) -> None:
    """The table of differences: shown with -s, and when a test fails."""
    print(f"\n{title}: {total - len(lines)} of {total} met")
    for line in lines:
        print("   ", *line, sep=" | ")


@pytest.mark.parametrize("seed", SEEDS)
def test_statistics_equal_the_printed_ones(made, seed):
    sample, wrong, total = made(seed), [], 0
    for row in INDICATORS:
        values = sample.indicator(row["indicator_id"])
        known = values[~np.isnan(values)]
        found = {"n": str(len(known))}
        if row["mean"]:
            figures = {"mean": known.mean(), "median": st.median(known), "benchmark": known.max()}
            found |= {name: printed(float(figure), row[name]) for name, figure in figures.items()}
        for name, text in found.items():
            total += 1
            if text != row[name]:
                wrong.append((row["indicator_id"], name, "published", row[name], "sample", text))
    report(f"seed {seed}, statistics and n", wrong, total)
    assert not wrong


def fact_holds(values: np.ndarray, kind: str, threshold: float, published: str) -> tuple[bool, float]:
    x = np.nan_to_num(values)
    given = values[~np.isnan(values)]
    positive = x[x > 0]
    if kind == "value_of_rank":
        found = float(np.sort(given)[-int(threshold)])
        return found == float(published), found
    if kind in ("mean", "growth_pct", "mean_of_positive"):
        found = float((positive if kind == "mean_of_positive" else given).mean())
        target, digits = float(published), published
        if kind == "mean_of_positive" and target > 1000:  # printed in millions with one decimal
            found, target, digits = found / 1000, target / 1000, "0.0"
        return printed(found, digits) == printed(target, digits), found
    if kind == "minimum_positive":
        return bool(positive.min() >= float(published)), float(positive.min())
    found = {
        "n_zero": (given == 0).sum(),
        "n_positive": len(positive),
        "n_at_least": (given >= threshold).sum(),
        "n_greater_than": (given > threshold).sum(),
        "n_at_most": (given <= threshold).sum(),
        "n_less_than": (given < threshold).sum(),
        "n_positive_at_most": (positive <= threshold).sum(),
        "n_positive_less_than": (positive < threshold).sum(),
        "n_equal": (given == threshold).sum(),
        "total": given.sum(),
        "total_at_most": given.sum(),
    }[kind]
    met = found <= float(published) if kind == "total_at_most" else round(float(found), 6) == float(published)
    return bool(met), float(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_and_totals_follow_the_published_facts(made, seed):
    sample, wrong, overruled, total = made(seed), [], [], 0
    for row in COUNTS:
        if row["question_id"]:
            blank = math.nan if BLANK_MEANS[row["indicator_id"]] == "missing" else 0.0
            values = np.array([blank if x is None else x for x in sample.numbers(row["question_id"])])
        else:
            values = sample.indicator(row["indicator_id"])
        if row["kind"] == "growth_pct":
            first, second = (sum(sample.numbers(f"enterprise_sales_revenue_year_{year}")) for year in (1, 2))
            values = np.array([100 * (second / first - 1)])
        met, found = fact_holds(values, row["kind"], float(row["threshold"] or 0), row["value"])
        line = (
            row["indicator_id"],
            row["question_id"],
            row["kind"],
            row["threshold"],
            row["value"],
            "sample",
            found,
        )
        total += row["held"] == "yes"
        if not met:
            (wrong if row["held"] == "yes" else overruled).append((*line, row["note"]))
    report(f"seed {seed}, facts", wrong, total)
    print(f"    {len(overruled)} statements are not met because other figures contradict them:")
    print(*("    " + " | ".join(map(str, line)) for line in overruled), sep="\n")
    assert not wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_option_shares_are_within_one_cluster(made, seed):
    sample, wrong = made(seed), []
    for row in SHARES:
        cells = sample.option(row["question_id"], row["option_id"])
        full = 2 if QUESTIONS[row["question_id"]]["type"] == "level" else 1
        found = sum(1 for cell in cells if cell == full)
        published = float(row["share_pct"]) * int(row["base"]) / 100
        answered = sum(1 for cell in cells if cell is not None)
        if abs(found - published) > 1 or answered != int(row["base"]):
            wrong.append((row["question_id"], row["option_id"], "published", published, "sample", found, answered))
    report(f"seed {seed}, option shares", wrong, len(SHARES))
    assert not wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_meet_table_18(made, seed):
    scores, lines, off = made(seed).scores(), [], []
    assert len(SCORES) == 25
    for node, row in SCORES.items():
        known = scores[node][~np.isnan(scores[node])]
        difference = float(np.median(known)) - float(row["median"])
        off.append(abs(difference))
        lines.append((f"{node:8}", row["median"], f"{np.median(known):.3f}", f"{difference:+.3f}",
                      f"mean {row['mean']} {known.mean():.3f}"))  # fmt: skip
    print(f"\nseed {seed}: Table 18, medians: published | sample | difference; means")
    print(*("    " + " | ".join(line) for line in lines), sep="\n")
    close = sum(d <= 0.05 for d in off)
    print(
        f"    largest difference {max(off):.3f}; within 0.05: {close} of 25; within 0.02: {sum(d <= 0.02 for d in off)}"
    )
    assert max(off) <= 0.10
    assert close >= 20


@pytest.mark.parametrize("seed", SEEDS)
def test_maturity_shows_in_the_scores(made, seed):
    sample = made(seed)
    overall = sample.scores()["overall"]
    members = np.array(sample.numbers("members"))
    kkk = np.array(sample.text("kkk_status")) == "tak"
    year = np.array(sample.numbers("age_counts_from"))
    assert overall[kkk].mean() > overall[~kkk].mean()
    assert overall[members >= 150].mean() > overall[members < 50].mean()
    assert overall[year < 2010].mean() > overall[year >= 2015].mean()


@pytest.mark.parametrize("seed", SEEDS)
def test_segment_sizes_hold(made, seed):
    sample = made(seed)
    attribute = {"size": "members", "age": "age_counts_from"}
    labels = {(o["question_id"], o["option_id"]): o["label_pl"] for o in OPTIONS}
    found = {}
    for row in SEGMENTS:
        if row["cut_id"] in attribute:
            values = sample.numbers(attribute[row["cut_id"]])
            low, high = float(row["lower"] or -math.inf), float(row["upper"] or math.inf)
            count = sum(low <= x <= high for x in values)
        else:
            count = sample.text(row["cut_id"]).count(labels[row["cut_id"], row["segment_id"]])
        found[row["cut_id"], row["segment_id"]] = count
    assert found == {(row["cut_id"], row["segment_id"]): int(row["clusters"]) for row in SEGMENTS}
    assert sorted(sample.indicator("II.1.1")) == [0] * 8 + [1] * 5 + [2] * 29
    members = sample.numbers("members")
    assert sum(members) == 4942
    assert printed(sum(members) / 42, "117.7") == "117.7"
    assert sum(sample.numbers("enterprises")) == 4113
