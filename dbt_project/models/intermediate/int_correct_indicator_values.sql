with indicator_values as (
    select * from {{ ref('int_derive_indicator_values') }}
),

corrections as (
    select * from {{ ref('int_judge_indicator_corrections') }}
    where outcome = 'applied'
),

final as (
    select
        indicator_values.edition_id,
        indicator_values.cluster_id,
        indicator_values.node_id,
        case when corrections.action is null then indicator_values.value else corrections.new_number end as value,
        case corrections.action
            when 'override' then 'reported'
            when 'drop' then 'missing'
            else indicator_values.status
        end as status,
        indicator_values.is_corrected or corrections.action is not null as is_corrected
    from indicator_values
    left join corrections
        on
            indicator_values.edition_id = corrections.edition_id
            and indicator_values.cluster_id = corrections.cluster_id
            and indicator_values.node_id = corrections.node_id
)

select * from final
