with source as (
    select * from {{ source('raw', 'cluster_lineage') }}
),

final as (
    select
        edition_id,
        kind,
        predecessor_cluster_id,
        successor_cluster_id,
        note
    from source
)

select * from final
