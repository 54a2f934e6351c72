{{ config(meta={"dimension": "consistency"}) }}

-- Whoever was erased on request has no answer left.
with erasures as (
    select * from {{ ref('erasure') }}
),

answers as (
    select * from {{ ref('fct_answer') }}
)

select distinct
    answers.edition_id,
    answers.survey,
    answers.respondent_id
from answers
inner join erasures
    on
        answers.edition_id = erasures.edition_id
        and answers.survey = erasures.survey
        and answers.respondent_id = erasures.respondent_id
