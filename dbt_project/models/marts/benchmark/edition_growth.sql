with trend as (
    select * from {{ ref('int_summarise_trend') }}
),

paired as (
    select
        trend.edition_id,
        earlier.edition_id as previous_edition_id,
        trend.measure,
        trend.period_to - earlier.period_to as years,
        trend.total,
        trend.mean,
        trend.median,
        earlier.total as previous_total,
        earlier.mean as previous_mean,
        earlier.median as previous_median
    from trend
    inner join trend as earlier on trend.measure = earlier.measure and trend.edition_id > earlier.edition_id
),

final as (
    select
        edition_id,
        previous_edition_id,
        measure,
        years::integer as years,
        {{ annual_growth('total', 'previous_total', 'years') }} as growth_total,
        {{ annual_growth('mean', 'previous_mean', 'years') }} as growth_mean,
        {{ annual_growth('median', 'previous_median', 'years') }} as growth_median
    from paired
)

select * from final
