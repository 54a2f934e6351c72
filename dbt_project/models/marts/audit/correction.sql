with corrections as (
    select * from {{ ref('stg_raw__correction') }}
),

judged as (
    select
        edition_id,
        correction_id,
        found_before,
        outcome,
        case when outcome = 'applied' then 1 else 0 end as n_answers
    from {{ ref('int_judge_answer_corrections') }}
    union all
    select
        edition_id,
        correction_id,
        found_before,
        outcome,
        0 as n_answers
    from {{ ref('int_judge_indicator_corrections') }}
),

effects as (
    select
        edition_id,
        correction_id,
        count(*) as n_indicator_values
    from {{ ref('correction_effect') }}
    where is_changed
    group by edition_id, correction_id
),

final as (
    select
        corrections.edition_id,
        corrections.correction_id,
        corrections.cluster_id,
        corrections.survey,
        corrections.question_id,
        corrections.option_id,
        corrections.node_id,
        corrections.action,
        corrections.new_value,
        corrections.reason,
        corrections.reported_by,
        corrections.status,
        corrections.expected_before,
        judged.found_before,
        judged.outcome,
        judged.outcome = 'applied' as applied,
        judged.n_answers,
        coalesce(effects.n_indicator_values, 0) as n_indicator_values,
        corrections.file_sha256,
        corrections.row_number
    from corrections
    inner join judged
        on corrections.edition_id = judged.edition_id and corrections.correction_id = judged.correction_id
    left join effects
        on corrections.edition_id = effects.edition_id and corrections.correction_id = effects.correction_id
)

select * from final
