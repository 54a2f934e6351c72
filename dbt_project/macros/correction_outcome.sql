{#- What became of a correction: only an accepted one that meets what it expects is applied; a flag changes nothing. -#}
{% macro correction_outcome(status, action, is_as_expected) -%}
    case
        when {{ status }} != 'accepted' then 'not_accepted'
        when not {{ is_as_expected }} then 'not_as_expected'
        when {{ action }} = 'flag' then 'flagged'
        else 'applied'
    end
{%- endmacro %}
