"""The arithmetic of a trace, on figures worked out by hand."""

from __future__ import annotations

import pytest

from audit.recompute import (
    agrees,
    bounds_of_values,
    measure_of,
    quantile,
    score_of_parts,
    score_of_value,
    value_of_answers,
)


@pytest.mark.parametrize(
    ("method", "p", "expected"),
    [("inclusive", 0.25, 17.5), ("inclusive", 0.5, 25), ("exclusive", 0.25, 12.5), ("exclusive", 0.75, 37.5)],
)
def test_quantiles_of_four_values(method, p, expected) -> None:
    assert quantile([40, 10, 30, 20], p, method) == expected


def test_quantiles_at_the_ends() -> None:
    assert quantile([7], 0.25, "exclusive") == quantile([7], 0.75, "inclusive") == 7
    assert quantile([1, 2], 0.25, "exclusive") == 1  # place 0.75 is kept within 1 … n
    assert quantile([], 0.5, "inclusive") is None


def test_measures_leave_out_missing_values_and_count_them() -> None:
    values = [3.0, None, 0.0, -1.0]
    told = {name: measure_of(name, values, "inclusive") for name in ("n", "n_missing", "n_zero", "n_positive", "total")}
    assert told == {"n": 3, "n_missing": 1, "n_zero": 1, "n_positive": 1, "total": 2.0}
    assert measure_of("mean", values, "inclusive") == pytest.approx(2 / 3)
    assert measure_of("benchmark", values, "inclusive") == 3.0
    assert measure_of("benchmark", values, "inclusive", direction=-1) == -1.0
    assert measure_of("median", [None], "inclusive") is None


def test_bounds_are_cut_at_the_fence_unless_that_leaves_no_scale() -> None:
    # Quartiles 2 and 4 by the inclusive method, fence 4 + 1.5 × 2 = 7.
    assert bounds_of_values([1, 2, 3, 4, 100, None], 1, "inclusive", 1.5) == (1, 7)
    assert bounds_of_values([1, 2, 3, 4, 5], 1, "inclusive", 1.5) == (1, 5)
    assert bounds_of_values([1, 2, 3, 4, 5], -1, "inclusive", 1.5) == (-5, -1)
    assert bounds_of_values([0, 0, 0, 0, 9], 1, "inclusive", 1.5) == (0, 9)
    assert bounds_of_values([None], 1, "inclusive", 1.5) == (None, None)


def test_scores() -> None:
    bound = {"lower_bound": 1, "upper_bound": 5}
    assert [score_of_value(value, 1, bound) for value in (1, 2, 5, 9, None)] == [0, 0.25, 1, 1, None]
    assert score_of_value(2, 1, {"lower_bound": 2, "upper_bound": 2}) is None
    assert score_of_parts([0.5, None, 1.0], 0) == 0.75
    assert score_of_parts([0.5, None, None], 0.5) is None
    assert score_of_parts([None, None], 0) is None


def cell(status: str, number: float | None = None) -> dict[str, object]:
    return {"status": status, "answer_number": number}


def part(
    question: str, kind: str, scale: float = 1, multiplier: float = 1, blank: str = "missing"
) -> dict[str, object]:
    return {"question_id": question, "kind": kind, "scale": scale, "multiplier": multiplier, "blank_means": blank}


@pytest.mark.parametrize(
    ("kind", "blank", "first", "second", "expected"),
    [
        ("sum", "missing", cell("given", 2), cell("given", 3), 5.0),
        ("mean", "missing", cell("given", 2), cell("given", 3), 2.5),
        ("sum", "missing", cell("given", 2), cell("blank"), None),
        ("sum", "zero", cell("given", 2), cell("skipped"), 2.0),
        ("mean", "zero", cell("given", 2), cell("blank"), 1.0),
        ("sum", "zero", cell("blank"), cell("blank"), 0.0),
        ("sum", "zero", cell("given", 2), cell("refused"), None),
        ("sum", "zero", cell("given", 2), cell("rejected"), None),
        ("options", "zero", cell("blank"), cell("blank"), None),
        ("options", "missing", cell("given", 1), cell("blank"), 1.0),
    ],
)
def test_the_value_of_two_answers(kind, blank, first, second, expected) -> None:
    rule = [part("a", kind, blank=blank), part("b", kind, blank=blank)]
    assert value_of_answers(rule, {"a": [first], "b": [second]}) == expected


def test_options_of_a_question_add_up_in_published_units_and_a_question_without_a_row_is_missing() -> None:
    rule = [part("a", "options", scale=10, multiplier=5)]
    assert value_of_answers(rule, {"a": [cell("given", 1), cell("given", 2), cell("blank")]}) == 1.5
    assert value_of_answers(rule, {"a": []}) is None
    assert value_of_answers(rule, {}) is None


def test_agreeing_forgives_the_order_of_additions_only() -> None:
    assert agrees(0.1 + 0.2, 0.3) and agrees(None, None)
    assert not agrees(0.3, 0.300001) and not agrees(None, 0.0)
