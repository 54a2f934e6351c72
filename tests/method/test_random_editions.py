"""The marts of random worlds of editions against the second implementation, to 1e-9, every row and column."""

from __future__ import annotations

import itertools

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .building import Warehouses, read_seeds
from .comparison import assert_same
from .made_up import joined
from .random_editions import Recipe
from .random_worlds import WORLDS, random_world
from .reference_method import compute

FIRST_EDITION_ID = 2030


# One build costs seconds whatever it holds, so each example is many editions at once. Not shrunk: that would take
# minutes, and the message names the edition, whose recipe hypothesis prints.
@settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(worlds=st.lists(WORLDS, min_size=6, max_size=8))
def test_random_worlds(warehouses: Warehouses, worlds: list[list[Recipe]]) -> None:
    first_ids = itertools.accumulate(map(len, worlds), initial=FIRST_EDITION_ID)
    tables = joined(read_seeds(), *(random_world(*world) for world in zip(first_ids, worlds, strict=False)))
    assert_same(warehouses.marts(tables), compute(tables))


def test_editions_worked_out_on_paper(marts_by_hand: dict, tables_by_hand: dict) -> None:
    assert_same(marts_by_hand, compute(tables_by_hand))
