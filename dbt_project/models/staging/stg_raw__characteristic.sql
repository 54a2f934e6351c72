with source as (
    select * from {{ source('raw', 'characteristic') }}
),

final as (
    select
        edition_id,
        characteristic,
        category,
        position,
        kind,
        question_id,
        whole_question_id,
        name_pl,
        name_en
    from source
)

select * from final
