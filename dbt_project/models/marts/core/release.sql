with releases as (
    select * from {{ ref('stg_raw__release') }}
),

deliveries as (
    select * from {{ ref('stg_raw__delivery') }}
),

listed as (
    select {{ json_list("edition_id || ':' || delivery_id", "edition_id") }} as deliveries
    from deliveries
),

final as (
    select
        releases.release_id,
        releases.released_at,
        releases.code_version,
        listed.deliveries,
        releases.is_sample,
        releases.interface_version
    from releases
    cross join listed
)

select * from final
