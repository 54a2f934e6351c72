with indicator_values as (
    select * from {{ ref('fct_indicator_value') }}
),

bounds as (
    select * from {{ ref('fct_normalisation_bound') }}
),

nodes as (
    select * from {{ ref('int_list_asked_nodes') }}
),

node_parts as (
    select * from {{ ref('int_list_node_parts') }}
),

indicator_scores as (
    select
        indicator_values.edition_id,
        indicator_values.cluster_id,
        indicator_values.node_id,
        nodes.level,
        {{
            normalised('nodes.direction * indicator_values.value', 'bounds.lower_bound', 'bounds.upper_bound')
        }} as score,
        null::bigint as n_parts,
        null::bigint as n_parts_available
    from indicator_values
    inner join bounds
        on indicator_values.edition_id = bounds.edition_id and indicator_values.node_id = bounds.node_id
    inner join nodes
        on indicator_values.edition_id = nodes.edition_id and indicator_values.node_id = nodes.node_id
),

subarea_scores as (
    {{ mean_of_parts('node_parts', 'indicator_scores', 'subarea') }}
),

lower_scores as (
    select * from indicator_scores
    union all
    select * from subarea_scores
),

area_scores as (
    {{ mean_of_parts('node_parts', 'lower_scores', 'area') }}
),

overall_scores as (
    {{ mean_of_parts('node_parts', 'area_scores', 'overall') }}
),

scores as (
    select * from lower_scores
    union all
    select * from area_scores
    union all
    select * from overall_scores
),

final as (
    select
        edition_id,
        cluster_id,
        node_id,
        level,
        score,
        case
            when score is not null
                then rank() over (
                    partition by edition_id, node_id, score is null
                    -- Rounded, so that scores that differ only by the order of additions are tied.
                    order by round(score, 12) desc
                )
        end::integer as rank,
        n_parts::integer as n_parts,
        n_parts_available::integer as n_parts_available
    from scores
)

select * from final
