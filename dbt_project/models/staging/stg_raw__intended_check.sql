with source as (
    select * from {{ source('raw', 'intended_check') }}
),

final as (
    select
        tool,
        door,
        check_id,
        dimension,
        entity,
        column_name,
        severity,
        description,
        expected,
        is_of_the_record
    from source
)

select * from final
