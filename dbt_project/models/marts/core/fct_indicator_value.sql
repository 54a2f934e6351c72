with indicator_values as (
    select * from {{ ref('int_correct_indicator_values') }}
),

editions as (
    select * from {{ ref('int_list_editions') }}
),

final as (
    select
        indicator_values.edition_id,
        indicator_values.cluster_id,
        indicator_values.node_id,
        indicator_values.value,
        indicator_values.status,
        indicator_values.is_corrected,
        editions.delivery_id
    from indicator_values
    inner join editions on indicator_values.edition_id = editions.edition_id
)

select * from final
