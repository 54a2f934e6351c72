with editions as (
    select * from {{ ref('int_list_editions') }}
),

final as (
    select
        editions.edition_id,
        earlier.edition_id as previous_edition_id,
        editions.quartile_method,
        editions.fence_factor
    from editions
    inner join editions as earlier
        on editions.conforms_to = earlier.conforms_to and editions.edition_id > earlier.edition_id
)

select * from final
