{#- The query that scores the nodes of one `level` as the mean of the available scores of their parts, which it
    takes from the relation `scores`. A node with fewer parts available than the edition asks for has no score. -#}
{% macro mean_of_parts(scores, level) -%}
    select
        parts.edition_id,
        scores.cluster_id,
        parts.node_id,
        parts.level,
        case
            when count(scores.score) >= greatest(1, max(parts.minimum_availability) * count(*))
                then {{ ordered_sum('scores.score') }} / count(scores.score)
        end as score,
        count(*) as n_parts,
        count(scores.score) as n_parts_available
    from node_parts as parts
    inner join {{ scores }} as scores
        on parts.edition_id = scores.edition_id and parts.part_node_id = scores.node_id
    where parts.level = '{{ level }}'
    group by parts.edition_id, scores.cluster_id, parts.node_id, parts.level
{%- endmacro %}
