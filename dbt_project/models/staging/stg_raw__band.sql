with source as (
    select * from {{ source('raw', 'band') }}
),

final as (
    select
        edition_id,
        survey,
        band,
        position,
        lower_bound,
        upper_bound,
        name_pl,
        name_en
    from source
)

select * from final
