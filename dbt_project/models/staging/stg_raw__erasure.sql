with source as (
    select * from {{ source('raw', 'erasure') }}
),

final as (
    select
        edition_id,
        survey,
        respondent_id,
        row_number,
        file_name,
        file_sha256,
        erased_sha256,
        reason,
        erased_at
    from source
)

select * from final
