{#- How many of the `members` a question would be asked: all of them, or of a conditional question the share of the
    respondents who were asked; never fewer than answered. Null when the number of members is unknown. -#}
{% macro asked_population(members, n_respondents, n_asked, n_valid) -%}
    case
        when {{ members }} is not null and {{ n_respondents }} > 0
            then greatest({{ n_valid }}, round({{ members }} * {{ n_asked }} / {{ n_respondents }}))::integer
    end
{%- endmacro %}
