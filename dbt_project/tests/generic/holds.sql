{#- The expression is true of every row; a row about which it says nothing (null) passes. -#}
{% test holds(model, expression) %}
{{ config(meta={"dimension": "consistency"}) }}

select *
from {{ model }}
where not ({{ expression }})

{% endtest %}
