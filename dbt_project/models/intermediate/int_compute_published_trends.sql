with figures as (
    select * from {{ ref('published_figure') }}
    where mart in ('edition_trend', 'edition_growth', 'edition_profile', 'edition_comparison')
),

growth as (
    select * from {{ ref('edition_growth') }}
),

-- Clusters of both editions: those that have an overall score in each.
panels as (
    select
        edition_id,
        previous_edition_id,
        n
    from {{ ref('edition_comparison') }}
    where basis = 'panel' and scale = 'own' and measure = 'median' and node_id = 'overall'
),

numbers as (
    select
        edition_id,
        measure as subject_id,
        null as option_id,
        total,
        null as n,
        null as share,
        mean,
        median
    from {{ ref('edition_trend') }}
    union all
    select
        edition_id,
        characteristic as subject_id,
        category as option_id,
        null as total,
        n,
        share,
        mean,
        median
    from {{ ref('edition_profile') }}
),

final as (
    select
        figures.figure_id,
        case figures.measure
            when 'total' then numbers.total
            when 'n' then numbers.n
            when 'share' then numbers.share
            when 'mean' then numbers.mean
            when 'median' then numbers.median
            when 'total_change' then numbers.total - previous.total
            when 'n_change' then numbers.n - previous.n
            when 'total_growth' then numbers.total / previous.total - 1
            when 'mean_growth' then numbers.mean / previous.mean - 1
            when 'annual_growth' then growth.growth_mean
            when 'panel_n' then panels.n
        end as computed
    from figures
    left join numbers
        on
            figures.edition_id = numbers.edition_id
            and figures.subject_id = numbers.subject_id
            and figures.option_id is not distinct from numbers.option_id
    left join numbers as previous
        on
            figures.threshold = previous.edition_id
            and figures.subject_id = previous.subject_id
            and figures.option_id is not distinct from previous.option_id
    left join growth
        on
            figures.edition_id = growth.edition_id
            and figures.threshold = growth.previous_edition_id
            and figures.subject_id = growth.measure
    left join panels
        on figures.edition_id = panels.edition_id and figures.threshold = panels.previous_edition_id
)

select * from final
