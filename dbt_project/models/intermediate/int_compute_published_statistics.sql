with figures as (
    select * from {{ ref('published_figure') }}
    where mart = 'indicator_statistic'
),

statistics as (
    select * from {{ ref('indicator_statistic') }}
),

frameworks as (
    select
        edition_id,
        count(distinct node_id) as n_indicators
    from statistics
    group by edition_id
),

final as (
    select
        figures.figure_id,
        case figures.measure
            when 'mean' then statistics.mean
            when 'median' then statistics.median
            when 'benchmark' then statistics.benchmark
            when 'total' then statistics.total
            when 'n_positive' then statistics.n_positive
            when 'n_indicators' then frameworks.n_indicators
        end as computed
    from figures
    left join statistics
        on
            figures.edition_id = statistics.edition_id
            and figures.cut_id = statistics.cut_id
            and figures.segment_id = statistics.segment_id
            and figures.node_id = statistics.node_id
    left join frameworks on figures.edition_id = frameworks.edition_id
)

select * from final
