"""Which cluster gets which of an indicator's values: only permutations, so every printed statistic keeps holding.

Each sub-area gets a target score per cluster: the published distribution along the cluster's rank by maturity with
some chance. Values are first handed out by that rank and then swapped, a fixed number of times, towards the targets.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sample.marginals import Vector, scores

# What a value may not exceed: the values of another indicator of its sub-area, or figures; or nothing.
Limits = tuple[str | None, Vector | None]
CANDIDATES, SWAPS = 60, 40
MIDDLE = 6.0  # how much more the middle of the distribution counts than its ends: medians are what is published


def _ranks(values: Vector) -> Vector:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(len(values) - 1, 1)


def draw_targets(
    maturity: Vector,
    present: Mapping[str, np.ndarray],
    sizes: Mapping[str, int],
    published: Mapping[str, tuple[float, ...]],
    rng: np.random.Generator,
) -> dict[str, Vector]:
    """Target scores (NaN where a sub-area has none) by sub-area: the best of a fixed number of draws.

    `present` tells where a sub-area has a score, `sizes` its number of indicators. The draws differ in how the
    sub-areas deviate from the maturity; the best is nearest to the medians of the areas and of the overall score.
    """

    def one_draw() -> tuple[float, dict[str, Vector]]:
        targets = {}
        loyalty = rng.uniform(0.7, 1.0)
        for subarea, known in present.items():
            low, q1, median, _, q3, high = published[subarea]
            latent = loyalty * maturity + np.sqrt(1 - loyalty**2) * rng.normal(size=len(maturity))
            target = np.full(len(maturity), np.nan)
            target[known] = np.interp(_ranks(latent[known]), [0, 0.25, 0.5, 0.75, 1], [low, q1, median, q3, high])
            targets[subarea] = target
        areas: dict[str, list[str]] = {}
        for subarea in present:
            areas.setdefault(subarea.partition(".")[0], []).append(subarea)
        means, miss = [], 0.0
        for area, parts in areas.items():
            weights = np.array([sizes[part] for part in parts], float)[:, None]
            stack = np.array([targets[part] for part in parts])
            mean = np.nansum(weights * stack, axis=0) / (weights * ~np.isnan(stack)).sum(axis=0)
            means.append(mean)
            miss += (np.median(mean) - published[area][2]) ** 2
        miss += (np.median(np.mean(means, axis=0)) - published["overall"][2]) ** 2
        return miss, targets

    return min((one_draw() for _ in range(CANDIDATES)), key=lambda draw: draw[0])[1]


def hand_out(values: Vector, known: np.ndarray, wish: Vector, caps: Vector | None) -> Vector:
    """Sorted `values` given to the `known` clusters by `wish`, largest first, none above its cap; NaN elsewhere.

    Since what a value may go to only grows as values get smaller, taking the most willing never leads astray.
    """
    given = np.full(len(wish), np.nan)
    free = np.flatnonzero(known)
    free = free[np.argsort(-wish[free], kind="stable")]
    for value in values[::-1]:
        fits = 0 if caps is None else int(np.argmax(caps[free] >= value))
        given[free[fits]] = value
        free = np.delete(free, fits)
    return given


def swap_towards(target: Vector, columns: dict[str, Vector], limits: Mapping[str, Limits]) -> None:
    """Swap values of a sub-area's indicators (in place) so that the mean of their scores nears `target`.

    `limits` gives for a column the column of the same sub-area, or the figures, that it may not exceed.
    """
    scored = {name: scores(values) for name, values in columns.items()}
    matrix = np.array(list(scored.values()))
    share = 1 / np.maximum((~np.isnan(matrix)).sum(axis=0), 1)
    rank = np.full(len(target), 0.5)
    known = ~np.isnan(target)
    rank[known] = _ranks(target[known])
    weight = 1 + MIDDLE * np.exp(-(((rank - 0.5) / 0.1) ** 2))
    for _ in range(SWAPS):
        for row, (name, values) in enumerate(columns.items()):
            gap = np.nansum(matrix, axis=0) * share - target
            step = matrix[row][None, :] - matrix[row][:, None]  # what cluster i gains by taking j's value
            now = weight * gap**2
            then = weight[:, None] * (gap[:, None] + share[:, None] * step) ** 2
            change = then + then.T - now[:, None] - now[None, :]
            change[np.isnan(change)] = 0.0
            other, figures = limits[name]
            caps = columns[other] if other else figures
            if caps is not None:
                fits = (values[None, :] <= caps[:, None]) | np.isnan(caps[:, None])
                change[~(fits & fits.T)] = 0.0
            for part, (whole, _) in limits.items():
                if whole == name:
                    fits = (values[None, :] >= columns[part][:, None]) | np.isnan(columns[part][:, None])
                    change[~(fits & fits.T)] = 0.0
            i, j = np.unravel_index(int(np.argmin(change)), change.shape)
            if change[i, j] < -1e-12:
                values[[i, j]] = values[[j, i]]
                matrix[row][[i, j]] = matrix[row][[j, i]]
