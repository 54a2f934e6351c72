{#- dbt's own test, but its failing rows are shown whole, with their keys; a null passes. -#}
{% test accepted_values(model, column_name, values, quote=True) %}
{{ config(meta={"dimension": "range"}) }}

select *
from {{ model }}
where
    {{ column_name }} not in (
        {%- for value in values %}
            {{ "'" ~ value ~ "'" if quote else value }} {{- "," if not loop.last }}
        {%- endfor %}
    )

{% endtest %}
