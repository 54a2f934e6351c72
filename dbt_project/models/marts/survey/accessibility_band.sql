with editions as (
    select * from {{ ref('int_list_editions') }}
),

bands as (
    select * from {{ ref('stg_raw__band') }}
    where survey = 'accessibility'
),

criteria as (
    select
        edition_id,
        question_id,
        count(*) over (partition by edition_id) as n_criteria
    from {{ ref('stg_raw__question') }}
    where survey = 'accessibility' and question_no is not null
),

answers as (
    select * from {{ ref('int_correct_answers') }}
    where survey = 'accessibility' and status = 'given' and answer_number is not null
),

-- A site has points when all its criteria are answered.
sites as (
    select
        answers.edition_id,
        answers.respondent_id,
        sum(answers.answer_number) as points
    from answers
    inner join criteria
        on answers.edition_id = criteria.edition_id and answers.question_id = criteria.question_id
    group by answers.edition_id, answers.respondent_id, criteria.n_criteria
    having count(*) = criteria.n_criteria
),

counted as (
    select
        bands.edition_id,
        bands.band,
        bands.position,
        bands.name_pl,
        bands.name_en,
        bands.lower_bound,
        bands.upper_bound,
        count(sites.respondent_id) filter (
            where sites.points between coalesce(bands.lower_bound, sites.points)
            and coalesce(bands.upper_bound, sites.points)
        ) as n_sites,
        count(sites.respondent_id) as n_judged
    from bands
    inner join editions on bands.edition_id = editions.edition_id
    left join sites on bands.edition_id = sites.edition_id
    group by all
),

final as (
    select
        edition_id,
        band,
        position,
        name_pl,
        name_en,
        lower_bound,
        upper_bound,
        n_sites::integer as n_sites,
        n_judged::integer as n_judged,
        n_sites / nullif(n_judged, 0) as share
    from counted
)

select * from final
