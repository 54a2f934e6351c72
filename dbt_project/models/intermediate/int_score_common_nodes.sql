{%- set part_keys = ['edition_id', 'previous_edition_id'] -%}
{%- set score_keys = ['scale', 'of_edition_id', 'cluster_id'] -%}
{%- set columns = (part_keys + score_keys) | join(', ') ~ ', node_id, score' -%}

with node_parts as (
    select * from {{ ref('int_list_node_parts') }}
),

comparability as (
    select * from {{ ref('int_judge_comparability') }}
),

indicator_scores as (
    select * from {{ ref('int_score_common_indicators') }}
),

published_scores as (
    select * from {{ ref('fct_score') }}
),

scales as (
    select unnest(['own', 'anchored']) as scale
),

-- Like is compared with like: a whole is the mean of its comparable indicators, in the later edition's tree.
common_parts as (
    select
        comparability.edition_id,
        comparability.previous_edition_id,
        node_parts.node_id,
        node_parts.level,
        node_parts.part_node_id,
        node_parts.minimum_availability
    from node_parts
    inner join comparability
        on node_parts.edition_id = comparability.edition_id and node_parts.part_node_id = comparability.node_id
    where
        case
            when comparability.level = 'indicator' then comparability.comparability = 'comparable'
            else comparability.comparability != 'new'
        end
),

subarea_scores as (
    {{ mean_of_parts('common_parts', 'indicator_scores', 'subarea', part_keys, score_keys) }}
),

lower_scores as (
    select {{ columns }} from indicator_scores
    union all
    select {{ columns }} from subarea_scores
),

area_scores as (
    {{ mean_of_parts('common_parts', 'lower_scores', 'area', part_keys, score_keys) }}
),

overall_scores as (
    {{ mean_of_parts('common_parts', 'area_scores', 'overall', part_keys, score_keys) }}
),

-- What the earlier edition did not have is shown as published: there is nothing to share a scale with.
new_scores as (
    select
        comparability.edition_id,
        comparability.previous_edition_id,
        scales.scale,
        published_scores.edition_id as of_edition_id,
        published_scores.cluster_id,
        published_scores.node_id,
        published_scores.score
    from comparability
    inner join published_scores
        on
            comparability.edition_id = published_scores.edition_id
            and comparability.node_id = published_scores.node_id
    cross join scales
    where comparability.comparability = 'new'
),

final as (
    select {{ columns }} from lower_scores
    union all
    select {{ columns }} from area_scores
    union all
    select {{ columns }} from overall_scores
    union all
    select {{ columns }} from new_scores
)

select * from final
