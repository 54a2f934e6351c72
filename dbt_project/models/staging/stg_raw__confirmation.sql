with source as (
    select * from {{ source('raw', 'confirmation') }}
),

final as (
    select
        edition_id,
        question_id,
        option_ids,
        coordinator_question_ids,
        contradicted_at_most,
        contradicted_at_least
    from source
)

select * from final
