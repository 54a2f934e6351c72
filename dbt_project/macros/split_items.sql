{#- One row per item of a list written as text with semicolons between its items. -#}
{% macro split_items(list) -%}
    unnest(string_split({{ list }}, ';'))
{%- endmacro %}
