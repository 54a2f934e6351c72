{#- The query that scores the nodes of one `level` as the mean of the available scores of their parts. Parts come from
    the relation `parts`, whose `part_keys` say to which scores they belong; scores from the relation `scores`, which
    has those keys and one score per `score_keys` and node. A node with fewer parts available than the edition asks for
    has no score. -#}
{% macro mean_of_parts(parts, scores, level, part_keys=['edition_id'], score_keys=['cluster_id']) -%}
    {%- set keys -%}
        {%- for key in part_keys %} parts.{{ key }}, {%- endfor %}
        {%- for key in score_keys %} scores.{{ key }}, {%- endfor %}
    {%- endset %}
    select
        {{ keys }}
        parts.node_id,
        parts.level,
        case
            when count(scores.score) >= greatest(1, max(parts.minimum_availability) * count(*))
                then {{ ordered_sum('scores.score') }} / count(scores.score)
        end as score,
        count(*) as n_parts,
        count(scores.score) as n_parts_available
    from {{ parts }} as parts
    inner join {{ scores }} as scores
        on
            parts.part_node_id = scores.node_id
            {%- for key in part_keys %}
                and parts.{{ key }} = scores.{{ key }}
            {%- endfor %}
    where parts.level = '{{ level }}'
    group by {{ keys }} parts.node_id, parts.level
{%- endmacro %}
