"""The facts door, first part: is there a value, or a reason for none, of all that was asked?

What was asked comes from the edition's codebook (`raw.indicator_rule`, `raw.question`), apart from the
models that derive the values: so the door compares two ways to the same facts.
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between, equal, rows_by_fault

_check = partial(Check, door="facts")

_MOST_MISSING = 0.5

_CLUSTERS = "select distinct edition_id, cluster_id from raw.answer"

# One row per input question of each indicator of the edition; is_asked: all its questions were asked.
INPUTS = """
    select
        inputs.edition_id, inputs.node_id, inputs.kind, inputs.scale, inputs.question_id, question.survey,
        question.type, coalesce(question.multiplier, 1) as multiplier, question.hard_minimum,
        count(*) over indicator as n_parts,
        bool_and(question.question_id is not null) over indicator as is_asked
    from (
        select edition_id, node_id, kind, scale, unnest(string_split(inputs, ';')) as question_id
        from raw.indicator_rule
    ) as inputs
    left join raw.question as question using (edition_id, question_id)
    window indicator as (partition by inputs.edition_id, inputs.node_id)
"""

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="delivered_edition_is_in_core",
        dimension="completeness",
        severity="critical",
        entity="core.dim_edition",
        column_name="edition_id",
        description="Every delivered edition is in the warehouse: one without settings would be left out silently.",
        expected="one row",
        query="""
            select delivery.edition_id, count(edition.edition_id) as n_rows
            from raw.delivery as delivery
            left join core.dim_edition as edition using (edition_id)
            group by all
        """,
        expectation=between("n_rows", minimum=1, maximum=1),
        keys=(),
        evidence=("n_rows",),
    ),
    _check(
        check_id="delivered_cluster_is_in_core",
        dimension="reconciliation",
        severity="critical",
        entity="core.dim_cluster_edition",
        column_name="cluster_id",
        description="The clusters of the warehouse are those of the delivery, each once.",
        expected="one row for each cluster delivered, and no other",
        query=f"""
            select
                coalesce(delivered.edition_id, core.edition_id) as edition_id,
                coalesce(delivered.cluster_id, core.cluster_id) as cluster_id,
                count(distinct delivered.cluster_id) as n_delivered, count(core.cluster_id) as n_in_core
            from ({_CLUSTERS}) as delivered
            full outer join core.dim_cluster_edition as core
                on delivered.edition_id = core.edition_id and delivered.cluster_id = core.cluster_id
            group by all
        """,
        expectation=equal("n_in_core", "n_delivered"),
        keys=("cluster_id",),
        evidence=("n_delivered", "n_in_core"),
    ),
    _check(
        check_id="framework_indicator_is_asked",
        dimension="completeness",
        severity="warning",
        entity="raw.question",
        column_name="question_id",
        description=(
            "Every indicator of the edition's framework was asked. One of which a question is not in the "
            "codebook has no values at all: right for what was not asked, wrong for a mistyped question."
        ),
        expected="all questions of the indicator in the codebook",
        query=f"""
            select node.edition_id, node.node_id,
                count(inputs.question_id) filter (where inputs.is_asked) as n_questions
            from (
                select edition.edition_id, node.node_id
                from core.dim_edition as edition
                inner join core.dim_node as node using (framework_id)
                where node.level = 'indicator'
            ) as node
            left join ({INPUTS}) as inputs using (edition_id, node_id)
            group by all
        """,
        expectation=between("n_questions", minimum=1),
        keys=("node_id",),
        not_applicable="the edition's framework has no indicators",
    ),
    _check(
        check_id="asked_indicator_has_a_value_row",
        dimension="completeness",
        severity="critical",
        entity="core.fct_indicator_value",
        column_name="node_id",
        description="Every cluster has one row for every indicator asked, if only a missing one, and for no other.",
        expected="one row for each indicator asked",
        query=rows_by_fault(
            f"""
            with asked as (
                select distinct inputs.edition_id, inputs.node_id, clusters.cluster_id
                from ({INPUTS}) as inputs
                inner join ({_CLUSTERS}) as clusters using (edition_id)
                where inputs.is_asked
            ),

            found as (
                select edition_id, node_id, cluster_id, count(*) as n_rows
                from core.fct_indicator_value
                group by all
            )

            select
                coalesce(asked.edition_id, found.edition_id) as edition_id,
                coalesce(asked.node_id, found.node_id) as node_id,
                coalesce(asked.cluster_id, found.cluster_id) as cluster_id,
                (asked.node_id is not null)::integer as n_asked,
                coalesce(found.n_rows, 0) as n_rows
            from asked
            full outer join found
                on
                    asked.edition_id = found.edition_id and asked.node_id = found.node_id
                    and asked.cluster_id = found.cluster_id
            """,
            group="node_id",
            fault="n_rows != n_asked",
            where="cluster_id",
            measures="min(n_asked) as n_asked, min(n_rows) as n_found",
        ),
        expectation=equal("n_found", "n_asked"),
        keys=("node_id", "cluster_id"),
        evidence=("n_asked", "n_found"),
        not_applicable="the edition asked for no indicator",
    ),
    _check(
        check_id="value_agrees_with_its_status",
        dimension="consistency",
        severity="critical",
        entity="core.fct_indicator_value",
        column_name="status",
        description="Missing and rejected values are null and only they; a blank read as zero is 0.",
        expected="null exactly when missing or rejected, 0 when zero",
        query=rows_by_fault(
            """
            select *,
                case status
                    when 'reported' then value is null
                    when 'zero' then value is distinct from 0
                    when 'missing' then value is not null
                    when 'rejected' then value is not null
                    else true
                end as is_contradiction
            from core.fct_indicator_value
            """,
            group="node_id",
            fault="is_contradiction",
            where="cluster_id, status",
            measures="max(case when is_contradiction then value end) as value, "
            "count(*) filter (where is_contradiction) as n_contradictions",
        ),
        expectation=between("n_contradictions", maximum=0),
        keys=("node_id", "cluster_id"),
        evidence=("status", "value"),
        not_applicable="the edition asked for no indicator",
    ),
    _check(
        check_id="indicator_is_known_of_most_clusters",
        dimension="completeness",
        severity="warning",
        entity="core.fct_indicator_value",
        column_name="node_id",
        description="At most half of the clusters lack a value of the indicator: else it speaks of a minority.",
        expected=f"a share of missing values of at most {_MOST_MISSING}",
        query="""
            select edition_id, node_id, count(*) as n_clusters, count(*) - count(value) as n_missing,
                (count(*) - count(value)) / count(*) as share_missing
            from core.fct_indicator_value
            group by all
        """,
        expectation=between("share_missing", maximum=_MOST_MISSING),
        keys=("node_id",),
        evidence=("n_missing", "n_clusters"),
        not_applicable="the edition asked for no indicator",
    ),
    _check(
        check_id="cluster_gave_most_indicators",
        dimension="completeness",
        severity="warning",
        entity="core.fct_indicator_value",
        column_name="cluster_id",
        description="At most half of a cluster's indicators are missing: else its scores rest on a minority of them.",
        expected=f"a share of missing values of at most {_MOST_MISSING}",
        query="""
            select edition_id, cluster_id, count(*) as n_indicators, count(*) - count(value) as n_missing,
                (count(*) - count(value)) / count(*) as share_missing
            from core.fct_indicator_value
            group by all
        """,
        expectation=between("share_missing", maximum=_MOST_MISSING),
        keys=("cluster_id",),
        evidence=("n_missing", "n_indicators"),
        not_applicable="the edition asked for no indicator",
    ),
)
