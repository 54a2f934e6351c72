with nodes as (
    select * from {{ ref('framework_node') }}
),

rules as (
    select * from {{ ref('indicator_rule') }}
),

final as (
    select
        nodes.framework_id,
        nodes.node_id,
        nodes.level,
        nodes.parent_node_id,
        nodes.position,
        nodes.code,
        nodes.name_pl,
        nodes.name_en,
        nodes.unit,
        nodes.value_type,
        nodes.direction,
        rules.blank_means,
        nodes.provenance
    from nodes
    left join rules on nodes.framework_id = rules.framework_id and nodes.node_id = rules.node_id
)

select * from final
