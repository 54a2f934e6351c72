{{ config(meta={"dimension": "consistency"}) }}

-- The mean of the parts equals the whole, at every level above the indicator.
with scores as (
    select * from {{ ref('fct_score') }}
),

node_parts as (
    select * from {{ ref('int_list_node_parts') }}
),

means as (
    select
        node_parts.edition_id,
        part_scores.cluster_id,
        node_parts.node_id,
        avg(part_scores.score) as mean_of_parts,
        count(*) as n_parts,
        count(part_scores.score) as n_parts_available
    from node_parts
    inner join scores as part_scores
        on node_parts.edition_id = part_scores.edition_id and node_parts.part_node_id = part_scores.node_id
    group by node_parts.edition_id, part_scores.cluster_id, node_parts.node_id
)

select
    wholes.edition_id,
    wholes.cluster_id,
    wholes.node_id,
    wholes.score,
    means.mean_of_parts
from scores as wholes
left join means
    on
        wholes.edition_id = means.edition_id
        and wholes.cluster_id = means.cluster_id
        and wholes.node_id = means.node_id
where
    wholes.level != 'indicator'
    and (
        means.node_id is null
        or abs(wholes.score - means.mean_of_parts) > 1e-9
        or wholes.n_parts != means.n_parts
        or wholes.n_parts_available != means.n_parts_available
    )
