"""The scores door: do the scores use their scale, rest on enough, and stay near the edition before?

That parts add up, keys are unique and a whole is the mean of its parts is tested by dbt, not repeated here.
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between, given, rows_by_fault

_check = partial(Check, door="scores")

# What a score may miss its bounds by: the last bits of a double, no difference between clusters.
_TOLERANCE = 1e-12
_LARGEST_SHIFT = 0.15


def _shift(statistic: str) -> str:
    """How far a statistic of a node's scores moved since the last edition with the same framework."""
    return f"""
        with editions as (
            select edition.edition_id, max(earlier.edition_id) as previous_edition_id
            from core.dim_edition as edition
            inner join core.dim_edition as earlier
                on edition.framework_id = earlier.framework_id and earlier.edition_id < edition.edition_id
            group by edition.edition_id
        )

        select
            editions.edition_id, current.node_id, editions.previous_edition_id,
            current.{statistic} as {statistic}, previous.{statistic} as previous_{statistic},
            round(abs(current.{statistic} - previous.{statistic}), 12) as shift
        from editions
        inner join benchmark.score_distribution as current using (edition_id)
        inner join benchmark.score_distribution as previous
            on
                editions.previous_edition_id = previous.edition_id and current.node_id = previous.node_id
                and current.cut_id = previous.cut_id and current.segment_id = previous.segment_id
        where current.cut_id = 'all' and current.level != 'indicator' and current.n > 0 and previous.n > 0
    """


def _shift_check(statistic: str) -> Check:
    return _check(
        check_id=f"node_{statistic}_is_near_the_previous_edition",
        dimension="distribution",
        severity="warning",
        entity="benchmark.score_distribution",
        column_name=statistic,
        description=(
            f"The {statistic} score of a sub-area, area or the whole moved little since the edition before: "
            "a larger move is more often a change of questions or units than of clusters."
        ),
        expected=f"a shift of at most {_LARGEST_SHIFT}",
        query=_shift(statistic),
        expectation=between("shift", maximum=_LARGEST_SHIFT),
        keys=("node_id",),
        evidence=(statistic, f"previous_{statistic}", "previous_edition_id"),
        not_applicable="there is no earlier edition with the same framework",
    )


