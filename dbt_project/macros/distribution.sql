{#- Order statistics from a sorted list. Everything about lists, which engines write differently, is in this file. -#}

{#- The values that are not null, ascending; an empty list when there is none. -#}
{% macro sorted_values(value) -%}
    coalesce(list({{ value }} order by {{ value }}) filter (where {{ value }} is not null), [])
{%- endmacro %}

{#- Quantile `p` of a sorted list by linear interpolation, null for an empty list. `method` is an SQL expression:
    'inclusive' puts it at place (n - 1) p + 1 (Hyndman and Fan's type 7), 'exclusive' at (n + 1) p, kept within
    1 … n (type 6). -#}
{% macro quantile_of_sorted(sorted, p, method) -%}
    {%- set place -%}
        case {{ method }}
            when 'exclusive' then greatest(1, least(len({{ sorted }}), (len({{ sorted }}) + 1) * {{ p }}::double))
            when 'inclusive' then (len({{ sorted }}) - 1) * {{ p }}::double + 1
        end
    {%- endset -%}
    {%- set below -%} {{ sorted }}[floor({{ place }})::bigint] {%- endset -%}
    {%- set above -%} {{ sorted }}[ceil({{ place }})::bigint] {%- endset -%}
    {{ below }} + ({{ place }} - floor({{ place }})) * ({{ above }} - {{ below }})
{%- endmacro %}

{#- Smallest, largest, total and mean of a sorted list; null for an empty one. Added in ascending order, so the
    same values give the same bits. -#}
{% macro minimum_of_sorted(sorted) -%} {{ sorted }}[1] {%- endmacro %}
{% macro maximum_of_sorted(sorted) -%} {{ sorted }}[len({{ sorted }})] {%- endmacro %}
{% macro total_of_sorted(sorted) -%} list_sum({{ sorted }}) {%- endmacro %}
{% macro mean_of_sorted(sorted) -%} list_sum({{ sorted }}) / nullif(len({{ sorted }}), 0) {%- endmacro %}
{% macro count_of_sorted(sorted) -%} len({{ sorted }}) {%- endmacro %}
