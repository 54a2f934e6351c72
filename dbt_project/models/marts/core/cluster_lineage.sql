with lineage as (
    select * from {{ ref('stg_raw__cluster_lineage') }}
),

final as (
    select
        edition_id,
        kind,
        predecessor_cluster_id,
        successor_cluster_id,
        note
    from lineage
)

select * from final
