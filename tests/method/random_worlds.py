"""Random worlds: a few random editions with clusters in common, whose nodes conform to one framework of today."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from .made_up import LEVELS, MadeUpEdition, Rows, joined
from .random_editions import RECIPES, Recipe, random_edition

WORLDS = st.lists(RECIPES, min_size=1, max_size=4, unique_by=lambda recipe: recipe.seed)


def _conform(edition: MadeUpEdition, r: random.Random) -> None:
    """Give some nodes another node of today than that of their name, none, or another meaning."""
    for level in LEVELS:
        own, todays = (
            [node_id for node_id, node in each.nodes.items() if node["level"] == level]
            for each in (edition, edition.today)
        )
        free = r.sample(todays, len(todays))
        for node_id in own:
            keeps_name = node_id in free and r.random() < 0.75
            today = node_id if keeps_name else free[-1] if free and r.random() < 0.8 else None
            if today:
                free.remove(today)
            edition.conforms(node_id, today, r.choice([None, None, None, "v", "w"]) if today else None)


def _lineage(editions: Sequence[MadeUpEdition], r: random.Random) -> Rows:
    """Mergers and splits among the clusters, before any of the editions."""
    pairs = {tuple(f"c{number:02}" for number in r.sample(range(20), 2)) for _ in range(r.randint(0, 3))}
    return [
        {
            "edition_id": r.choice(editions).edition_id,
            "kind": r.choice(["merger", "split"]),
            "predecessor_cluster_id": predecessor,
            "successor_cluster_id": successor,
            "note": None,
        }
        for predecessor, successor in sorted(pairs)
    ]


def random_world(first_edition_id: int, recipes: Sequence[Recipe]) -> dict[str, Rows]:
    """The tables of editions made by the recipes, numbered from `first_edition_id`; today is any of them.

    Some have a framework of their own, others share today's, and some of those ask all that today's edition asks.
    The same recipes make the same world.
    """
    r = random.Random(repr(recipes))
    place_of_today = r.randrange(len(recipes))
    today = random_edition(first_edition_id + place_of_today, recipes[place_of_today])
    editions = [today]
    for place, recipe in enumerate(recipes):
        if place != place_of_today:
            kind = r.choice(["same", "shared", "own"])
            shape = recipes[place_of_today].shape if kind == "same" else recipe.shape
            like = None if kind == "own" else today
            own = replace(recipe, shape=shape)
            editions.append(random_edition(first_edition_id + place, own, like=like, today=today))
            if kind != "same":
                _conform(editions[-1], r)
    if r.random() < 0.5:
        _conform(today, r)
    return joined({"cluster_lineage": _lineage(editions, r)}, *(edition.tables() for edition in editions))
