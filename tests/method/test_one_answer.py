"""Removing one answer changes the rows that rest on it, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from .building import Warehouses, read_seeds
from .comparison import SCHEMA_AND_KEY, is_same, keyed
from .made_up import MadeUpEdition, joined
from .reference_method import compute

EDITION_ID = 2024

Changed = dict[str, set[tuple[Any, ...]]]


def without_answer(tables: Mapping[str, list[dict]], edition_id: int, cluster_id: str, question_id: str) -> dict:
    """The tables with the answers of one cluster to one question left blank."""
    after = deepcopy(dict(tables))
    left_blank = 0
    for row in after["answer"]:
        if (row["edition_id"], row["cluster_id"], row["question_id"]) == (
            edition_id,
            cluster_id,
            question_id,
        ):
            assert row["status"] == "given"
            row |= {"status": "blank", "answer_text": None, "answer_number": None}
            left_blank += 1
    assert left_blank == 1
    return after


def changed(before: Mapping[str, list], after: Mapping[str, list], *, exactly: bool) -> Changed:
    """The keys of the rows that differ, by table; `exactly`: in any bit, else by more than the tolerance."""
    keys: Changed = {}
    for name in SCHEMA_AND_KEY:
        old, new = keyed(name, before[name]), keyed(name, after[name])
        assert old.keys() == new.keys(), f"{name}: removing an answer removes no row and adds none"
        keys[name] = {
            key
            for key, row in old.items()
            if any(
                row[column] != new[key][column] if exactly else not is_same(row[column], new[key][column])
                for column in row
            )
        }
    return keys


def test_one_answer_of_the_sample(warehouses: Warehouses, sample: dict, sample_marts: dict) -> None:
    """Employment (I.1.1) of one cluster: neither the smallest nor the largest value."""
    before, marts_before = sample, sample_marts
    given = sorted(
        (row["answer_number"], row["cluster_id"])
        for row in before["answer"]
        if row["edition_id"] == EDITION_ID
        and row["question_id"] == "employment_all_members"
        and row["answer_number"] is not None
    )
    cluster = given[len(given) // 3][1]
    after = without_answer(before, EDITION_ID, cluster, "employment_all_members")
    marts_after = warehouses.marts(after)
    found = changed(marts_before, marts_after, exactly=True)

    node, path = "I.1.1", {"I.1.1", "I.1", "I", "overall"}
    home = {
        (row["cut_id"], segment)
        for row in before["cut"]
        if row["edition_id"] == EDITION_ID
        for segment in [segment_of(marts_before, cluster, row["cut_id"])]
        if segment is not None
    }
    assert len(home) == 7  # a segment in each cut
    own_row = {
        key for key in found["fct_answer"] if key[2:4] == (respondent(before, cluster), "employment_all_members")
    }
    assert found["fct_answer"] == own_row
    assert len(own_row) == 1
    assert found["fct_indicator_value"] == {(EDITION_ID, cluster, node)}
    assert found["fct_normalisation_bound"] == {(EDITION_ID, node)}
    # values are not relative: only the segments the cluster is in have other statistics
    assert found["indicator_statistic"] == {(EDITION_ID, *segment, node) for segment in home}
    # scores are relative to all clusters: those of the path may change for all, must for the cluster
    for table in ("fct_score", "cluster_profile"):
        assert {(EDITION_ID, cluster, each) for each in path} <= found[table]
        assert all(edition == EDITION_ID and each in path for edition, _, each in found[table])
    assert {(EDITION_ID, "all", "all", each) for each in path} <= found["score_distribution"]
    assert all(key[0] == EDITION_ID and key[3] in path for key in found["score_distribution"])
    assert all(key[0] == EDITION_ID and key[3] == "I.1" for key in found["strength_weakness"])
    assert {key[:2] for key in found["score_spread"]} <= {(EDITION_ID, each) for each in path}
    assert found["score_regression"] == {(EDITION_ID, "members"), (EDITION_ID, "science_institutions")}
    # the long series of employment, and its growth from whenever it was asked before
    assert found["edition_trend"] == {(EDITION_ID, "employment")}
    series = [row["edition_id"] for row in marts_before["edition_trend"] if row["measure"] == "employment"]
    assert found["edition_growth"] == {(EDITION_ID, each, "employment") for each in series if each < EDITION_ID}
    # comparisons with all earlier editions, of what rests on the answer; no comparison of these with each other
    earlier = {row["edition_id"] for row in before["delivery"]} - {EDITION_ID}
    assert {(EDITION_ID, each, "all", "own", node, "mean") for each in earlier} <= found["edition_comparison"]
    assert all(key[0] == EDITION_ID and key[4] in path for key in found["edition_comparison"])
    for table in ("dim_edition", "dim_node", "dim_cluster", "dim_cluster_edition", "dim_segment"):
        assert found[table] == set()
    for table in ("node_conformance", "question_edition", "cluster_lineage"):
        assert found[table] == set()
    # no member and no site was asked for it
    for table in ("member_opinion", "cluster_opinion", "accessibility_criterion", "accessibility_band"):
        assert found[table] == set()
    # and exactly those rows change that do so by the second implementation
    assert changed(marts_before, marts_after, exactly=False) == changed(compute(before), compute(after), exactly=False)


def respondent(tables: Mapping[str, list[dict]], cluster: str) -> str:
    return next(
        row["respondent_id"]
        for row in tables["answer"]
        if (row["edition_id"], row["cluster_id"], row["question_id"]) == (EDITION_ID, cluster, "employment_all_members")
    )


def segment_of(marts: Mapping[str, list[dict]], cluster: str, cut_id: str) -> str | None:
    if cut_id == "all":
        return "all"
    (row,) = (
        row for row in marts["dim_cluster_edition"] if (row["edition_id"], row["cluster_id"]) == (EDITION_ID, cluster)
    )
    return row[cut_id]


def test_rows_worked_out_on_paper(warehouses: Warehouses) -> None:
    """I.1.1 = 0, 10, 5, 4 without c's 5: n, Q1 and Q3 change; the bounds 0 and 10 and others' scores stay.

    I.1 is I.1.1 alone, I the mean of I.1.1 and I.2.1, II untouched. c (0.5 beside 0, 1, 0.4) loses its score
    and its second place in I.1.1 and I.1, d and a each move up by one there.
    """
    edition = MadeUpEdition(2032)
    for node_id in ("I.1.1", "I.2.1", "II.1.1"):
        edition.indicator(node_id)
    edition.cut("size", "members", ("small", None, 49), ("large", 50, None))
    for cluster, values, members in (
        ("a", (0, 1, 0), 10),
        ("b", (10, 0, 1), 20),
        ("c", (5, 1, 0), 60),
        ("d", (4, 0, 1), 70),
    ):
        answers = dict(zip(("I.1.1", "I.2.1", "II.1.1"), values, strict=True))
        edition.cluster(cluster, answers, members=members)
    before = joined(read_seeds(), edition.tables())
    after = without_answer(before, 2032, "c", "I.1.1")
    found = changed(warehouses.marts(before), warehouses.marts(after), exactly=False)
    assert found == changed(compute(before), compute(after), exactly=False)

    # I: a 0.5, b 0.5, c (0.5 + 1) / 2 = 0.75 → 1, d 0.2: c stays first. overall: a 0.25, b 0.75,
    # c 0.375 → 0.5, d 0.6: c stays third. So in both only c's own row changes.
    scores = {(cluster, node_id) for cluster in "acd" for node_id in ("I.1.1", "I.1")}
    scores |= {("c", "I"), ("c", "overall")}
    assert found["fct_score"] == {(2032, cluster, node_id) for cluster, node_id in scores}
    assert found["fct_normalisation_bound"] == {(2032, "I.1.1")}
    assert found["indicator_statistic"] == {(2032, "all", "all", "I.1.1"), (2032, "size", "large", "I.1.1")}
    path = ("I.1.1", "I.1", "I", "overall")
    assert {key for key in found["score_distribution"] if key[3] != "I.1.1"} == {
        (2032, cut, segment, node_id) for cut, segment in (("all", "all"), ("size", "large")) for node_id in path[1:]
    }
    assert found["strength_weakness"] == {(2032, "all", "all", "I.1"), (2032, "size", "large", "I.1")}
