with editions as (
    select * from {{ ref('int_list_editions') }}
),

nodes as (
    select * from {{ ref('stg_raw__framework_node') }}
),

asked_nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

conformance as (
    select * from {{ ref('stg_raw__conformance') }}
),

own_nodes as (
    select
        editions.edition_id,
        nodes.node_id,
        conformance.today_node_id,
        nodes.level,
        case when asked_nodes.node_id is null then 'not_applicable' else conformance.comparability end as comparability,
        conformance.variant,
        conformance.note,
        asked_nodes.node_id is not null as is_asked
    from editions
    inner join nodes on editions.framework_id = nodes.framework_id
    inner join conformance on editions.edition_id = conformance.edition_id and nodes.node_id = conformance.node_id
    left join asked_nodes on editions.edition_id = asked_nodes.edition_id and nodes.node_id = asked_nodes.node_id
),

-- What today's framework has and the edition's lacks: not applicable, so that nobody takes it for missing.
lacking_nodes as (
    select
        editions.edition_id,
        null::varchar as node_id,
        nodes.node_id as today_node_id,
        nodes.level,
        'not_applicable' as comparability,
        null::varchar as variant,
        null::varchar as note,
        false as is_asked
    from editions
    inner join nodes on editions.conforms_to = nodes.framework_id
    left join own_nodes on editions.edition_id = own_nodes.edition_id and nodes.node_id = own_nodes.today_node_id
    where own_nodes.node_id is null
),

final as (
    select * from own_nodes
    union all
    select * from lacking_nodes
)

select * from final
