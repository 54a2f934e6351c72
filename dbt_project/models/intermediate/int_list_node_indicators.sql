with nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

in_subareas as (
    select
        edition_id,
        parent_node_id as node_id,
        node_id as indicator_id
    from nodes
    where level = 'indicator'
),

in_areas as (
    select
        in_subareas.edition_id,
        nodes.parent_node_id as node_id,
        in_subareas.indicator_id
    from in_subareas
    inner join nodes on in_subareas.edition_id = nodes.edition_id and in_subareas.node_id = nodes.node_id
),

in_all as (
    select
        in_areas.edition_id,
        nodes.parent_node_id as node_id,
        in_areas.indicator_id
    from in_areas
    inner join nodes on in_areas.edition_id = nodes.edition_id and in_areas.node_id = nodes.node_id
),

final as (
    select * from in_subareas
    union all
    select * from in_areas
    union all
    select * from in_all
)

select * from final
