{#- Every combination of the columns is a row of `to` (whose columns may have other names); a null refers to nothing. -#}
{% test refers_to(model, columns, to, to_columns=none) %}
{{ config(meta={"dimension": "consistency"}) }}

with children as (
    select distinct {{ columns | join(", ") }}
    from {{ model }}
    where
        {%- for column in columns %}
            {{ column }} is not null {{- " and" if not loop.last }}
        {%- endfor %}
),

parents as (
    select * from {{ to }}
)

select children.*
from children
left join parents
    on
        {%- for column in columns %}
            children.{{ column }} = parents.{{ (to_columns or columns)[loop.index0] }} {{- " and" if not loop.last }}
        {%- endfor %}
where parents.{{ (to_columns or columns)[0] }} is null

{% endtest %}
