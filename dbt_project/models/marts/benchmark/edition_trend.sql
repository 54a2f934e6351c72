with trend as (
    select * from {{ ref('int_summarise_trend') }}
),

growth as (
    select * from {{ ref('edition_growth') }}
),

previous as (
    select
        edition_id,
        measure,
        max(previous_edition_id) as previous_edition_id
    from growth
    group by edition_id, measure
),

final as (
    select
        trend.edition_id,
        trend.measure,
        trend.n::integer as n,
        trend.total,
        trend.mean,
        trend.median,
        previous.previous_edition_id,
        -- Of the mean, so that more clusters are not taken for larger ones; clusters themselves only have a total.
        coalesce(growth.growth_mean, case when trend.mean is null then growth.growth_total end) as annual_growth,
        trend.comparability,
        trend.note
    from trend
    left join previous on trend.edition_id = previous.edition_id and trend.measure = previous.measure
    left join growth
        on
            trend.edition_id = growth.edition_id
            and trend.measure = growth.measure
            and previous.previous_edition_id = growth.previous_edition_id
)

select * from final
