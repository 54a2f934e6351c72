with parts as (
    select * from {{ ref('int_list_indicator_parts') }}
),

final as (
    select
        edition_id,
        node_id,
        question_id,
        kind,
        multiplier,
        scale,
        blank_means
    from parts
)

select * from final
