with cluster_editions as (
    select * from {{ ref('dim_cluster_edition') }}
),

final as (
    select
        cluster_id,
        max_by(name, edition_id) as name,
        min(edition_id) as first_edition_id,
        max(edition_id) as last_edition_id,
        count(*)::integer as n_editions
    from cluster_editions
    group by cluster_id
)

select * from final
