{{ config(meta={"dimension": "consistency"}) }}

-- Who answered chose exactly one: option of a single choice, class of a number, level of an option, region.
with options as (
    select * from {{ ref('option_share') }}
),

profiles as (
    select * from {{ ref('edition_profile') }}
),

characteristics as (
    select * from {{ ref('stg_raw__characteristic') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

exclusive as (
    select
        options.edition_id,
        options.cut_id || '/' || options.segment_id as place,
        case
            when questions.type = 'level' then options.question_id || '/' || options.option_id
            else options.question_id
        end as what,
        options.n_answering as n_clusters,
        options.n_chosen as n
    from options
    inner join questions
        on options.edition_id = questions.edition_id and options.question_id = questions.question_id
    where questions.type != 'multiple_choice'
    union all
    select
        profiles.edition_id,
        'all' as place,
        profiles.characteristic as what,
        profiles.n_clusters,
        profiles.n
    from profiles
    inner join characteristics
        on profiles.edition_id = characteristics.edition_id and profiles.characteristic = characteristics.characteristic
    inner join questions
        on characteristics.edition_id = questions.edition_id and characteristics.question_id = questions.question_id
    where characteristics.kind in ('choice', 'region') and questions.type = 'single_choice'
)

select
    edition_id,
    place,
    what,
    max(n_clusters) as n_clusters,
    sum(n) as n_in_categories
from exclusive
group by edition_id, place, what
having sum(n) != max(n_clusters)
