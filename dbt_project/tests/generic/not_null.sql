{#- dbt's own test, with the dimension under which its result is recorded. -#}
{% test not_null(model, column_name) %}
{{ config(meta={"dimension": "completeness"}) }}
{{ default__test_not_null(model, column_name) }}
{% endtest %}
