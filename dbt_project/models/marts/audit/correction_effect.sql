with answer_corrections as (
    select * from {{ ref('int_judge_answer_corrections') }}
    where outcome = 'applied'
),

indicator_corrections as (
    select * from {{ ref('int_judge_indicator_corrections') }}
    where outcome = 'applied'
),

indicator_parts as (
    select * from {{ ref('int_list_indicator_parts') }}
),

delivered_values as (
    select * from {{ ref('int_derive_delivered_values') }}
),

derived_values as (
    select * from {{ ref('int_derive_indicator_values') }}
),

corrected_values as (
    select * from {{ ref('int_correct_indicator_values') }}
),

-- Before the correction of an answer an indicator follows from the answers as delivered; before its own correction,
-- from the corrected ones.
befores as (
    select
        answer_corrections.edition_id,
        answer_corrections.correction_id,
        delivered_values.cluster_id,
        delivered_values.node_id,
        delivered_values.value as value_before,
        delivered_values.status as status_before
    from answer_corrections
    inner join indicator_parts
        on
            answer_corrections.edition_id = indicator_parts.edition_id
            and answer_corrections.question_id = indicator_parts.question_id
    inner join delivered_values
        on
            answer_corrections.edition_id = delivered_values.edition_id
            and answer_corrections.cluster_id = delivered_values.cluster_id
            and indicator_parts.node_id = delivered_values.node_id
    union all
    select
        indicator_corrections.edition_id,
        indicator_corrections.correction_id,
        derived_values.cluster_id,
        derived_values.node_id,
        derived_values.value as value_before,
        derived_values.status as status_before
    from indicator_corrections
    inner join derived_values
        on
            indicator_corrections.edition_id = derived_values.edition_id
            and indicator_corrections.cluster_id = derived_values.cluster_id
            and indicator_corrections.node_id = derived_values.node_id
),

final as (
    select
        befores.edition_id,
        befores.correction_id,
        befores.cluster_id,
        befores.node_id,
        befores.value_before,
        befores.status_before,
        corrected_values.value as value_after,
        corrected_values.status as status_after,
        -- A value beside none differs by its status.
        befores.status_before != corrected_values.status
        or coalesce(befores.value_before != corrected_values.value, false) as is_changed
    from befores
    inner join corrected_values
        on
            befores.edition_id = corrected_values.edition_id
            and befores.cluster_id = corrected_values.cluster_id
            and befores.node_id = corrected_values.node_id
)

select * from final
