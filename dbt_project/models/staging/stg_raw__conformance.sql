with source as (
    select * from {{ source('raw', 'conformance') }}
),

final as (
    select
        edition_id,
        node_id,
        today_node_id,
        comparability,
        variant,
        note
    from source
)

select * from final
