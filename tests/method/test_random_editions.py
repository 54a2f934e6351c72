"""The marts of random editions against the second implementation, to 1e-9, every row and column."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .building import Warehouses, read_seeds
from .comparison import assert_same
from .made_up import joined
from .random_editions import RECIPES, Recipe, random_edition
from .reference_method import compute

FIRST_EDITION_ID = 2030


# One build costs over a second whatever it holds, so each example is many editions at once. Not shrunk:
# that would take minutes, and the message names the edition, whose recipe hypothesis prints.
@settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(recipes=st.lists(RECIPES, min_size=10, max_size=20, unique_by=lambda recipe: recipe.seed))
def test_random_editions(warehouses: Warehouses, recipes: list[Recipe]) -> None:
    editions = [random_edition(number, recipe) for number, recipe in enumerate(recipes, start=FIRST_EDITION_ID)]
    tables = joined(read_seeds(), *(edition.tables() for edition in editions))
    assert_same(warehouses.marts(tables), compute(tables))


def test_editions_worked_out_on_paper(marts_by_hand: dict, tables_by_hand: dict) -> None:
    assert_same(marts_by_hand, compute(tables_by_hand))
