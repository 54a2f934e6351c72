"""What is hidden of made-up groups, worked out by hand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from orchestration.transformation import DBT_PROJECT

POLICY = {
    ("minimum_n", "figures"): 3.0,
    ("minimum_n", "respondents"): 10.0,
    ("uniform", "width"): 0.05,
    ("uniform", "outside_scores"): 2.0,
    ("uniform", "outside_ticks"): 1.0,
    ("dominance", "largest"): 0.75,
    ("dominance", "two_largest"): 0.9,
}


def model(name: str) -> ModuleType:
    """A Python model as a module: dbt reads it from its file."""
    path: Path = DBT_PROJECT / "models" / "intermediate" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


details = model("int_hide_details")
sums = model("int_hide_sums")


def scored(*values: float):
    """Clusters with scores of 0 to 1 and ten times as large values."""
    scores = np.array(values)
    return details.Group("scores", len(scores), len(scores), np.array([]), scores, scores, 10 * scores)


def ticked(chosen: int, answering: int):
    empty = np.array([])
    return details.Group("ticks", answering, answering, np.array([chosen, answering - chosen]), empty, empty, empty)


def test_a_uniform_segment_is_hidden_with_the_smallest_other() -> None:
    segments = {
        "a": scored(0.0, 0.0, 0.01, 0.04, 0.9),  # one outside of 0–0.05
        "b": scored(0.1, 0.2, 0.3, 0.4),
        "c": scored(0.1, 0.2, 0.3, 0.4, 0.5),
    }
    assert details.judge(segments, POLICY) == [("a", None, "uniform"), ("b", None, "complementary")]


def test_of_two_uniform_segments_each_hides_the_other() -> None:
    segments = {"a": ticked(0, 4), "b": ticked(5, 5), "c": ticked(2, 5)}
    assert details.judge(segments, POLICY) == [("a", None, "uniform"), ("b", None, "uniform")]
    alike = {"a": ticked(0, 4), "b": ticked(0, 5), "c": ticked(2, 5), "d": ticked(2, 6)}
    assert details.judge(alike, POLICY)[2:] == [("c", None, "complementary")]


def test_of_what_nobody_answered_there_is_nothing_to_hide() -> None:
    assert details.judge({}, POLICY) == []
    assert details.judge({"a": ticked(0, 0), "b": ticked(0, 0)}, POLICY) == []


def test_what_all_agree_on_is_hidden_everywhere() -> None:
    assert details.judge({"a": ticked(0, 4), "b": ticked(0, 5)}, POLICY) == [
        (None, None, "uniform"),
        ("a", None, "uniform"),
        ("b", None, "uniform"),
    ]


def test_clusters_in_no_segment_are_all_less_the_segments() -> None:
    """Two clusters without a size: too few, so that a segment is hidden with them."""
    segments = {"a": ticked(2, 4), "b": ticked(2, 5), details.NOWHERE: ticked(1, 2)}
    assert details.judge(segments, POLICY) == [("a", None, "complementary")]


def test_a_dominant_cluster_hides_totals_only() -> None:
    segments = {"a": scored(0.01, 0.1, 0.2, 0.99), "b": scored(0.1, 0.2, 0.3, 0.4), "c": scored(0.2, 0.3, 0.4)}
    # 9.9 of 13: 0.76 is more than 0.75; with c it is 9.9 of 22
    assert details.judge(segments, POLICY) == [("a", "total", "dominance"), ("c", "total", "complementary")]


def test_unanimous_answers_of_members_are_hidden() -> None:
    empty = np.array([])

    def answers(*counts: int):
        return details.Group("answers", 4, sum(counts), np.array(counts), empty, empty, empty)

    assert details.not_shown(answers(12, 0), POLICY) == "uniform"
    assert details.not_shown(answers(11, 1), POLICY) is None
    assert details.not_shown(answers(5, 4), POLICY) == "minimum_n"


def hidden(groups: dict[tuple[str, str], str], too_small: set[tuple[str, str]] = frozenset()):
    return sums.hidden_means("a;b;c;d;e;f;g;h", tuple(groups.items()), frozenset(too_small), 3)


def test_means_that_leave_one_or_two_clusters_over_are_hidden() -> None:
    everyone = {("all", "all"): "a;b;c;d;e;f;g;h"}
    assert hidden(everyone | {("panel", "2022"): "a;b;c;d;e"}) == []  # leaves f, g, h
    assert hidden(everyone | {("panel", "2022"): "a;b;c;d;e;f"}) == [("panel", "2022")]  # leaves g, h
    crossing = {("x", "1"): "a;b;c;d", ("x", "2"): "e;f;g;h", ("panel", "2022"): "b;c;d;e;f;g"}
    assert hidden(everyone | crossing) == [("panel", "2022")]  # leaves a and h
    half = {("x", "1"): "a;b;c;d", ("y", "1"): "a;e;f;g", ("z", "1"): "b;c;d;e;f;g"}
    assert hidden(half) == [("y", "1")]  # z, x and y: twice a


def test_a_hidden_segment_is_not_all_less_the_others() -> None:
    cut = {("all", "all"): "a;b;c;d;e;f;g;h", ("x", "1"): "a;b;c", ("x", "2"): "d;e;f", ("x", "3"): "g;h"}
    assert hidden(cut, {("x", "3")}) == [("x", "2")]


def test_combinations_of_more_clusters_than_are_looked_for_are_refused() -> None:
    with pytest.raises(ValueError, match="3 at most"):
        sums.hidden_means("a;b", ((("all", "all"), "a;b"),), frozenset(), 4)
