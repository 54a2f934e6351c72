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

final as (
    {{ combine_answers('answers', 'input_questions') }}
)

select * from final
