with source as (
    select * from {{ source('raw', 'option') }}
),

final as (
    select
        edition_id,
        survey,
        question_id,
        option_id,
        position,
        header,
        code,
        label_pl,
        label_en,
        value,
        is_other
    from source
)

select * from final
