"""The facts door, second part: do the values follow from the answers, and fit their units?"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between, in_set, rows_by_fault
from expectations.facts_complete import INPUTS

_check = partial(Check, door="facts")

# A wrong unit is mostly a factor of a thousand (zł and thousand zł): so many orders of magnitude from the
# median.
_USUAL_MAGNITUDES = 3

VALUES = """
    select
        value.edition_id, value.cluster_id, value.node_id, value.value, value.status, value.is_corrected,
        node.unit, node.value_type, node.direction, edition.quartile_method, edition.fence_factor
    from core.fct_indicator_value as value
    inner join core.dim_edition as edition using (edition_id)
    inner join core.dim_node as node using (framework_id, node_id)
"""

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="value_agrees_with_its_answers",
        dimension="reconciliation",
        severity="critical",
        entity="core.fct_indicator_value",
        column_name="value",
        description=(
            "A value is its answers in base units, added up (averaged where the indicator is a mean) and "
            "divided by the published unit: worked out again from the raw answers. Corrected values are left "
            "out."
        ),
        expected="the same to 1e-9 of the value",
        query=rows_by_fault(
            f"""
            with recomputed as (
                select inputs.edition_id, inputs.node_id, answer.cluster_id,
                    sum(answer.answer_number * inputs.multiplier) / inputs.scale
                    / case inputs.kind when 'mean' then inputs.n_parts else 1 end as value
                from ({INPUTS}) as inputs
                inner join raw.answer as answer using (edition_id, survey, question_id)
                where inputs.is_asked and answer.status = 'given'
                group by inputs.edition_id, inputs.node_id, answer.cluster_id, inputs.scale, inputs.kind,
                    inputs.n_parts
            )

            select value.edition_id, value.node_id, value.cluster_id, value.value,
                coalesce(recomputed.value, 0) as from_answers,
                abs(value.value - coalesce(recomputed.value, 0)) / greatest(1, abs(value.value)) as difference
            from core.fct_indicator_value as value
            left join recomputed using (edition_id, node_id, cluster_id)
            where value.value is not null and not coalesce(value.is_corrected, false)
            """,
            group="node_id",
            fault="difference > 1e-9",
            where="cluster_id",
            measures="max(value) as value, max(from_answers) as from_answers, max(difference) as difference",
        ),
        expectation=between("difference", maximum=1e-9),
        keys=("node_id", "cluster_id"),
        evidence=("value", "from_answers"),
        not_applicable="no indicator has a value",
    ),
    _check(
        check_id="value_is_not_negative",
        dimension="range",
        severity="critical",
        entity="core.fct_indicator_value",
        column_name="value",
        description=(
            "Counts, money, areas and shares are not below 0, unless the codebook allows it: there is no "
            "lower fence, so one negative value would stretch the whole scale."
        ),
        expected="at least 0",
        query=rows_by_fault(
            f"""
            select value.edition_id, value.node_id, value.cluster_id, value.value
            from core.fct_indicator_value as value
            anti join (select edition_id, node_id from ({INPUTS}) where hard_minimum < 0) as allowed
                using (edition_id, node_id)
            where value.value is not null
            """,
            group="node_id",
            fault="value < 0",
            where="cluster_id",
            measures="min(value) as value",
        ),
        expectation=between("value", minimum=0),
        keys=("node_id", "cluster_id"),
        evidence=("value",),
        not_applicable="no indicator has a value",
    ),
    _check(
        check_id="share_value_is_a_percentage",
        dimension="range",
        severity="critical",
        entity="core.fct_indicator_value",
        column_name="value",
        description="Indicators in % lie within 0 and 100.",
        expected="0 to 100",
        query=rows_by_fault(
            f"select * from ({VALUES}) where unit = '%' and value is not null",
            group="node_id",
            fault="value not between 0 and 100",
            where="cluster_id",
            measures="max(value) as value, max(greatest(-value, value - 100, 0)) as beyond",
        ),
        expectation=between("beyond", maximum=0),
        keys=("node_id", "cluster_id"),
        evidence=("value",),
        not_applicable="the edition has no indicator in %",
    ),
    _check(
        check_id="yes_no_value_is_0_or_1",
        dimension="range",
        severity="critical",
        entity="core.fct_indicator_value",
        column_name="value",
        description="Indicators answered by yes or no are 1 or 0.",
        expected="0 or 1",
        query=f"""
            select edition_id, node_id, cluster_id, value from ({VALUES})
            where (value_type = 'binary' or unit = 'tak/nie') and value is not null
        """,
        expectation=in_set("value", (0, 1)),
        keys=("node_id", "cluster_id"),
        evidence=("value",),
        not_applicable="the edition has no indicator of yes or no",
    ),
    _check(
        check_id="chosen_value_is_of_an_option",
        dimension="range",
        severity="critical",
        entity="core.fct_indicator_value",
        column_name="value",
        description="An indicator asked as a choice has the value of one of its options (0, 1 or 2 of a scale, say).",
        expected="the value of an option",
        query=f"""
            select value.edition_id, value.node_id, value.cluster_id, value.value,
                count(option.option_id) filter (where option.value / inputs.scale = value.value) as n_options
            from core.fct_indicator_value as value
            inner join ({INPUTS}) as inputs using (edition_id, node_id)
            left join raw.option as option using (edition_id, survey, question_id)
            where inputs.type = 'single_choice' and inputs.kind = 'value' and value.value is not null
            group by all
        """,
        expectation=between("n_options", minimum=1),
        keys=("node_id", "cluster_id"),
        evidence=("value",),
        not_applicable="the edition has no indicator asked as a choice",
    ),
    _check(
        check_id="money_is_of_the_usual_magnitude",
        dimension="distribution",
        severity="warning",
        entity="core.fct_indicator_value",
        column_name="value",
        description=(
            "An amount of money is not orders of magnitude from the other clusters' (the median of the "
            "positive ones): it may have been given in zł instead of thousand zł, or the other way round."
        ),
        expected=f"within {_USUAL_MAGNITUDES} orders of magnitude of the median",
        query=rows_by_fault(
            f"""
            with amounts as (
                select *, median(value) over (partition by edition_id, node_id) as median
                from ({VALUES})
                where unit like '%zł%' and value > 0
            )

            select *, abs(log10(value / median)) as magnitudes from amounts
            """,
            group="node_id",
            fault=f"magnitudes > {_USUAL_MAGNITUDES}",
            where="cluster_id",
            measures="max(value) as value, max(median) as median, max(magnitudes) as magnitudes",
        ),
        expectation=between("magnitudes", maximum=_USUAL_MAGNITUDES),
        keys=("node_id", "cluster_id"),
        evidence=("value", "median"),
        not_applicable="the edition has no positive amount of money",
    ),
)
