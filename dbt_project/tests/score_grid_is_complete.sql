{{ config(meta={"dimension": "completeness"}) }}

-- Every cluster of an edition has a score row for every node of which the edition asked anything, and no other.
with scores as (
    select * from {{ ref('fct_score') }}
),

clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

grid as (
    select
        clusters.edition_id,
        clusters.cluster_id,
        nodes.node_id
    from clusters
    inner join nodes on clusters.edition_id = nodes.edition_id
)

select
    coalesce(grid.edition_id, scores.edition_id) as edition_id,
    coalesce(grid.cluster_id, scores.cluster_id) as cluster_id,
    coalesce(grid.node_id, scores.node_id) as node_id
from grid
full outer join scores
    on
        grid.edition_id = scores.edition_id
        and grid.cluster_id = scores.cluster_id
        and grid.node_id = scores.node_id
where grid.node_id is null or scores.node_id is null
