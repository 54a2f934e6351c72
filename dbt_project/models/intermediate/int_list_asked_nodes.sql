with editions as (
    select * from {{ ref('int_list_editions') }}
),

indicator_parts as (
    select * from {{ ref('int_list_indicator_parts') }}
),

nodes as (
    select * from {{ ref('stg_raw__framework_node') }}
),

paths as (
    select distinct
        indicator_parts.edition_id,
        editions.framework_id,
        indicators.node_id as indicator_id,
        subareas.node_id as subarea_id,
        areas.node_id as area_id,
        areas.parent_node_id as overall_id
    from indicator_parts
    inner join editions on indicator_parts.edition_id = editions.edition_id
    inner join nodes as indicators
        on editions.framework_id = indicators.framework_id and indicator_parts.node_id = indicators.node_id
    inner join nodes as subareas
        on editions.framework_id = subareas.framework_id and indicators.parent_node_id = subareas.node_id
    inner join nodes as areas
        on editions.framework_id = areas.framework_id and subareas.parent_node_id = areas.node_id
),

places as (
    {%- for level in ['indicator', 'subarea', 'area', 'overall'] %}
        select distinct
            edition_id,
            framework_id,
            {{ level }}_id as node_id
        from paths
        {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        places.edition_id,
        places.node_id,
        nodes.level,
        nodes.parent_node_id,
        nodes.direction
    from places
    inner join nodes on places.framework_id = nodes.framework_id and places.node_id = nodes.node_id
)

select * from final