CHECKS: tuple[Check, ...] = (
    _check(
        check_id="score_is_between_0_and_1",
        dimension="range",
        severity="critical",
        entity="core.fct_score",
        column_name="score",
        description="Every score of every level lies within 0 and 1: anything else was not normalised.",
        expected="0 to 1",
        query=rows_by_fault(
            "select *, greatest(-score, score - 1, 0) as beyond from core.fct_score where score is not null",
            group="node_id",
            fault=f"beyond > {_TOLERANCE}",
            where="cluster_id",
            measures="max(score) as score, max(beyond) as beyond",
        ),
        expectation=between("beyond", maximum=_TOLERANCE),
        keys=("node_id", "cluster_id"),
        evidence=("score",),
        not_applicable="nothing has a score",
    ),
    _check(
        check_id="indicator_spans_0_and_1",
        dimension="consistency",
        severity="critical",
        entity="core.fct_score",
        column_name="score",
        description="An indicator whose values differ gives its worst cluster exactly 0 and its best exactly 1.",
        expected="lowest score 0, highest score 1",
        query="""
            select bound.edition_id, bound.node_id, min(score.score) as lowest, max(score.score) as highest,
                coalesce(greatest(abs(min(score.score)), abs(max(score.score) - 1)), 1) as misses_by
            from core.fct_normalisation_bound as bound
            left join core.fct_score as score using (edition_id, node_id)
            where bound.maximum > bound.minimum
            group by all
        """,
        expectation=between("misses_by", maximum=_TOLERANCE),
        keys=("node_id",),
        evidence=("lowest", "highest"),
        not_applicable="no indicator has a spread",
    ),
    _check(
        check_id="indicator_has_a_spread",
        dimension="distribution",
        severity="warning",
        entity="core.fct_normalisation_bound",
        column_name="maximum",
        description="The clusters differ in the indicator. Where all have one value there is nothing to score.",
        expected="maximum above minimum",
        query="""
            select edition_id, node_id, minimum, n, (maximum = minimum)::integer as n_without_spread
            from core.fct_normalisation_bound
            where n > 0
        """,
        expectation=between("n_without_spread", maximum=0),
        keys=("node_id",),
        evidence=("minimum", "n"),
        not_applicable="no indicator has a value",
    ),
    _check(
        check_id="fence_is_not_degenerate",
        dimension="distribution",
        severity="warning",
        entity="core.fct_normalisation_bound",
        column_name="is_degenerate",
        description=(
            "The upper end of the scale is a fence. Where so many clusters share the minimum that the fence "
            "falls on it, the largest value counts uncut, and one cluster may set the scale alone."
        ),
        expected="a fence above the minimum",
        query="""
            select edition_id, node_id, minimum, q3, maximum, is_degenerate::integer as n_degenerate
            from core.fct_normalisation_bound
            where maximum > minimum
        """,
        expectation=between("n_degenerate", maximum=0),
        keys=("node_id",),
        evidence=("minimum", "q3", "maximum"),
        not_applicable="no indicator has a spread",
    ),
    _check(
        check_id="value_has_a_score",
        dimension="completeness",
        severity="critical",
        entity="core.fct_score",
        column_name="score",
        description="A cluster has a score in an indicator exactly where it has a value and the values differ.",
        expected="a score exactly where there is a value",
        query=rows_by_fault(
            """
            select value.edition_id, value.node_id, value.cluster_id, value.status,
                (score.score is not null)
                    != (value.value is not null and coalesce(bound.maximum > bound.minimum, false))
                    as is_contradiction
            from core.fct_indicator_value as value
            left join core.fct_normalisation_bound as bound using (edition_id, node_id)
            left join core.fct_score as score using (edition_id, cluster_id, node_id)
            """,
            group="node_id",
            fault="is_contradiction",
            where="cluster_id, status",
            measures="count(*) filter (where is_contradiction) as n_contradictions",
        ),
        expectation=between("n_contradictions", maximum=0),
        keys=("node_id", "cluster_id"),
        evidence=("status",),
        not_applicable="the edition asked for no indicator",
    ),
    _check(
        check_id="half_of_the_parts_are_available",
        dimension="completeness",
        severity="warning",
        entity="core.fct_score",
        column_name="n_parts_available",
        description="A cluster's sub-area rests on at least half of its indicators: on fewer, it says little.",
        expected="at least half of the parts",
        query="""
            select edition_id, node_id, cluster_id, n_parts_available, n_parts,
                n_parts_available / n_parts as share_available
            from core.fct_score
            where level = 'subarea'
        """,
        expectation=between("share_available", minimum=0.5),
        keys=("node_id", "cluster_id"),
        evidence=("n_parts_available", "n_parts"),
        not_applicable="the edition has no sub-area",
    ),
    _check(
        check_id="cluster_has_an_overall_score",
        dimension="completeness",
        severity="warning",
        entity="core.fct_score",
        column_name="score",
        description="Every cluster has an overall score: without one it takes no place among the others.",
        expected="a score",
        query="select edition_id, cluster_id, score from core.fct_score where level = 'overall'",
        expectation=given("score"),
        keys=("cluster_id",),
        not_applicable="nothing has an overall score",
    ),
    _check(
        check_id="published_node_has_scores",
        dimension="completeness",
        severity="warning",
        entity="benchmark.score_distribution",
        column_name="n",
        description="Every sub-area, area and the whole has a score of at least one cluster to publish.",
        expected="at least one score",
        query="""
            select edition_id, node_id, n from benchmark.score_distribution
            where cut_id = 'all' and level != 'indicator'
        """,
        expectation=between("n", minimum=1),
        keys=("node_id",),
        evidence=("n",),
        not_applicable="nothing is published of the edition",
    ),
    _check(
        check_id="published_benchmark_is_at_most_1",
        dimension="range",
        severity="critical",
        entity="benchmark.score_distribution",
        column_name="benchmark",
        description="No published benchmark (the best score of a segment) is above the scale.",
        expected="at most 1",
        query="""
            select edition_id, node_id, cut_id, segment_id, benchmark from benchmark.score_distribution
            where benchmark is not null
        """,
        expectation=between("benchmark", maximum=1 + _TOLERANCE),
        keys=("node_id", "cut_id", "segment_id"),
        evidence=("benchmark",),
        not_applicable="nothing is published of the edition",
    ),
    _shift_check("median"),
    _shift_check("mean"),
)
