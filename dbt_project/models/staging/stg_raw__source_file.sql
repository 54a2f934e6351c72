with source as (
    select * from {{ source('raw', 'source_file') }}
),

final as (
    select
        load_id,
        edition_id,
        survey,
        file_name,
        sha256,
        n_bytes,
        format,
        encoding,
        n_rows,
        received_at
    from source
)

select * from final
