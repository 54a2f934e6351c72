with clusters as (
    select * from {{ ref('int_pivot_characteristics') }}
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

voivodeships as (
    select * from {{ ref('voivodeship') }}
),

-- A cut that an edition does not have leaves its column null.
segments as (
    select
        edition_id,
        cluster_id,
        max(segment_id) filter (where cut_id = 'kkk_status') as kkk_status,
        max(segment_id) filter (where cut_id = 'kkk_plans') as kkk_plans,
        max(segment_id) filter (where cut_id = 'size') as size,
        max(segment_id) filter (where cut_id = 'age') as age,
        max(segment_id) filter (where cut_id = 'strategy') as strategy,
        max(segment_id) filter (where cut_id = 'industry') as industry
    from assignments
    group by edition_id, cluster_id
),

final as (
    select
        clusters.edition_id,
        clusters.cluster_id,
        clusters.cluster_name as name,
        clusters.coordinator_name as coordinator,
        clusters.founded_year,
        clusters.age_counts_from,
        clusters.members,
        clusters.enterprises,
        clusters.science_institutions,
        clusters.voivodeship,
        voivodeships.nuts1_region,
        clusters.pkd_division,
        segments.kkk_status,
        segments.kkk_plans,
        segments.size,
        segments.age,
        segments.strategy,
        segments.industry
    from clusters
    left join segments on clusters.edition_id = segments.edition_id and clusters.cluster_id = segments.cluster_id
    left join voivodeships on clusters.voivodeship = voivodeships.voivodeship
)

select * from final
