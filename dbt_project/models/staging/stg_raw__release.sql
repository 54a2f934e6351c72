with source as (
    select * from {{ source('raw', 'release') }}
),

final as (
    select
        release_id,
        released_at,
        code_version,
        is_sample,
        interface_version
    from source
)

select * from final
