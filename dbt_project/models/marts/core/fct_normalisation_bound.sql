with indicator_values as (
    select * from {{ ref('fct_indicator_value') }}
),

editions as (
    select * from {{ ref('dim_edition') }}
),

indicators as (
    select * from {{ ref('int_list_asked_nodes') }}
    where level = 'indicator'
),

-- Every statistic here is of direction × value, so that more is better for all of them.
sorted as (
    select
        indicators.edition_id,
        indicators.node_id,
        editions.quartile_method,
        editions.fence_factor,
        {{ sorted_values('indicators.direction * indicator_values.value') }} as sorted_values
    from indicators
    inner join editions on indicators.edition_id = editions.edition_id
    left join indicator_values
        on indicators.edition_id = indicator_values.edition_id and indicators.node_id = indicator_values.node_id
    group by indicators.edition_id, indicators.node_id, editions.quartile_method, editions.fence_factor
),

statistics as (
    select
        edition_id,
        node_id,
        fence_factor,
        {{ count_of_sorted('sorted_values') }} as n,
        {{ spread_of_sorted('sorted_values', 'quartile_method') }}
    from sorted
),

fenced as (
    select
        *,
        q3 + fence_factor * (q3 - q1) as fence
    from statistics
),

final as (
    select
        edition_id,
        node_id,
        n::integer as n,
        minimum,
        q1,
        q3,
        maximum,
        fence,
        minimum as lower_bound,
        {{ upper_bound('minimum', 'maximum', 'fence') }} as upper_bound,
        coalesce(fence > minimum and fence < maximum, false) as is_capped,
        coalesce(fence <= minimum, false) as is_degenerate
    from fenced
)

select * from final
