with source as (
    select * from {{ source('raw', 'release') }}
),

final as (
    select
        release_id,
        released_at,
        code_version,
        is_sample
    from source
)

select * from final
