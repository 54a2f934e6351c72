with source as (
    select * from {{ source('raw', 'correction') }}
),

final as (
    select
        edition_id,
        correction_id,
        row_number,
        file_sha256,
        cluster_id,
        survey,
        question_id,
        option_id,
        column_name,
        is_item_count,
        node_id,
        action,
        new_value,
        new_number,
        new_option_id,
        expected_before,
        expected_number,
        expected_option_id,
        expected_tolerance,
        reason,
        reported_by,
        status
    from source
)

select * from final
