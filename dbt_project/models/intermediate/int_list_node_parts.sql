with editions as (
    select * from {{ ref('int_list_editions') }}
),

nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

children as (
    select
        parents.edition_id,
        parents.node_id,
        parents.level,
        nodes.node_id as part_node_id
    from nodes
    inner join nodes as parents
        on nodes.edition_id = parents.edition_id and nodes.parent_node_id = parents.node_id
),

-- The published tables take an area as the mean of its indicators, the text of the study as that of its sub-areas:
-- a setting of the edition.
indicators_of_areas as (
    select
        areas.edition_id,
        areas.node_id,
        areas.level,
        subareas.part_node_id
    from children as areas
    inner join children as subareas
        on areas.edition_id = subareas.edition_id and areas.part_node_id = subareas.node_id
    where areas.level = 'area'
),

parts as (
    select children.*
    from children
    inner join editions on children.edition_id = editions.edition_id
    where children.level != 'area' or editions.area_mean_of = 'subareas'
    union all
    select indicators_of_areas.*
    from indicators_of_areas
    inner join editions on indicators_of_areas.edition_id = editions.edition_id
    where editions.area_mean_of = 'indicators'
),

final as (
    select
        parts.edition_id,
        parts.node_id,
        parts.level,
        parts.part_node_id,
        editions.minimum_availability
    from parts
    inner join editions on parts.edition_id = editions.edition_id
)

select * from final
