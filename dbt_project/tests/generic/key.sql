{#- The columns together name a row: no combination occurs twice, and none of them is null but those in `nullable`. -#}
{% test key(model, columns, nullable=[]) %}
{{ config(meta={"dimension": "uniqueness"}) }}

select
    {{ columns | join(", ") }},
    count(*) as n_rows
from {{ model }}
group by {{ columns | join(", ") }}
having
    count(*) > 1
    {%- for column in columns if column not in nullable %}
        or {{ column }} is null
    {%- endfor %}

{% endtest %}
