{{ config(meta={"dimension": "completeness"}) }}

-- All respondents of a survey of members are in the figures of all clusters; none is of a cluster that took no part.
with surveys as (
    select * from {{ ref('stg_raw__survey') }}
    where respondents = 'members'
),

delivered as (
    select
        answers.edition_id,
        answers.survey,
        count(distinct answers.respondent_id) as n_respondents
    from {{ ref('fct_answer') }} as answers
    inner join surveys on answers.edition_id = surveys.edition_id and answers.survey = surveys.survey
    group by answers.edition_id, answers.survey
),

counted as (
    select
        edition_id,
        survey,
        max(n_respondents) as n_respondents
    from {{ ref('member_opinion') }}
    where cut_id = 'all'
    group by edition_id, survey
)

select
    delivered.edition_id,
    delivered.survey,
    delivered.n_respondents as n_delivered,
    counted.n_respondents as n_counted
from delivered
left join counted on delivered.edition_id = counted.edition_id and delivered.survey = counted.survey
where delivered.n_respondents != coalesce(counted.n_respondents, 0)
