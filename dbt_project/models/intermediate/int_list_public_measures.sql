{%- set tables = public_tables() -%}

with listed (table_name, measure_group, measure) as (
    values
    {%- for table, form in tables.items() %}
        {%- set last_table = loop.last %}
        {%- for measure_group, measures in form['measures'].items() %}
            {%- set last_group = loop.last %}
            {%- for measure in measures %}
                ('{{ table }}', '{{ measure_group }}', '{{ measure }}')
                {{- ',' if not (loop.last and last_group and last_table) }}
            {%- endfor %}
        {%- endfor %}
    {%- endfor %}
),

final as (
    select * from listed
)

select * from final
