"""Every published share of an option against option_share of the sample, within one cluster; pytest -s shows the table.

The published shares are typed from the report, not those the sample is made from.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ingestion.codebook import load_codebook

PUBLISHED = Path(__file__).parent / "published" / "options_2024.csv"
CALIBRATION = Path(__file__).parents[2] / "sample" / "calibration"
# How the published file words the base of a share, and how many clusters that is.
BASES = {"all 42 clusters": 42, "clusters that have a strategy": 34, "of 36 clusters": 36, "the 29 clusters": 29}
HIGHEST = 2  # the level whose share is published
# Sums of numbers, of whose parts no share is printed.
NO_OPTIONS = {"IV.1.6", "IV.1.7"}
# Two shares of 42 clusters that are no whole number of them, and one share not printed: how many clusters it is.
PRINTED_AS_CLUSTERS = {("II.1.2", "brak dokumentów operacyjnych"): 3}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def base_of(text: str) -> int:
    (base,) = {number for words, number in BASES.items() if words in text}
    return base


def shares(marts: dict, edition_id: int) -> list[dict]:
    """The rows of all clusters, of a question about levels those of its highest."""
    return [
        row
        for row in marts["option_share"]
        if (row["edition_id"], row["cut_id"], row["answer_level"] or HIGHEST) == (edition_id, "all", HIGHEST)
        and row["answer_level"] != 0
    ]


def test_every_published_share_of_2024(sample_marts: dict) -> None:
    label = {(o.question_id, o.option_id): o.label_pl for o in load_codebook(2024).options}
    found = {(r["node_id"], label[r["question_id"], r["option_id"]]): r for r in shares(sample_marts, 2024)}
    published = [row for row in read(PUBLISHED) if row["indicator_id"] not in NO_OPTIONS]
    lines, off = [], []
    for row in published:
        key = (row["indicator_id"], row["option_pl"])
        own, base = found[key], base_of(row["share_base"])
        wanted = PRINTED_AS_CLUSTERS[key] if not row["share_pct"] else float(row["share_pct"]) * base / 100
        line = f"{key[0]:8}{key[1][:45]:47}{row['share_pct']:>4} %{own['share']:8.1%} {own['n_chosen']:3}/{base}"
        lines.append(line)
        if own["n_answering"] != base or abs(own["n_chosen"] - wanted) > 1:
            off.append(line)
    print("\nindicator, option: published, in the mart", *lines, sep="\n")
    assert not off
    assert len(published) == 107


@pytest.mark.parametrize(("edition_id", "n"), [(2022, 92), (2024, 95)])
def test_every_share_the_sample_is_made_from(sample_marts: dict, edition_id: int, n: int) -> None:
    found = {(row["question_id"], row["option_id"]): row for row in shares(sample_marts, edition_id)}
    calibrated = read(CALIBRATION / str(edition_id) / "option_shares.csv")
    off = []
    for row in calibrated:
        own, base = found[row["question_id"], row["option_id"]], int(row["base"])
        if own["n_answering"] != base or abs(own["n_chosen"] - float(row["share_pct"]) * base / 100) > 1:
            off.append((row, own))
    assert not off
    assert len(calibrated) == n
