with figures as (
    select * from {{ ref('published_figure') }}
    where mart = 'fct_indicator_value'
),

indicator_values as (
    select * from {{ ref('fct_indicator_value') }}
),

memberships as (
    select
        edition_id,
        sum(members) as members,
        sum(enterprises) as enterprises
    from {{ ref('dim_cluster_edition') }}
    group by edition_id
),

counted as (
    select
        figures.figure_id,
        figures.edition_id,
        figures.measure,
        count(*) as n_clusters,
        count(indicator_values.value) as n,
        {{ ordered_sum('indicator_values.value') }} as total,
        {{ ordered_sum('case when indicator_values.value > 0 then indicator_values.value end') }} as total_of_positive,
        max(indicator_values.value) as largest,
        min(indicator_values.value) filter (where indicator_values.value > 0) as smallest_positive,
        count(*) filter (where indicator_values.value = 0) as n_zero,
        count(*) filter (where indicator_values.value > 0) as n_positive,
        count(*) filter (where indicator_values.value = figures.threshold) as n_equal,
        count(*) filter (where indicator_values.value < figures.threshold) as n_less_than,
        count(*) filter (where indicator_values.value <= figures.threshold) as n_at_most,
        count(*) filter (where indicator_values.value > figures.threshold) as n_greater_than,
        count(*) filter (where indicator_values.value >= figures.threshold) as n_at_least,
        count(*) filter (
            where indicator_values.value > 0 and indicator_values.value < figures.threshold
        ) as n_positive_less_than,
        count(*) filter (
            where indicator_values.value > 0 and indicator_values.value <= figures.threshold
        ) as n_positive_at_most,
        arg_min(indicator_values.value, abs(indicator_values.value - figures.threshold)) as nearest_value
    from figures
    inner join indicator_values
        on figures.edition_id = indicator_values.edition_id and figures.node_id = indicator_values.node_id
    group by figures.figure_id, figures.edition_id, figures.measure
),

final as (
    select
        counted.figure_id,
        case counted.measure
            when 'n_zero' then counted.n_zero
            when 'n_positive' then counted.n_positive
            when 'n_equal' then counted.n_equal
            when 'n_less_than' then counted.n_less_than
            when 'n_at_most' then counted.n_at_most
            when 'n_greater_than' then counted.n_greater_than
            when 'n_at_least' then counted.n_at_least
            when 'n_positive_less_than' then counted.n_positive_less_than
            when 'n_positive_at_most' then counted.n_positive_at_most
            when 'share_zero' then counted.n_zero / counted.n
            when 'share_positive' then counted.n_positive / counted.n
            when 'share_reported' then counted.n / counted.n_clusters
            when 'share_of_members' then counted.total / memberships.members
            when 'share_of_enterprises' then counted.total / memberships.enterprises
            when 'mean_of_positive' then counted.total_of_positive / nullif(counted.n_positive, 0)
            when 'mean_without_largest' then (counted.total - counted.largest) / nullif(counted.n - 1, 0)
            when 'minimum_of_positive' then counted.smallest_positive
            when 'nearest_value' then counted.nearest_value
        end as computed
    from counted
    left join memberships on counted.edition_id = memberships.edition_id
    where counted.n > 0
)

select * from final
