{{ config(meta={"dimension": "consistency"}) }}

-- Values and missing ones together are the clusters of the segment; the segment `all` is the whole edition.
with statistics as (
    select * from {{ ref('indicator_statistic') }}
),

segments as (
    select * from {{ ref('dim_segment') }}
)

select
    segments.edition_id,
    segments.cut_id,
    segments.segment_id,
    statistics.node_id,
    statistics.n,
    statistics.n_missing,
    segments.n_clusters
from segments
left join statistics
    on
        segments.edition_id = statistics.edition_id
        and segments.cut_id = statistics.cut_id
        and segments.segment_id = statistics.segment_id
where
    statistics.node_id is null
    or statistics.n + statistics.n_missing != segments.n_clusters
    or statistics.n_missing < 0
    or statistics.n_zero + statistics.n_positive > statistics.n
