"""The facts door, third part: the fence that cuts an indicator's scale."""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between, rows_by_fault
from expectations.facts_values import VALUES

_check = partial(Check, door="facts")

# Each indicator's fence, by the method of its edition: on direction × value, so that more is better. `k` is
# how many clusters must be above the minimum for the third quartile to be: the fence is above the minimum
# exactly then.
_FENCES = f"""
    with sorted as (
        select edition_id, node_id, direction, quartile_method, fence_factor,
            list(direction * value order by direction * value) as x
        from ({VALUES})
        where value is not null
        group by all
    ),

    placed as (
        select *, len(x) as n,
            case quartile_method
                when 'exclusive' then greatest(1, least(len(x), (len(x) + 1) * 0.25))
                else (len(x) - 1) * 0.25 + 1
            end::double as place1,
            case quartile_method
                when 'exclusive' then greatest(1, least(len(x), (len(x) + 1) * 0.75))
                else (len(x) - 1) * 0.75 + 1
            end::double as place3
        from sorted
    ),

    quartiles as (
        select *,
            x[floor(place1)::bigint]
            + (place1 - floor(place1)) * (x[ceil(place1)::bigint] - x[floor(place1)::bigint]) as q1,
            x[floor(place3)::bigint]
            + (place3 - floor(place3)) * (x[ceil(place3)::bigint] - x[floor(place3)::bigint]) as q3,
            n - ceil(place3)::bigint + 1 as k,
            len(list_filter(x, lambda v: v > x[1])) as n_above
        from placed
    )

    select edition_id, node_id, direction, n, k, n_above, x[1] as minimum, q1, q3,
        q3 + fence_factor * (q3 - q1) as fence,
        len(list_filter(x, lambda v: v > x[n - n_above + 1])) as n_above_second
    from quartiles
"""

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="value_is_within_the_fence",
        dimension="distribution",
        severity="warning",
        entity="core.fct_indicator_value",
        column_name="value",
        description=(
            "Values beyond the upper Tukey fence all score 1, however far beyond they are. The method "
            "expects some; each is listed, since a wrong one would go unnoticed in the scores."
        ),
        expected="at most Q3 + factor × (Q3 − Q1)",
        query=rows_by_fault(
            f"""
            select value.edition_id, value.node_id, value.cluster_id, value.value,
                fences.direction * fences.fence as fence,
                greatest(fences.direction * value.value - fences.fence, 0) as beyond
            from core.fct_indicator_value as value
            inner join ({_FENCES}) as fences using (edition_id, node_id)
            where value.value is not null and fences.fence > fences.minimum
            """,
            group="node_id, fence",
            fault="beyond > 0",
            where="cluster_id",
            measures="max(value) as value, max(beyond) as beyond",
        ),
        expectation=between("beyond", maximum=0),
        keys=("node_id", "cluster_id"),
        evidence=("value", "fence"),
        not_applicable="no indicator has a fence",
    ),
    _check(
        check_id="fence_does_not_hang_on_one_cluster",
        dimension="distribution",
        severity="warning",
        entity="core.fct_indicator_value",
        column_name="value",
        description=(
            "The rule has a cliff where the third quartile is at or just above the minimum: one cluster's "
            "answer decides whether the scale is cut, and so every other score of the indicator."
        ),
        expected="at least 2 clusters must change for the fence to flip",
        # One cluster can move onto the minimum or away from it (n_above against k), go below all others where
        # the values allow it, or, being alone at the minimum, leave it to the second lowest.
        query=f"""
            select edition_id, node_id, n, n_above as n_above_minimum, fence > minimum as has_fence,
                case
                    when n = 1 then 2
                    when fence > minimum then
                        case
                            when n - n_above = 1 and n_above_second < k then 1
                            else n_above - k + 1
                        end
                    when minimum > 0 or direction < 0 then 1
                    else k - n_above
                end as n_changes
            from ({_FENCES})
        """,
        expectation=between("n_changes", minimum=2),
        keys=("node_id",),
        evidence=("has_fence", "n_above_minimum", "n"),
        not_applicable="no indicator has a value",
    ),
)
