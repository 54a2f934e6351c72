"""The real clusters' public facts put through the cuts give the published sizes and means."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from .building import Warehouses
from .by_hand import assert_close
from .codebook_editions import edition_tables, register_answers
from .comparison import assert_same
from .reference_method import compute

PUBLISHED = Path(__file__).parent / "published"
EDITION_ID = 2024
FACTS = ("members", "age_counts_from", "industry", "kkk_status")

# Numbers of clusters by segment as the general report of the 2024 edition prints them. `strategy` and
# `kkk_plans` are left out: they are answers of the questionnaire, and no answers are invented here.
PUBLISHED_SIZES = {
    "all": {"all": 42},
    "kkk_status": {"kkk": 17, "non_kkk": 25},
    "size": {"small": 10, "medium": 11, "large": 11, "very_large": 10},
    "age": {"before_2010": 18, "2010_2014": 16, "2015_2020": 8},
    "industry": {
        "biotechnology_medicine": 4,
        "chemistry_construction_circular": 6,
        "education_food_tourism": 6,
        "ict": 9,
        "automotive_aviation_transport": 9,
        "metal_machinery_materials": 8,
    },
}


def read_published(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def register() -> dict:
    """Tables of the 2024 edition, in which the real clusters answered the register only."""
    answers = []
    for row_number, row in enumerate(read_published("cluster_register_2024.csv"), start=4):
        said = {fact: row[fact] for fact in FACTS} | {"cluster_name": f"Klaster {row['no']}"}
        answers += register_answers(EDITION_ID, f"real_{row['no']}", row_number, said)
    return edition_tables(answers, [EDITION_ID])


@pytest.fixture(scope="module")
def marts(warehouses: Warehouses, register: dict) -> dict:
    return warehouses.marts(register)


def printed(mean: float) -> str:
    """As the report prints means: one decimal, half up."""
    return str(Decimal(repr(mean)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def mean_members(clusters: list[dict]) -> str:
    return printed(sum(cluster["members"] for cluster in clusters) / len(clusters))


@pytest.mark.parametrize("cut_id", PUBLISHED_SIZES)
def test_sizes_of_segments(marts: dict, cut_id: str) -> None:
    found = {row["segment_id"]: row["n_clusters"] for row in marts["dim_segment"] if row["cut_id"] == cut_id}
    assert found == PUBLISHED_SIZES[cut_id]


def test_sizes_of_segments_in_the_statistics(marts: dict) -> None:
    """Every statistic is of the same clusters, though none of them said anything."""
    for row in marts["indicator_statistic"]:
        size = PUBLISHED_SIZES.get(row["cut_id"], {}).get(row["segment_id"], 0)
        assert row["n"] + row["n_missing"] == size, row


def test_segments_of_every_cluster_add_up(marts: dict) -> None:
    clusters = marts["dim_cluster_edition"]
    for cut_id in PUBLISHED_SIZES.keys() - {"all"}:
        found = {segment: 0 for segment in PUBLISHED_SIZES[cut_id]}
        for cluster in clusters:
            found[cluster[cut_id]] += 1
        assert found == PUBLISHED_SIZES[cut_id]
    assert {cluster["strategy"] for cluster in clusters} == {None}


def test_mean_members(marts: dict) -> None:
    assert mean_members(marts["dim_cluster_edition"]) == "117.7"
    assert sum(cluster["members"] for cluster in marts["dim_cluster_edition"]) == 4942


def test_mean_members_by_industry(marts: dict) -> None:
    """Table 10, first row."""
    published = {row["industry"]: row["mean_members"] for row in read_published("mean_members_by_industry_2024.csv")}
    clusters = marts["dim_cluster_edition"]
    found = {
        industry: mean_members([cluster for cluster in clusters if cluster["industry"] == industry])
        for industry in published
    }
    assert found == published


def test_no_scores_without_answers(marts: dict, register: dict) -> None:
    assert {row["status"] for row in marts["fct_indicator_value"]} == {"missing"}
    assert {row["score"] for row in marts["fct_score"]} == {None}
    assert_close(
        {row["variable"]: row["n"] for row in marts["score_regression"]},
        {"members": 0, "science_institutions": 0},
    )
    assert_same(marts, compute(register))


def test_a_framework_of_nothing(warehouses: Warehouses, register: dict) -> None:
    """Without an indicator the cuts are the same, and there is nothing to score."""
    overall = [row for row in register["framework_node"] if row["level"] == "overall"]
    bare = register | {"indicator_rule": [], "framework_node": overall}
    bare["conformance"] = [row for row in register["conformance"] if row["node_id"] == "overall"]
    for table in ("cut", "segment"):  # the one cut that is made by an indicator goes with it
        bare[table] = [row for row in register[table] if row["cut_id"] != "strategy"]
    marts = warehouses.marts(bare)
    assert marts["fct_score"] == []
    found = {(row["cut_id"], row["segment_id"]): row["n_clusters"] for row in marts["dim_segment"]}
    for cut_id, sizes in PUBLISHED_SIZES.items():
        assert {segment: found[cut_id, segment] for segment in sizes} == sizes
