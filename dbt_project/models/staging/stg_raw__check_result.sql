with source as (
    select * from {{ source('raw', 'check_result') }}
),

final as (
    select
        run_id,
        coalesce(run_no, 0) as run_no,
        load_id,
        edition_id,
        tool,
        door,
        check_id,
        dimension,
        entity,
        column_name,
        severity,
        status,
        observed,
        expected,
        n_rows,
        n_failed,
        failing_keys,
        checked_at
    from source
)

select * from final
