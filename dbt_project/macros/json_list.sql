{#- The values of a group as the text of a JSON list, in the order of `key`. -#}
{% macro json_list(value, key) -%}
    coalesce(to_json(list({{ value }} order by {{ key }}))::varchar, '[]')
{%- endmacro %}
