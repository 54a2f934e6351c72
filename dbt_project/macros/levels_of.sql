{#- One row per level of a question whose answers are whole numbers between two bounds; one without a level else. -#}
{% macro levels_of(type, minimum, maximum) -%}
    unnest(
        case
            when {{ type }} = 'level' then generate_series({{ minimum }}::integer, {{ maximum }}::integer)
            else [null]
        end
    )::integer
{%- endmacro %}
