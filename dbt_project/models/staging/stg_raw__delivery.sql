with source as (
    select * from {{ source('raw', 'delivery') }}
),

final as (
    select
        edition_id,
        delivery_id,
        load_id,
        is_sample,
        is_provisional,
        received_at
    from source
)

select * from final
