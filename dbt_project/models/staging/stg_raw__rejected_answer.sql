with source as (
    select * from {{ source('raw', 'rejected_answer') }}
),

final as (
    select
        load_id,
        edition_id,
        survey,
        file_name,
        sheet,
        row_number,
        column_name,
        found,
        expected,
        reason
    from source
)

select * from final
