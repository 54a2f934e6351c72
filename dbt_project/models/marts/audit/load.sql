with loads as (
    select * from {{ ref('stg_raw__load') }}
),

final as (
    select
        load_id,
        edition_id,
        delivery_id,
        started_at,
        finished_at,
        outcome,
        is_current,
        n_files,
        n_rows,
        n_answers,
        n_rejected,
        code_version,
        run_id,
        is_provisional,
        git_revision,
        lock_sha256,
        reason
    from loads
)

select * from final
