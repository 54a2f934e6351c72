with source as (
    select * from {{ source('raw', 'cut') }}
),

final as (
    select
        edition_id,
        cut_id,
        position,
        name_pl,
        name_en,
        attribute,
        provenance
    from source
)

select * from final
