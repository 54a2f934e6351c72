{{ config(severity="warn", meta={"dimension": "completeness"}) }}

-- The segments of a cut cover the clusters. One whose characteristic is missing is in none: its cut then counts fewer.
with clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

segments as (
    select * from {{ ref('dim_segment') }}
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

cuts as (
    select distinct
        edition_id,
        cut_id
    from segments
)

select
    clusters.edition_id,
    cuts.cut_id,
    clusters.cluster_id
from clusters
inner join cuts on clusters.edition_id = cuts.edition_id
left join assignments
    on
        clusters.edition_id = assignments.edition_id
        and cuts.cut_id = assignments.cut_id
        and clusters.cluster_id = assignments.cluster_id
where assignments.segment_id is null
