"""The confidence interval of every share of member answers: Wilson's score interval of a finite population.

Members are drawn without replacement from a small population, which tells more than as many from a large one: n
answers out of N are worth n (N − 1) / (N − n) of them (the finite population correction as an effective number of
answers), and out of all N the share is known. The interval is statsmodels'.
"""

from typing import Any

import numpy as np
import pyarrow as pa

COLUMNS = "n_chosen, n_valid, population, confidence_level"


def wilson_interval(
    n_chosen: np.ndarray, n_valid: np.ndarray, population: np.ndarray, confidence_level: float
) -> tuple[np.ndarray, np.ndarray]:
    """The bounds of shares at one confidence level, as arrays; `population` is nan where it is unknown."""
    from statsmodels.stats.proportion import proportion_confint  # half a second: only who has shares pays for it

    share = n_chosen / n_valid
    is_known = n_valid == population
    # Without a known population as out of an infinite one; what divides by zero is replaced below.
    unseen = np.where(np.isnan(population) | is_known, 1.0, population - n_valid)
    effective = np.where(np.isnan(population) | is_known, n_valid, n_valid * (population - 1) / unseen)
    lower, upper = proportion_confint(share * effective, effective, alpha=1 - confidence_level, method="wilson")
    # The share lies within by definition; rounding may leave it outside by a last bit.
    lower, upper = np.minimum(lower, share), np.maximum(upper, share)
    return np.where(is_known, share, lower), np.where(is_known, share, upper)


def model(dbt: Any, session: Any) -> pa.Table:  # noqa: ANN401  what dbt passes
    """One row per distinct share: number choosing, valid answers, population and confidence level, with its bounds."""
    of_segments = dbt.ref("int_sum_member_answers").project(COLUMNS)
    of_clusters = dbt.ref("int_count_member_answers").project(COLUMNS)
    shares = of_segments.union(of_clusters).filter("n_chosen is not null and n_valid > 0").distinct().order(COLUMNS)
    table = shares.to_arrow_table()
    n_chosen, n_valid, population, levels = (column.to_numpy().astype(float) for column in table.columns)
    lower, upper = np.empty(len(levels)), np.empty(len(levels))
    for level in np.unique(levels):
        own = levels == level
        lower[own], upper[own] = wilson_interval(n_chosen[own], n_valid[own], population[own], level)
    return table.append_column("share_lower", [lower]).append_column("share_upper", [upper])
