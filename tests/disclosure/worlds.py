"""Other worlds: scores that differ from the true ones, and of which just the same figures would be published.

Whoever has only the figures cannot tell these worlds apart, by whatever method. A cluster whose score is 0.2 in one of
them and 0.3 in another cannot be confined to less than 0.1. So worlds prove that an attack must fail, which no number
of failed attacks does. The search begins at the true scores, which an attacker does not have; each world that it finds
is checked by computing its figures.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from tests.disclosure.attacks import WIDTH
from tests.disclosure.figures import PLACES, Figure, Node

MARGIN = 1e-7  # kept from the ends of what rounding leaves open


def is_published(node: Node, worlds: np.ndarray) -> np.ndarray:
    """Which of the worlds (rows of a score per cluster) are scores at all and give every figure of the node."""
    fits = ((worlds >= 0) & (worlds <= 1)).all(axis=1)
    for figure in node.figures:
        ordered = np.sort(worlds[:, list(figure.clusters)], axis=1)
        if figure.statistic == "mean":
            value = ordered.mean(axis=1)
        else:
            below, above, share = _place(figure)
            value = ordered[:, below] + share * (ordered[:, above] - ordered[:, below])
        fits &= (value >= figure.low) & (value <= figure.high)
    return fits


def _place(figure: Figure) -> tuple[int, int, float]:
    """Between which of the sorted values an order statistic lies, and how far from the lower one."""
    place = (len(figure.clusters) - 1) * PLACES[figure.statistic]
    return int(np.floor(place)), int(np.ceil(place)), place - np.floor(place)


def exchanged(node: Node, truth: np.ndarray, groups: list[list[int]], seed: int, number: int = 200) -> np.ndarray:
    """Worlds in which the clusters of each group have exchanged their scores at random; the true one is the first."""
    random = np.random.default_rng(seed)
    worlds = np.repeat(truth[None], number, axis=0)
    for world in worlds[1:]:
        for group in groups:
            world[group] = world[random.permutation(group)]
    assert is_published(node, worlds).all(), f"{node.node_id}: figures tell more than the scores of a group"
    return worlds


def searched(node: Node, truth: np.ndarray, seed: int, tries: int = 4000) -> np.ndarray:
    """Worlds in which, if the search succeeds, every cluster has scores that are WIDTH apart. The first is the true.

    A try takes a known world, lets up to three pairs of clusters exchange their scores, and looks with linear
    programmes for the least and the largest score of a cluster among the worlds with the same clusters below, at and
    above each figure.
    """
    random = np.random.default_rng(seed)
    known = [truth, *_strolled(node, truth, random)]
    low, high = np.min(known, axis=0), np.max(known, axis=0)
    for _ in range(tries):
        narrow = np.flatnonzero(high - low < WIDTH)
        if not len(narrow):
            break
        cluster = int(random.choice(narrow))
        start = known[random.integers(len(known))].copy()
        for exchange in range(random.integers(1, 4)):
            one = random.integers(len(truth)) if exchange else cluster
            other = random.integers(len(truth))
            start[[one, other]] = start[[other, one]]
        for world in _farthest(node, start, cluster):
            known.append(world)
            low, high = np.minimum(low, world), np.maximum(high, world)
    return np.array(known)


def _strolled(node: Node, truth: np.ndarray, random: np.random.Generator, steps: int = 400) -> np.ndarray:
    """Worlds reached from the true one by many small steps, each of which moves one cluster or two in opposite ways."""
    worlds = np.repeat(truth[None], 60, axis=0)
    rows = np.arange(len(worlds))
    for _ in range(steps):
        step = worlds.copy()
        by = random.normal(0, 1, len(worlds)) * 10 ** random.uniform(-3, -0.5, len(worlds))
        step[rows, random.integers(len(truth), size=len(worlds))] += by
        both = random.random(len(worlds)) < 0.5
        step[rows[both], random.integers(len(truth), size=both.sum())] -= by[both]
        taken = is_published(node, step)
        worlds[taken] = step[taken]
    return worlds


def _farthest(node: Node, start: np.ndarray, cluster: int) -> list[np.ndarray]:
    """Of the worlds with the order that `start` has, those in which a cluster has its least and its largest score."""
    rows, limits = [], []

    def at_most(factors: dict[int, float], limit: float) -> None:
        row = np.zeros(len(start))
        for position, factor in factors.items():
            row[position] = factor
        rows.append(row)
        limits.append(limit)

    pairs = set()
    for figure in node.figures:
        if figure.statistic == "mean":
            factors = dict.fromkeys(figure.clusters, 1 / len(figure.clusters))
        else:
            below, above, share = _place(figure)
            order = sorted(figure.clusters, key=lambda position: (start[position], position))
            factors = {order[below]: 1 - share} | ({order[above]: share} if share else {})
            pairs |= {(position, order[below]) for position in order[:below]}
            pairs |= {(order[above], position) for position in order[above + 1 :]}
            pairs |= {(order[below], order[above])} if share else set()
        at_most(factors, figure.high - MARGIN)
        at_most({position: -factor for position, factor in factors.items()}, -figure.low - MARGIN)
    for smaller, larger in pairs:
        at_most({smaller: 1, larger: -1}, 0)
    found = []
    for sign in (1, -1):
        best = linprog(sign * (np.arange(len(start)) == cluster), A_ub=np.array(rows), b_ub=limits, bounds=(0, 1))
        if best.status != 0:
            break  # no world has that order
        found.append(np.clip(best.x, 0, 1))
    return [world for world in found if is_published(node, world[None])[0]]
