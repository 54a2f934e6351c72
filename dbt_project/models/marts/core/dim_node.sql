with nodes as (
    select * from {{ ref('stg_raw__framework_node') }}
),

editions as (
    select * from {{ ref('int_list_editions') }}
),

rules as (
    select * from {{ ref('stg_raw__indicator_rule') }}
),

-- Rules belong to editions: of those that share a framework, the latest speaks for it.
latest_rules as (
    select
        editions.framework_id,
        rules.node_id,
        max_by(rules.blank_means, rules.edition_id) as blank_means
    from rules
    inner join editions on rules.edition_id = editions.edition_id
    group by editions.framework_id, rules.node_id
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
        latest_rules.blank_means,
        nodes.provenance
    from nodes
    left join latest_rules
        on nodes.framework_id = latest_rules.framework_id and nodes.node_id = latest_rules.node_id
)

select * from final
