with answers as (
    select * from {{ ref('int_correct_answers') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

options as (
    select * from {{ ref('stg_raw__option') }}
),

final as (
    select
        answers.edition_id,
        answers.survey,
        answers.respondent_id,
        answers.cluster_id,
        answers.question_id,
        answers.option_id,
        -- Free text may name people or firms, so it stays with the raw files.
        case
            when questions.type = 'free_text' or options.is_other then null
            else answers.answer_text
        end as answer_text,
        answers.answer_number,
        answers.status,
        answers.is_corrected,
        answers.file_sha256,
        answers.row_number,
        answers.column_name
    from answers
    inner join questions
        on
            answers.edition_id = questions.edition_id
            and answers.survey = questions.survey
            and answers.question_id = questions.question_id
    left join options
        on
            answers.edition_id = options.edition_id
            and answers.survey = options.survey
            and answers.question_id = options.question_id
            and answers.option_id = options.option_id
)

select * from final
