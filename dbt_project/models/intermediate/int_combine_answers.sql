with answers as (
    select * from {{ ref('int_correct_answers') }}
),

indicator_parts as (
    select * from {{ ref('int_list_indicator_parts') }}
),

input_questions as (
    select distinct
        edition_id,
        question_id
    from indicator_parts
),

combined as (
    select
        answers.edition_id,
        answers.cluster_id,
        answers.question_id,
        min(answers.respondent_id) = max(answers.respondent_id) as has_one_respondent,
        count(*) filter (where answers.status = 'rejected') as n_rejected,
        count(*) filter (where answers.status = 'refused') as n_refused,
        count(*) filter (where answers.status = 'given') as n_given,
        {{ ordered_sum("case when answers.status = 'given' then answers.answer_number end") }} as answer_number,
        bool_or(answers.is_corrected) as is_corrected
    from answers
    inner join input_questions
        on answers.edition_id = input_questions.edition_id and answers.question_id = input_questions.question_id
    group by answers.edition_id, answers.cluster_id, answers.question_id
),

final as (
    select
        edition_id,
        cluster_id,
        question_id,
        case
            when n_rejected > 0 then 'rejected'
            when n_refused > 0 then 'refused'
            when n_given > 0 then 'given'
            else 'blank'
        end as status,
        answer_number,
        has_one_respondent,
        is_corrected
    from combined
)

select * from final
