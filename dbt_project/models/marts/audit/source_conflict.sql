with conflicts as (
    select * from {{ ref('source_conflict_reading') }}
),

final as (
    select
        edition_id,
        subject,
        reading,
        figure,
        source,
        is_taken,
        note
    from conflicts
)

select * from final
