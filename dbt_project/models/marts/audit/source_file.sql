with source_files as (
    select * from {{ ref('stg_raw__source_file') }}
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
    from source_files
)

select * from final
