{{ config(meta={"dimension": "consistency"}) }}

-- A figure is null in a public table and not in the table it is made of exactly where audit.disclosure says so.
{%- set tables = public_tables() %}

with told as (
    select * from {{ ref('disclosure') }}
),

hidden_figures as (
    {%- for table, form in tables.items() %}
        {%- set last_table = loop.last %}
        {%- set measures = form['measures'].values() | sum(start=[]) %}
        select
            '{{ table }}' as table_name,
            complete.edition_id,
            {{ row_key(table, 'complete') }} as key,
            unnest(list_distinct([
                {%- for measure in measures %}
                    case
                        when complete.{{ measure }} is not null and shown.{{ measure }} is null
                            then '{{ form.get('told_as', measure) }}'
                    end
                    {{- ',' if not loop.last }}
                {%- endfor %}
            ])) as measure
        from {{ ref(table) }} as complete
        left join {{ ref('public_' ~ table) }} as shown
            on
                complete.edition_id = shown.edition_id
                and {{ row_key(table, 'complete') }} = {{ row_key(table, 'shown') }}
        {{ 'union all' if not last_table }}
    {%- endfor %}
),

hidden as (
    select * from hidden_figures
    where measure is not null
)

select
    coalesce(told.table_name, hidden.table_name) as table_name,
    coalesce(told.edition_id, hidden.edition_id) as edition_id,
    coalesce(told.key, hidden.key) as key,
    coalesce(told.measure, hidden.measure) as measure
from told
full outer join hidden
    on
        told.table_name = hidden.table_name
        and told.edition_id = hidden.edition_id
        and told.key = hidden.key
        and told.measure = hidden.measure
where told.key is null or hidden.key is null
