with indicator_values as (
    select * from {{ ref('fct_indicator_value') }}
),

segments as (
    select * from {{ ref('dim_segment') }}
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

editions as (
    select * from {{ ref('dim_edition') }}
),

indicators as (
    select * from {{ ref('int_list_asked_nodes') }}
    where level = 'indicator'
),

sorted as (
    select
        assignments.edition_id,
        assignments.cut_id,
        assignments.segment_id,
        indicator_values.node_id,
        {{ sorted_values('indicator_values.value') }} as sorted_values,
        count(*) filter (where indicator_values.value = 0) as n_zero,
        count(*) filter (where indicator_values.value > 0) as n_positive
    from assignments
    inner join indicator_values
        on
            assignments.edition_id = indicator_values.edition_id
            and assignments.cluster_id = indicator_values.cluster_id
    group by assignments.edition_id, assignments.cut_id, assignments.segment_id, indicator_values.node_id
),

-- Every segment has a row for every indicator, also a segment without clusters.
final as (
    select
        segments.edition_id,
        segments.cut_id,
        segments.segment_id,
        indicators.node_id,
        coalesce({{ count_of_sorted('sorted.sorted_values') }}, 0)::integer as n,
        (segments.n_clusters - coalesce({{ count_of_sorted('sorted.sorted_values') }}, 0))::integer as n_missing,
        coalesce(sorted.n_zero, 0)::integer as n_zero,
        coalesce(sorted.n_positive, 0)::integer as n_positive,
        {{ total_of_sorted('sorted.sorted_values') }} as total,
        {{ minimum_of_sorted('sorted.sorted_values') }} as minimum,
        {{ quantile_of_sorted('sorted.sorted_values', 0.25, 'editions.quartile_method') }} as q1,
        {{ quantile_of_sorted('sorted.sorted_values', 0.5, 'editions.quartile_method') }} as median,
        {{ mean_of_sorted('sorted.sorted_values') }} as mean,
        {{ quantile_of_sorted('sorted.sorted_values', 0.75, 'editions.quartile_method') }} as q3,
        case indicators.direction
            when 1 then {{ maximum_of_sorted('sorted.sorted_values') }}
            when -1 then {{ minimum_of_sorted('sorted.sorted_values') }}
        end as benchmark
    from segments
    inner join indicators on segments.edition_id = indicators.edition_id
    inner join editions on segments.edition_id = editions.edition_id
    left join sorted
        on
            segments.edition_id = sorted.edition_id
            and segments.cut_id = sorted.cut_id
            and segments.segment_id = sorted.segment_id
            and indicators.node_id = sorted.node_id
)

select * from final
