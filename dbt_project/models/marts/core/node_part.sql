with parts as (
    select * from {{ ref('int_list_node_parts') }}
),

final as (
    select
        edition_id,
        node_id,
        level,
        part_node_id
    from parts
)

select * from final
