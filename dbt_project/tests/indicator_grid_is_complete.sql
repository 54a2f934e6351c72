{{ config(meta={"dimension": "completeness"}) }}

-- Every cluster of an edition has a value row for every indicator asked, and no other.
with indicator_values as (
    select * from {{ ref('fct_indicator_value') }}
),

clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

indicators as (
    select * from {{ ref('int_list_asked_nodes') }}
    where level = 'indicator'
),

grid as (
    select
        clusters.edition_id,
        clusters.cluster_id,
        indicators.node_id
    from clusters
    inner join indicators on clusters.edition_id = indicators.edition_id
)

select
    coalesce(grid.edition_id, indicator_values.edition_id) as edition_id,
    coalesce(grid.cluster_id, indicator_values.cluster_id) as cluster_id,
    coalesce(grid.node_id, indicator_values.node_id) as node_id
from grid
full outer join indicator_values
    on
        grid.edition_id = indicator_values.edition_id
        and grid.cluster_id = indicator_values.cluster_id
        and grid.node_id = indicator_values.node_id
where grid.node_id is null or indicator_values.node_id is null
