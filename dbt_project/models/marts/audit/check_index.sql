with checks as (
    select * from {{ ref('stg_raw__intended_check') }}
),

deliveries as (
    select * from {{ ref('stg_raw__delivery') }}
),

results as (
    select * from {{ ref('check_result') }}
),

latest_run as (
    select max(run_no) as run_no
    from results
),

latest_results as (
    select results.*
    from results
    inner join latest_run on results.run_no = latest_run.run_no
),

-- The doors judge every edition for itself, dbt's tests all of them at once.
intended as (
    select
        checks.*,
        deliveries.edition_id
    from checks
    cross join deliveries
    where checks.tool = 'great_expectations'

    union all

    select
        checks.*,
        null::integer as edition_id
    from checks
    where checks.tool = 'dbt'
),

final as (
    select
        intended.tool,
        intended.check_id,
        intended.edition_id,
        coalesce(intended.door, latest_results.door) as door,
        intended.dimension,
        coalesce(latest_results.entity, intended.entity) as entity,
        intended.column_name,
        intended.severity,
        intended.description,
        intended.expected,
        intended.is_of_the_record,
        case
            when latest_results.status is not null then latest_results.status
            when intended.is_of_the_record then 'pending'
            else 'not_run'
        end as status,
        latest_results.load_id,
        latest_results.observed,
        latest_results.n_rows,
        latest_results.n_failed,
        latest_results.failing_keys,
        latest_results.checked_at
    from intended
    left join latest_results
        on
            intended.tool = latest_results.tool
            and intended.check_id = latest_results.check_id
            and intended.edition_id is not distinct from latest_results.edition_id
)

select * from final
