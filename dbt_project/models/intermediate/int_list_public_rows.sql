with listed as (
    {%- for table, form in public_tables().items() %}
        select
            '{{ table }}' as table_name,
            edition_id,
            {{ row_key(table) }} as key,
            {{ form.get('family', 'null') }} as family,
            {{ form['item'] }} as item,
            {{ form.get('cut') or ("cut_id" if "cut_id" in form['keys'] else "'all'") }} as cut_id,
            {{ form.get('segment') or ("segment_id" if "cut_id" in form['keys'] else "'all'") }} as segment_id,
            {{ form.get('earlier', 'null::integer') }} as earlier_edition_id,
            {{ form.get('earlier_segment', "'all'") }} as earlier_segment_id,
            {{ form.get('earlier_item', form['item']) }} as earlier_item,
            {{ "node_id" if "node_id" in form['keys'] or table == 'option_share' else "null" }} as node_id,
            {{ form.get('n', 'null::integer') }} as n,
            {{ form.get('group', 'null') }} as row_group,
            {{ measures_there(form) }} as measures
        from {{ ref(table) }}
        {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- What a table does not say of a row, the other rows about the same item and group do.
final as (
    select
        * replace (
            coalesce(family, max(family) over (partition by edition_id, item)) as family,
            coalesce(n, max(n) over (partition by edition_id, item, cut_id, segment_id)) as n
        )
    from listed
)

select * from final
