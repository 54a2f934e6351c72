with figures as (
    select * from {{ ref('published_figure') }}
    where mart in ('score_distribution', 'score_spread', 'score_regression')
),

distributions as (
    select * from {{ ref('score_distribution') }}
),

spreads as (
    select * from {{ ref('score_spread') }}
),

regressions as (
    select * from {{ ref('score_regression') }}
),

final as (
    select
        figures.figure_id,
        case figures.measure
            when 'minimum' then distributions.minimum
            when 'q1' then distributions.q1
            when 'median' then distributions.median
            when 'mean' then distributions.mean
            when 'q3' then distributions.q3
            when 'benchmark' then distributions.benchmark
            when 'middle_50' then spreads.middle_50
            when 'slope' then regressions.slope
            when 'intercept' then regressions.intercept
            when 'r_squared' then regressions.r_squared
        end as computed
    from figures
    left join distributions
        on
            figures.edition_id = distributions.edition_id
            and figures.cut_id = distributions.cut_id
            and figures.segment_id = distributions.segment_id
            and figures.node_id = distributions.node_id
    left join spreads
        on
            figures.edition_id = spreads.edition_id
            and figures.node_id = spreads.node_id
            and figures.subject_id = spreads.quartile_method
    left join regressions
        on figures.edition_id = regressions.edition_id and figures.subject_id = regressions.variable
)

select * from final
