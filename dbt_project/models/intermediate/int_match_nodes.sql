with pairs as (
    select * from {{ ref('int_pair_editions') }}
),

asked_nodes as (
    select * from {{ ref('node_conformance') }}
    where is_asked
),

-- Nodes of two editions meet in the node of today's framework to which both conform.
final as (
    select
        pairs.edition_id,
        pairs.previous_edition_id,
        asked_nodes.node_id,
        asked_nodes.level,
        earlier.node_id as previous_node_id,
        case
            when earlier.node_id is null then 'new'
            when asked_nodes.variant = earlier.variant or coalesce(asked_nodes.variant, earlier.variant) is null
                then 'comparable'
            else 'changed'
        end as comparability,
        concat_ws('; ', asked_nodes.note, nullif(earlier.note, coalesce(asked_nodes.note, ''))) as note
    from pairs
    inner join asked_nodes on pairs.edition_id = asked_nodes.edition_id
    left join asked_nodes as earlier
        on
            pairs.previous_edition_id = earlier.edition_id
            and asked_nodes.today_node_id = earlier.today_node_id
)

select * from final
