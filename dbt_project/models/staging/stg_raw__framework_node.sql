with source as (
    select * from {{ source('raw', 'framework_node') }}
),

final as (
    select
        framework_id,
        node_id,
        level,
        parent_node_id,
        position,
        code,
        name_pl,
        name_en,
        unit,
        value_type,
        direction,
        provenance
    from source
)

select * from final
