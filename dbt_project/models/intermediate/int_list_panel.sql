with pairs as (
    select * from {{ ref('int_pair_editions') }}
),

clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

lineage as (
    select * from {{ ref('cluster_lineage') }}
),

-- A cluster that was merged or split is another one afterwards, whatever its name.
changed_clusters as (
    select
        edition_id,
        unnest([predecessor_cluster_id, successor_cluster_id]) as cluster_id
    from lineage
),

constant_clusters as (
    select
        pairs.edition_id,
        pairs.previous_edition_id,
        clusters.cluster_id
    from pairs
    inner join clusters on pairs.edition_id = clusters.edition_id
    inner join clusters as earlier
        on pairs.previous_edition_id = earlier.edition_id and clusters.cluster_id = earlier.cluster_id
    left join changed_clusters
        on
            clusters.cluster_id = changed_clusters.cluster_id
            and pairs.previous_edition_id < changed_clusters.edition_id
            and pairs.edition_id >= changed_clusters.edition_id
    where changed_clusters.cluster_id is null
),

final as (
    select
        pairs.edition_id,
        pairs.previous_edition_id,
        'all' as basis,
        clusters.edition_id as of_edition_id,
        clusters.cluster_id
    from pairs
    inner join clusters on clusters.edition_id in (pairs.edition_id, pairs.previous_edition_id)
    union all
    select
        edition_id,
        previous_edition_id,
        'panel' as basis,
        unnest([edition_id, previous_edition_id]) as of_edition_id,
        cluster_id
    from constant_clusters
)

select * from final
