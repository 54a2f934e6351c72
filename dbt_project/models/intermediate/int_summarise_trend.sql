with trend_values as (
    select * from {{ ref('int_list_trend_values') }}
),

measures as (
    select * from {{ ref('trend_measure') }}
),

editions as (
    select * from {{ ref('int_list_editions') }}
),

sorted as (
    select
        trend_values.edition_id,
        trend_values.measure,
        trend_values.comparability,
        trend_values.note,
        measures.source_kind,
        editions.period_to,
        {{ sorted_values('trend_values.value') }} as sorted_values
    from trend_values
    inner join measures on trend_values.measure = measures.measure
    inner join editions on trend_values.edition_id = editions.edition_id
    group by all
),

-- Clusters are counted: a mean of ones says nothing.
final as (
    select
        edition_id,
        measure,
        period_to,
        comparability,
        note,
        {{ count_of_sorted('sorted_values') }} as n,
        {{ total_of_sorted('sorted_values') }} as total,
        case when source_kind != 'cluster' then {{ mean_of_sorted('sorted_values') }} end as mean,
        case
            when source_kind != 'cluster' then {{ quantile_of_sorted('sorted_values', 0.5, "'inclusive'") }}
        end as median
    from sorted
)

select * from final
