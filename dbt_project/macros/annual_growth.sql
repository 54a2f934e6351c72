{#- Compound annual growth from an earlier figure to a later one over `years`; null where it has no meaning. -#}
{% macro annual_growth(later, earlier, years) -%}
    case
        when {{ later }} > 0 and {{ earlier }} > 0 and {{ years }} > 0
            then power({{ later }} / {{ earlier }}, 1.0::double / {{ years }}) - 1
    end
{%- endmacro %}
