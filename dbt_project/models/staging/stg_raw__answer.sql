with source as (
    select * from {{ source('raw', 'answer') }}
),

final as (
    select
        edition_id,
        survey,
        respondent_id,
        cluster_id,
        question_id,
        option_id,
        answer_text,
        answer_number,
        status,
        delivery_id,
        file_sha256,
        file_name,
        sheet,
        row_number,
        column_name
    from source
)

select * from final
