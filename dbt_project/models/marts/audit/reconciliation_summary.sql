with reconciled as (
    select
        *,
        abs(difference) / (2 * tolerance) as units
    from {{ ref('reconciliation') }}
),

counted as (
    select
        edition_id,
        source,
        table_no,
        count(*) as n,
        count(*) filter (where verdict = 'agrees') as n_agrees,
        count(*) filter (where verdict = 'differs') as n_differs,
        count(*) filter (where verdict = 'source_conflict') as n_source_conflict,
        count(*) filter (where verdict = 'not_computed') as n_not_computed,
        median(units) filter (where verdict in ('agrees', 'differs')) as median_difference,
        max(units) filter (where verdict in ('agrees', 'differs')) as largest_difference
    from reconciled
    group by edition_id, source, table_no
),

final as (
    select
        edition_id,
        source,
        table_no,
        n::integer as n,
        n_agrees::integer as n_agrees,
        n_differs::integer as n_differs,
        n_source_conflict::integer as n_source_conflict,
        n_not_computed::integer as n_not_computed,
        n_agrees / nullif(n_agrees + n_differs, 0) as share_agreeing,
        median_difference,
        largest_difference
    from counted
)

select * from final
