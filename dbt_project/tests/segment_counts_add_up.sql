{{ config(meta={"dimension": "consistency"}) }}

-- No cut counts more clusters than the edition has, and the cut `all` counts every one.
with segments as (
    select * from {{ ref('dim_segment') }}
),

clusters as (
    select
        edition_id,
        count(*) as n_clusters
    from {{ ref('dim_cluster_edition') }}
    group by edition_id
)

select
    segments.edition_id,
    segments.cut_id,
    sum(segments.n_clusters) as n_in_segments,
    clusters.n_clusters
from segments
inner join clusters on segments.edition_id = clusters.edition_id
group by segments.edition_id, segments.cut_id, clusters.n_clusters
having
    sum(segments.n_clusters) > clusters.n_clusters
    or (segments.cut_id = 'all' and sum(segments.n_clusters) != clusters.n_clusters)
