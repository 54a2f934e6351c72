{#- dbt's own test, but its failing rows are shown whole, with their keys. -#}
{% test not_null(model, column_name) %}
{{ config(meta={"dimension": "completeness"}) }}

select *
from {{ model }}
where {{ column_name }} is null

{% endtest %}
