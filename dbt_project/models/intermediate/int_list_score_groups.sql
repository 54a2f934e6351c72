with scores as (
    select * from {{ ref('fct_score') }}
    where level != 'indicator' and score is not null
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

panel as (
    select * from {{ ref('int_list_panel') }}
    where basis = 'panel'
),

-- Who took part in another edition as well is a group like a segment.
memberships as (
    select
        edition_id,
        cut_id,
        segment_id,
        cluster_id
    from assignments
    union all
    select
        of_edition_id as edition_id,
        'panel' as cut_id,
        (case of_edition_id when edition_id then previous_edition_id else edition_id end)::varchar as segment_id,
        cluster_id
    from panel
),

sets as (
    select
        edition_id,
        node_id,
        string_agg(cluster_id, ';' order by cluster_id) as cluster_ids
    from scores
    group by edition_id, node_id
),

groups as (
    select
        scores.edition_id,
        scores.node_id,
        memberships.cut_id,
        memberships.segment_id,
        string_agg(scores.cluster_id, ';' order by scores.cluster_id) as members,
        list(scores.score order by scores.cluster_id) as scores
    from scores
    inner join memberships
        on scores.edition_id = memberships.edition_id and scores.cluster_id = memberships.cluster_id
    group by scores.edition_id, scores.node_id, memberships.cut_id, memberships.segment_id
),

final as (
    select
        groups.edition_id,
        groups.node_id,
        sets.cluster_ids,
        groups.cut_id,
        groups.segment_id,
        groups.members,
        groups.scores
    from groups
    inner join sets on groups.edition_id = sets.edition_id and groups.node_id = sets.node_id
)

select * from final
