with check_results as (
    select * from {{ ref('stg_raw__check_result') }}
),

final as (
    select
        run_id,
        run_no,
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
    from check_results
)

select * from final
