{#- Sum of doubles added in ascending order, so that the same values give the same bits however many threads run;
    null when there is none. By way of a list: an aggregate with `order by` is far slower on many small groups. -#}
{% macro ordered_sum(value) -%}
    list_sum(list_sort(list({{ value }})))
{%- endmacro %}
