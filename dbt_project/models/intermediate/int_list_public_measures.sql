{%- set rows = [] -%}
{%- for table, form in public_tables().items() -%}
    {%- for measure_group, measures in form['measures'].items() -%}
        {%- for measure in ([form['told_as']] if 'told_as' in form else measures) -%}
            {%- do rows.append("('" ~ table ~ "', '" ~ measure_group ~ "', '" ~ measure ~ "')") -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor -%}

with listed (table_name, measure_group, measure) as (
    values
    {{ rows | join(',\n    ') }}
),

final as (
    select * from listed
)

select * from final
