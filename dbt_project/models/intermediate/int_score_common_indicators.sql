with pairs as (
    select * from {{ ref('int_pair_editions') }}
),

matches as (
    select * from {{ ref('int_judge_comparability') }}
    where level = 'indicator' and comparability != 'new'
),

nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

indicator_values as (
    select * from {{ ref('fct_indicator_value') }}
),

scores as (
    select * from {{ ref('fct_score') }}
),

rules as (
    select distinct
        edition_id,
        node_id,
        scale
    from {{ ref('int_list_indicator_parts') }}
),

-- Both editions' side of every pair, under the later edition's node.
sides as (
    select
        edition_id,
        previous_edition_id,
        node_id,
        comparability,
        edition_id as of_edition_id,
        node_id as of_node_id
    from matches
    union all
    select
        edition_id,
        previous_edition_id,
        node_id,
        comparability,
        previous_edition_id as of_edition_id,
        previous_node_id as of_node_id
    from matches
),

-- In base units (zł, persons), since editions may publish the same thing in different ones.
amounts as (
    select
        sides.*,
        indicator_values.cluster_id,
        nodes.direction * indicator_values.value * rules.scale as amount
    from sides
    inner join nodes on sides.edition_id = nodes.edition_id and sides.node_id = nodes.node_id
    inner join rules on sides.of_edition_id = rules.edition_id and sides.of_node_id = rules.node_id
    inner join indicator_values
        on sides.of_edition_id = indicator_values.edition_id and sides.of_node_id = indicator_values.node_id
),

pooled as (
    select
        amounts.edition_id,
        amounts.previous_edition_id,
        amounts.node_id,
        pairs.quartile_method,
        pairs.fence_factor,
        {{ sorted_values('amounts.amount') }} as sorted_values
    from amounts
    inner join pairs
        on amounts.edition_id = pairs.edition_id and amounts.previous_edition_id = pairs.previous_edition_id
    group by all
),

statistics as (
    select
        edition_id,
        previous_edition_id,
        node_id,
        fence_factor,
        {{ spread_of_sorted('sorted_values', 'quartile_method') }}
    from pooled
),

bounds as (
    select
        *,
        {{ upper_bound('minimum', 'maximum', '(q3 + fence_factor * (q3 - q1))') }} as upper_bound
    from statistics
),

final as (
    select
        sides.edition_id,
        sides.previous_edition_id,
        sides.node_id,
        sides.comparability,
        'own' as scale,
        sides.of_edition_id,
        scores.cluster_id,
        scores.score
    from sides
    inner join scores on sides.of_edition_id = scores.edition_id and sides.of_node_id = scores.node_id
    union all
    select
        amounts.edition_id,
        amounts.previous_edition_id,
        amounts.node_id,
        amounts.comparability,
        'anchored' as scale,
        amounts.of_edition_id,
        amounts.cluster_id,
        {{ normalised('amounts.amount', 'bounds.minimum', 'bounds.upper_bound') }} as score
    from amounts
    inner join bounds
        on
            amounts.edition_id = bounds.edition_id
            and amounts.previous_edition_id = bounds.previous_edition_id
            and amounts.node_id = bounds.node_id
)

select * from final
