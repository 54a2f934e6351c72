with editions as (
    select * from {{ ref('int_list_editions') }}
),

surveys as (
    select * from {{ ref('stg_raw__survey') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

options as (
    select * from {{ ref('stg_raw__option') }}
),

final as (
    select
        questions.edition_id,
        questions.survey,
        questions.question_id,
        questions.question_no,
        questions.item_no,
        questions.type,
        questions.wording_pl as question_pl,
        questions.wording_en as question_en,
        options.option_id,
        options.position as option_position,
        options.label_pl as option_pl,
        options.label_en as option_en
    from questions
    inner join editions on questions.edition_id = editions.edition_id
    inner join surveys on questions.edition_id = surveys.edition_id and questions.survey = surveys.survey
    left join options on questions.edition_id = options.edition_id and questions.question_id = options.question_id
    where surveys.respondents = 'members' and questions.question_no is not null
)

select * from final
