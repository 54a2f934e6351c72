with scores as (
    select * from {{ ref('fct_score') }}
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

nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

sorted as (
    select
        assignments.edition_id,
        assignments.cut_id,
        assignments.segment_id,
        scores.node_id,
        {{ sorted_values('scores.score') }} as sorted_scores
    from assignments
    inner join scores
        on assignments.edition_id = scores.edition_id and assignments.cluster_id = scores.cluster_id
    group by assignments.edition_id, assignments.cut_id, assignments.segment_id, scores.node_id
),

-- Every segment has a row for every node, also a segment without clusters.
final as (
    select
        segments.edition_id,
        segments.cut_id,
        segments.segment_id,
        nodes.node_id,
        nodes.level,
        coalesce({{ count_of_sorted('sorted.sorted_scores') }}, 0)::integer as n,
        {{ minimum_of_sorted('sorted.sorted_scores') }} as minimum,
        {{ quantile_of_sorted('sorted.sorted_scores', 0.25, 'editions.quartile_method') }} as q1,
        {{ quantile_of_sorted('sorted.sorted_scores', 0.5, 'editions.quartile_method') }} as median,
        {{ mean_of_sorted('sorted.sorted_scores') }} as mean,
        {{ quantile_of_sorted('sorted.sorted_scores', 0.75, 'editions.quartile_method') }} as q3,
        {{ maximum_of_sorted('sorted.sorted_scores') }} as benchmark
    from segments
    inner join nodes on segments.edition_id = nodes.edition_id
    inner join editions on segments.edition_id = editions.edition_id
    left join sorted
        on
            segments.edition_id = sorted.edition_id
            and segments.cut_id = sorted.cut_id
            and segments.segment_id = sorted.segment_id
            and nodes.node_id = sorted.node_id
)

select * from final
