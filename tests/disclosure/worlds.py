"""Other worlds: scores that differ from the true ones, and of which just the same figures would be published.

Whoever has only the figures cannot tell them apart, by whatever method. So a cluster whose score is 0.2 in one of them
and 0.3 in another cannot be confined to less than 0.1: worlds prove that attacks fail, which no failed attack does.
"""

from __future__ import annotations

import numpy as np

from tests.disclosure.figures import PLACES, Node


def is_published(node: Node, worlds: np.ndarray) -> np.ndarray:
    """Which of the worlds (one per row, a score per cluster) give every figure of the node, and are scores at all."""
    fits = ((worlds >= 0) & (worlds <= 1)).all(axis=1)
    by_group: dict[tuple[int, ...], list] = {}
    for figure in node.figures:
        by_group.setdefault(figure.clusters, []).append(figure)
    for clusters, figures in by_group.items():
        ordered = np.sort(worlds[:, list(clusters)], axis=1)
        for figure in figures:
            if figure.statistic == "mean":
                value = ordered.mean(axis=1)
            else:
                place = (len(clusters) - 1) * PLACES[figure.statistic]
                below, above = int(np.floor(place)), int(np.ceil(place))
                value = ordered[:, below] + (place - below) * (ordered[:, above] - ordered[:, below])
            fits &= (value >= figure.low) & (value < figure.high)
    return fits


def worlds(node: Node, truth: np.ndarray, seed: int, n_chains: int = 200, n_steps: int = 1500) -> np.ndarray:
    """Worlds found by random steps from the true one, each of them checked: as many as chains, and the extremes seen.

    A step moves one cluster, two in opposite directions, or exchanges the scores of two; what would change a figure is
    not taken. Each row of the result is a world.
    """
    random = np.random.default_rng(seed)
    rows = np.arange(n_chains)
    now = np.repeat(truth[None], n_chains, axis=0)
    lowest, highest = np.repeat(truth[None], len(truth), axis=0), np.repeat(truth[None], len(truth), axis=0)
    own = np.arange(len(truth))
    for _ in range(n_steps):
        one, other = random.integers(0, len(truth), (2, n_chains))
        kind = random.random(n_chains)
        by = random.normal(0, 1, n_chains) * 10 ** random.uniform(-3, -0.5, n_chains)
        step = now.copy()
        step[rows, one] += by
        pair = kind < 0.5
        step[rows[pair], other[pair]] -= by[pair]
        swap = kind > 0.85
        step[rows[swap], one[swap]] = now[rows[swap], other[swap]]
        step[rows[swap], other[swap]] = now[rows[swap], one[swap]]
        taken = is_published(node, step)
        now[taken] = step[taken]
        low, high = now.argmin(axis=0), now.argmax(axis=0)
        lower = now[low, own] < lowest[own, own]
        lowest[lower] = now[low[lower]]
        higher = now[high, own] > highest[own, own]
        highest[higher] = now[high[higher]]
    found = np.concatenate([truth[None], now, lowest, highest])
    assert is_published(node, found).all()
    return found
