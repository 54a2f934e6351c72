with scores as (
    select * from {{ ref('fct_score') }}
),

nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

methods as (
    select unnest(['inclusive', 'exclusive']) as quartile_method
),

sorted as (
    select
        nodes.edition_id,
        nodes.node_id,
        {{ sorted_values('scores.score') }} as sorted_scores
    from nodes
    left join scores on nodes.edition_id = scores.edition_id and nodes.node_id = scores.node_id
    group by nodes.edition_id, nodes.node_id
),

quartiles as (
    select
        sorted.edition_id,
        sorted.node_id,
        methods.quartile_method,
        {{ minimum_of_sorted('sorted.sorted_scores') }} as minimum,
        {{ quantile_of_sorted('sorted.sorted_scores', 0.25, 'methods.quartile_method') }} as q1,
        {{ quantile_of_sorted('sorted.sorted_scores', 0.75, 'methods.quartile_method') }} as q3,
        {{ maximum_of_sorted('sorted.sorted_scores') }} as maximum
    from sorted
    cross join methods
),

final as (
    select
        edition_id,
        node_id,
        quartile_method,
        q1 - minimum as bottom_25,
        q3 - q1 as middle_50,
        maximum - q3 as top_25
    from quartiles
)

select * from final
