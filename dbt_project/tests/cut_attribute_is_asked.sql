{{ config(meta={"dimension": "consistency"}) }}

-- A cut looks at a question of its edition or at an indicator that the edition asked.
with editions as (
    select * from {{ ref('int_list_editions') }}
),

cuts as (
    select * from {{ ref('stg_raw__cut') }}
),

attributes as (
    select
        edition_id,
        question_id as attribute
    from {{ ref('stg_raw__question') }}
    union
    select
        edition_id,
        node_id as attribute
    from {{ ref('int_list_asked_nodes') }}
)

select
    cuts.edition_id,
    cuts.cut_id,
    cuts.attribute
from cuts
inner join editions on cuts.edition_id = editions.edition_id
left join attributes on cuts.edition_id = attributes.edition_id and cuts.attribute = attributes.attribute
where cuts.attribute is not null and attributes.attribute is null
