{{ config(meta={"dimension": "consistency"}) }}

-- Of a single choice each valid answer is one option's: their shares add up to 1, in every segment and every cluster.
with questions as (
    select * from {{ ref('stg_raw__question') }}
    where type = 'single_choice'
),

options as (
    select
        edition_id,
        cut_id || '/' || segment_id as whose,
        question_id,
        n_valid,
        n_chosen,
        share
    from {{ ref('member_opinion') }}
    union all
    select
        edition_id,
        cluster_id as whose,
        question_id,
        n_valid,
        n_chosen,
        share
    from {{ ref('cluster_opinion') }}
)

select
    options.edition_id,
    options.whose,
    options.question_id,
    max(options.n_valid) as n_valid,
    sum(options.n_chosen) as n_chosen,
    sum(options.share) as total_share
from options
inner join questions on options.edition_id = questions.edition_id and options.question_id = questions.question_id
group by options.edition_id, options.whose, options.question_id
having
    sum(options.n_chosen) != max(options.n_valid)
    or (max(options.n_valid) > 0 and abs(sum(options.share) - 1) > 1e-9)
