with corrections as (
    select * from {{ ref('stg_raw__correction') }}
    where column_name is not null
),

answers as (
    select * from {{ ref('stg_raw__answer') }}
),

-- A cell goes by its column; a cluster has one response to a survey that clusters answer.
found as (
    select
        corrections.*,
        case
            when answers.status in ('blank', 'skipped') then 'blank'
            when corrections.is_item_count then answers.answer_number::bigint::varchar
            else answers.answer_text
        end as found_before,
        coalesce(
            answers.status = 'given' and (
                answers.answer_number = corrections.expected_number
                or answers.option_id = corrections.expected_option_id
            ),
            false
        ) as is_expected_value
    from corrections
    left join answers
        on
            corrections.edition_id = answers.edition_id
            and corrections.survey = answers.survey
            and corrections.cluster_id = answers.cluster_id
            and corrections.column_name = answers.column_name
),

judged as (
    select
        *,
        -- A remark may expect nothing.
        expected_before is null
        or is_expected_value
        or coalesce(found_before = expected_before, false) as is_as_expected
    from found
),

final as (
    select
        edition_id,
        correction_id,
        cluster_id,
        survey,
        question_id,
        column_name,
        action,
        new_number,
        new_option_id,
        found_before,
        {{ correction_outcome('status', 'action', 'is_as_expected') }} as outcome
    from judged
)

select * from final
