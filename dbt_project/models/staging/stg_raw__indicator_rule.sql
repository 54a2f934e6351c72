with source as (
    select * from {{ source('raw', 'indicator_rule') }}
),

final as (
    select
        edition_id,
        node_id,
        kind,
        inputs,
        scale,
        blank_means
    from source
)

select * from final
