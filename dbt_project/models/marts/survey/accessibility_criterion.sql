with editions as (
    select * from {{ ref('int_list_editions') }}
),

criteria as (
    select * from {{ ref('stg_raw__question') }}
    where survey = 'accessibility' and question_no is not null
),

answers as (
    select * from {{ ref('int_correct_answers') }}
    where survey = 'accessibility' and status = 'given' and answer_number is not null
),

counted as (
    select
        edition_id,
        question_id,
        count(*) as n_sites,
        count(*) filter (where answer_number > 0) as n_passing
    from answers
    group by edition_id, question_id
),

final as (
    select
        criteria.edition_id,
        criteria.question_no as criterion_no,
        criteria.question_id,
        criteria.reference as wcag_reference,
        criteria.wording_pl as name_pl,
        criteria.wording_en as name_en,
        coalesce(counted.n_sites, 0)::integer as n_sites,
        coalesce(counted.n_passing, 0)::integer as n_passing,
        counted.n_passing / counted.n_sites as share
    from criteria
    inner join editions on criteria.edition_id = editions.edition_id
    left join counted on criteria.edition_id = counted.edition_id and criteria.question_id = counted.question_id
)

select * from final
