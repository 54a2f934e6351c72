with erasures as (
    select * from {{ ref('stg_raw__erasure') }}
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
    from erasures
)

select * from final
