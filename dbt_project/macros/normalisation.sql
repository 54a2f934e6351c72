{#- The study's min–max rule (method §3), on values of which more is better. -#}

{#- The columns that bounds are made of, from a sorted list of values. -#}
{% macro spread_of_sorted(sorted, method) -%}
    {{ minimum_of_sorted(sorted) }} as minimum,
    {{ quantile_of_sorted(sorted, 0.25, method) }} as q1,
    {{ quantile_of_sorted(sorted, 0.75, method) }} as q3,
    {{ maximum_of_sorted(sorted) }} as maximum
{%- endmacro %}

{#- Upper end of the scale: the fence, or the maximum if that is lower. A fence at the minimum would leave no scale at
    all: then the maximum counts. -#}
{% macro upper_bound(minimum, maximum, fence) -%}
    case when {{ fence }} <= {{ minimum }} then {{ maximum }} else least({{ maximum }}, {{ fence }}) end
{%- endmacro %}

{#- Score of a value between the bounds; null for a missing value (which `least` would skip) and without a spread. -#}
{% macro normalised(value, lower_bound, upper_bound) -%}
    case
        when {{ value }} is not null
            then
                (least({{ value }}, {{ upper_bound }}) - {{ lower_bound }})
                / nullif({{ upper_bound }} - {{ lower_bound }}, 0)
    end
{%- endmacro %}
