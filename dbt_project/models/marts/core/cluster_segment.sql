with assignments as (
    select * from {{ ref('int_assign_segments') }}
),

final as (
    select
        edition_id,
        cut_id,
        cluster_id,
        segment_id
    from assignments
)

select * from final
