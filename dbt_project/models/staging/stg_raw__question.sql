with source as (
    select * from {{ source('raw', 'question') }}
),

final as (
    select
        edition_id,
        survey,
        question_id,
        position,
        header,
        type,
        wording_pl,
        wording_en,
        unit,
        multiplier,
        reference_year,
        asked_if_question,
        asked_if_option,
        hard_minimum,
        hard_maximum,
        plausible_minimum,
        plausible_maximum,
        required,
        question_no,
        item_no,
        reference
    from source
)

select * from final
