with suppressed as (
    select * from {{ ref('int_suppress_cells') }}
),

final as (
    select
        edition_id,
        table_name,
        cut_id,
        segment_id,
        node_id,
        key,
        measure,
        rule,
        n::integer as n
    from suppressed
)

select * from final
