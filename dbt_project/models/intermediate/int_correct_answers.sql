-- A view: nearly every row is as delivered, and to join the few corrections costs less than to copy all rows.
{{ config(materialized="view") }}

with answers as (
    select * from {{ ref('stg_raw__answer') }}
),

corrections as (
    select * from {{ ref('int_judge_answer_corrections') }}
    where outcome = 'applied'
),

-- What was delivered keeps its text; a dropped answer counts as one that the respondent has no data for.
final as (
    select
        answers.edition_id,
        answers.survey,
        answers.respondent_id,
        answers.cluster_id,
        answers.question_id,
        case when corrections.action is null then answers.option_id else corrections.new_option_id end as option_id,
        answers.answer_text,
        case when corrections.action is null then answers.answer_number else corrections.new_number end
            as answer_number,
        case corrections.action
            when 'override' then 'given'
            when 'drop' then 'refused'
            else answers.status
        end as status,
        corrections.action is not null as is_corrected,
        answers.delivery_id,
        answers.file_sha256,
        answers.file_name,
        answers.sheet,
        answers.row_number,
        answers.column_name
    from answers
    left join corrections
        on
            answers.edition_id = corrections.edition_id
            and answers.survey = corrections.survey
            and answers.cluster_id = corrections.cluster_id
            and answers.column_name = corrections.column_name
)

select * from final
