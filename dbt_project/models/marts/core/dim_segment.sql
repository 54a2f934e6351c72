with editions as (
    select * from {{ ref('int_list_editions') }}
),

cuts as (
    select * from {{ ref('stg_raw__cut') }}
),

segments as (
    select * from {{ ref('stg_raw__segment') }}
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

counts as (
    select
        edition_id,
        cut_id,
        segment_id,
        count(*) as n_clusters
    from assignments
    group by edition_id, cut_id, segment_id
),

final as (
    select
        segments.edition_id,
        segments.cut_id,
        segments.segment_id,
        segments.position,
        segments.name_pl,
        segments.name_en,
        cuts.name_pl as cut_name_pl,
        cuts.name_en as cut_name_en,
        segments.lower_bound,
        segments.upper_bound,
        cuts.provenance,
        coalesce(counts.n_clusters, 0)::integer as n_clusters
    from segments
    inner join editions on segments.edition_id = editions.edition_id
    inner join cuts on segments.edition_id = cuts.edition_id and segments.cut_id = cuts.cut_id
    left join counts
        on
            segments.edition_id = counts.edition_id
            and segments.cut_id = counts.cut_id
            and segments.segment_id = counts.segment_id
)

select * from final
