with source as (
    select * from {{ source('raw', 'segment') }}
),

final as (
    select
        edition_id,
        cut_id,
        segment_id,
        position,
        name_pl,
        name_en,
        category,
        lower_bound,
        upper_bound
    from source
)

select * from final
