{%- set measures = ['median', 'mean', 'benchmark'] -%}

with comparability as (
    select * from {{ ref('int_judge_comparability') }}
),

scores as (
    select * from {{ ref('int_score_common_nodes') }}
),

panel as (
    select * from {{ ref('int_list_panel') }}
),

nodes as (
    select * from {{ ref('dim_node') }}
),

editions as (
    select * from {{ ref('dim_edition') }}
),

grid as (
    select
        comparability.*,
        unnest(['all', 'panel']) as basis
    from comparability
),

scaled_grid as (
    select
        *,
        unnest(['own', 'anchored']) as scale
    from grid
),

sorted as (
    select
        scores.edition_id,
        scores.previous_edition_id,
        panel.basis,
        scores.scale,
        scores.of_edition_id,
        scores.node_id,
        {{ sorted_values('scores.score') }} as sorted_scores
    from scores
    inner join panel
        on
            scores.edition_id = panel.edition_id
            and scores.previous_edition_id = panel.previous_edition_id
            and scores.of_edition_id = panel.of_edition_id
            and scores.cluster_id = panel.cluster_id
    group by all
),

-- Inclusive or exclusive, the median is the same.
statistics as (
    select
        * exclude (sorted_scores),
        {{ count_of_sorted('sorted_scores') }} as n,
        {{ quantile_of_sorted('sorted_scores', 0.5, "'inclusive'") }} as median,
        {{ mean_of_sorted('sorted_scores') }} as mean,
        {{ maximum_of_sorted('sorted_scores') }} as benchmark
    from sorted
),

compared as (
    {%- for measure in measures %}
        select
            scaled_grid.edition_id,
            scaled_grid.previous_edition_id,
            scaled_grid.basis,
            scaled_grid.scale,
            scaled_grid.node_id,
            scaled_grid.level,
            '{{ measure }}' as measure,
            coalesce(later.n, 0) as n,
            case when scaled_grid.comparability != 'new' then coalesce(earlier.n, 0) end as previous_n,
            later.{{ measure }} as value,
            earlier.{{ measure }} as previous_value,
            scaled_grid.comparability,
            scaled_grid.n_parts,
            scaled_grid.note
        from scaled_grid
        left join statistics as later
            on
                scaled_grid.edition_id = later.edition_id
                and scaled_grid.previous_edition_id = later.previous_edition_id
                and scaled_grid.basis = later.basis
                and scaled_grid.scale = later.scale
                and scaled_grid.node_id = later.node_id
                and scaled_grid.edition_id = later.of_edition_id
        left join statistics as earlier
            on
                scaled_grid.edition_id = earlier.edition_id
                and scaled_grid.previous_edition_id = earlier.previous_edition_id
                and scaled_grid.basis = earlier.basis
                and scaled_grid.scale = earlier.scale
                and scaled_grid.node_id = earlier.node_id
                and scaled_grid.previous_edition_id = earlier.of_edition_id
        {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        compared.edition_id,
        compared.previous_edition_id,
        compared.basis,
        compared.scale,
        compared.node_id,
        compared.level,
        compared.measure,
        compared.n::integer as n,
        compared.previous_n::integer as previous_n,
        compared.value,
        compared.previous_value,
        compared.value - compared.previous_value as change,
        compared.comparability,
        compared.n_parts::integer as n_parts,
        nullif(
            concat_ws(
                '; ',
                nullif(compared.note, ''),
                case
                    when compared.scale = 'anchored' and compared.comparability != 'new' and nodes.unit like '%zł%'
                        then 'money is nominal'
                end
            ),
            ''
        ) as note
    from compared
    inner join editions on compared.edition_id = editions.edition_id
    inner join nodes on editions.framework_id = nodes.framework_id and compared.node_id = nodes.node_id
)

select * from final
