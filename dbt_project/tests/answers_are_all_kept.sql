{{ config(meta={"dimension": "completeness"}) }}

-- Not an answer is lost or doubled on the way from the raw rows to the fact.
with delivered as (
    select
        edition_id,
        survey,
        count(*) as n_answers
    from {{ ref('stg_raw__answer') }}
    group by edition_id, survey
),

kept as (
    select
        edition_id,
        survey,
        count(*) as n_answers
    from {{ ref('fct_answer') }}
    group by edition_id, survey
)

select
    delivered.edition_id,
    delivered.survey,
    delivered.n_answers as n_delivered,
    kept.n_answers as n_kept
from delivered
left join kept on delivered.edition_id = kept.edition_id and delivered.survey = kept.survey
where coalesce(kept.n_answers, 0) != delivered.n_answers
