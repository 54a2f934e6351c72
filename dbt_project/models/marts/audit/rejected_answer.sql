with rejected_answers as (
    select * from {{ ref('stg_raw__rejected_answer') }}
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
    from rejected_answers
)

select * from final
