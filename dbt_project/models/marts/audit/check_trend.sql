with results as (
    select * from {{ ref('check_result') }}
),

index_entries as (
    select * from {{ ref('check_index') }}
),

-- From the latest result back, by the order of runs: the clock may have been put back between two of them.
counted as (
    select
        *,
        status in ('fail', 'error') as is_failing,
        row_number() over (
            partition by tool, check_id, edition_id order by run_no desc, checked_at desc
        ) as n_back
    from results
),

placed as (
    select
        *,
        min(n_back) filter (where not is_failing) over (partition by tool, check_id, edition_id) as sound_n_back
    from counted
),

histories as (
    select
        tool,
        check_id,
        edition_id,
        arg_min(door, n_back) as door,
        arg_min(severity, n_back) as severity,
        count(*) as n_runs,
        count(*) filter (where status = 'pass') as n_passes,
        count(*) filter (where status = 'fail') as n_fails,
        count(*) filter (where status = 'error') as n_errors,
        count(*) filter (where status = 'not_applicable') as n_not_applicable,
        min(run_no) as first_run_no,
        max(run_no) as last_run_no,
        arg_min(status, n_back) as last_status,
        max(status) filter (where n_back = 2) as previous_status,
        arg_max(checked_at, n_back) filter (where is_failing) as first_failed_at,
        arg_min(checked_at, n_back) filter (where is_failing) as last_failed_at,
        arg_max(checked_at, n_back) filter (where n_back < coalesce(sound_n_back, n_back + 1)) as failing_since,
        arg_max(run_no, n_back) filter (where n_back < coalesce(sound_n_back, n_back + 1)) as failing_since_run_no
    from placed
    group by all
),

recent as (
    select
        tool,
        check_id,
        edition_id,
        {{ json_list('n_failed', 'n_back desc') }} as recent_n_failed
    from placed
    where n_back <= 10
    group by all
),

remembered as (
    select
        histories.*,
        recent.recent_n_failed
    from histories
    inner join recent
        on
            histories.tool = recent.tool
            and histories.check_id = recent.check_id
            and histories.edition_id is not distinct from recent.edition_id
),

compared as (
    select
        coalesce(index_entries.tool, remembered.tool) as tool,
        coalesce(index_entries.check_id, remembered.check_id) as check_id,
        coalesce(index_entries.edition_id, remembered.edition_id) as edition_id,
        coalesce(index_entries.door, remembered.door) as door,
        coalesce(index_entries.severity, remembered.severity) as severity,
        index_entries.status as index_status,
        coalesce(index_entries.status in ('fail', 'error'), false) as is_failing,
        coalesce(remembered.previous_status in ('fail', 'error'), false) as was_failing,
        coalesce(remembered.n_runs, 0) as n_runs,
        coalesce(remembered.n_passes, 0) as n_passes,
        coalesce(remembered.n_fails, 0) as n_fails,
        coalesce(remembered.n_errors, 0) as n_errors,
        coalesce(remembered.n_not_applicable, 0) as n_not_applicable,
        remembered.first_run_no,
        remembered.last_run_no,
        remembered.last_status,
        remembered.previous_status,
        remembered.first_failed_at,
        remembered.last_failed_at,
        remembered.failing_since,
        remembered.failing_since_run_no,
        coalesce(remembered.recent_n_failed, '[]') as recent_n_failed
    from index_entries
    full join remembered
        on
            index_entries.tool = remembered.tool
            and index_entries.check_id = remembered.check_id
            and index_entries.edition_id is not distinct from remembered.edition_id
),

final as (
    select
        tool,
        check_id,
        edition_id,
        door,
        severity,
        case
            when index_status is null then 'no_longer_intended'
            when index_status = 'pending' then 'pending'
            when index_status = 'not_run' and n_runs > 0 then 'no_longer_run'
            when index_status = 'not_run' then 'never_run'
            when n_runs = 1 then 'new_check'
            when is_failing and was_failing then 'still_failing'
            when is_failing then 'new_failure'
            when index_status = 'not_applicable' and previous_status = 'not_applicable' then 'still_not_applicable'
            when index_status = 'not_applicable' then 'no_longer_applicable'
            when was_failing then 'mended'
            when previous_status = 'not_applicable' then 'newly_applicable'
            else 'still_passing'
        end as change,
        last_status,
        previous_status,
        n_runs,
        n_passes,
        n_fails,
        n_errors,
        n_not_applicable,
        first_run_no,
        last_run_no,
        first_failed_at,
        last_failed_at,
        failing_since,
        failing_since_run_no,
        recent_n_failed
    from compared
)

select * from final
