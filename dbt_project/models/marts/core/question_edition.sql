with editions as (
    select * from {{ ref('int_list_editions') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

canonical_questions as (
    select distinct question_id from questions
),

-- Every question has a row for every edition: what was not asked is said, not left to be noticed.
final as (
    select
        editions.edition_id,
        canonical_questions.question_id,
        questions.question_id is not null as is_asked,
        questions.survey,
        questions.header,
        questions.question_no,
        questions.item_no,
        questions.reference,
        questions.type,
        questions.unit,
        questions.reference_year,
        questions.wording_pl,
        questions.wording_en
    from editions
    cross join canonical_questions
    left join questions
        on editions.edition_id = questions.edition_id and canonical_questions.question_id = questions.question_id
)

select * from final
