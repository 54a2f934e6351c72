{#- dbt's own test, with the dimension under which its result is recorded. -#}
{% test accepted_values(model, column_name, values, quote=True) %}
{{ config(meta={"dimension": "range"}) }}
{{ default__test_accepted_values(model, column_name, values, quote) }}
{% endtest %}
