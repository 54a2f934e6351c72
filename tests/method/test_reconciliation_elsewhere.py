"""Printed figures beside editions that have the same ids and are about something else."""

from __future__ import annotations

import random

import duckdb

from .building import Warehouses, read_seeds
from .made_up import joined
from .random_editions import Recipe, random_edition

SETTINGS = {
    "area_mean_of": "indicators",
    "quartile_method": "inclusive",
    "fence_factor": 1.5,
    "minimum_availability": 0,
    "strength_above": 0.3,
    "weakness_at_most": 0.2,
}


def edition(edition_id: int) -> dict:
    """The tables of an edition with made-up nodes and cuts, and a few clusters or none."""
    r = random.Random(edition_id)
    shape = tuple(tuple(r.randint(1, 4) for _ in range(r.randint(1, 3))) for _ in range(3))
    n_clusters = {2022: 0, 2020: 1}.get(edition_id, 12)
    recipe = Recipe(edition_id, n_clusters, shape, SETTINGS, frozenset(["size", "industry"]), spoilt=0.1)
    return random_edition(edition_id, recipe).tables()


def test_figures_are_reconciled_with_whatever_an_edition_has(warehouses: Warehouses) -> None:
    loaded = (2014, 2020, 2022, 2024)
    tables = joined(read_seeds(), *map(edition, loaded))
    work_file = warehouses.build(tables, stages=("facts", "scores", "audit"))
    with duckdb.connect(str(work_file), read_only=True) as connection:
        found = connection.execute(
            """select edition_id, count(*), count(computed),
                count(*) filter (where reason = 'the edition as loaded has no value for it'),
                count(*) filter (where reason = 'the edition is not loaded')
            from audit.reconciliation group by edition_id"""
        ).fetchall()
    counts = {edition_id: tuple(row) for edition_id, *row in found}
    print(counts)
    assert sum(n for n, *_ in counts.values()) == len(tables["published_figure"])
    assert counts[2024][1] > 100
    assert counts[2024][2] > 1000
    for edition_id, (_, computed, without_value, not_loaded) in counts.items():
        assert not_loaded == 0 if edition_id in loaded else computed == without_value == 0
