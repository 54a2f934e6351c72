with matches as (
    select * from {{ ref('int_match_nodes') }}
),

node_indicators as (
    select * from {{ ref('int_list_node_indicators') }}
),

-- For every whole: how many of its indicators are comparable, how many it has in either edition, and how many of the
-- comparable ones the earlier edition counts to its own whole as well.
counts as (
    select
        wholes.edition_id,
        wholes.previous_edition_id,
        wholes.node_id,
        count(*) filter (where parts.comparability = 'comparable') as n_parts,
        count(*) as n_indicators,
        count(earlier.indicator_id) filter (where parts.comparability = 'comparable') as n_shared
    from matches as wholes
    inner join node_indicators
        on wholes.edition_id = node_indicators.edition_id and wholes.node_id = node_indicators.node_id
    inner join matches as parts
        on
            wholes.edition_id = parts.edition_id
            and wholes.previous_edition_id = parts.previous_edition_id
            and node_indicators.indicator_id = parts.node_id
    left join node_indicators as earlier
        on
            wholes.previous_edition_id = earlier.edition_id
            and wholes.previous_node_id = earlier.node_id
            and parts.previous_node_id = earlier.indicator_id
    group by wholes.edition_id, wholes.previous_edition_id, wholes.node_id
),

earlier_counts as (
    select
        edition_id,
        node_id,
        count(*) as n_indicators
    from node_indicators
    group by edition_id, node_id
),

wholes as (
    select
        matches.edition_id,
        matches.previous_edition_id,
        matches.node_id,
        matches.level,
        matches.previous_node_id,
        matches.note,
        counts.n_parts,
        counts.n_indicators,
        coalesce(earlier_counts.n_indicators, 0) as n_earlier_indicators,
        case
            when counts.n_parts = 0 then 'new'
            when
                matches.comparability = 'comparable'
                and counts.n_parts = counts.n_indicators
                and counts.n_parts = counts.n_shared
                and counts.n_parts = earlier_counts.n_indicators
                then 'comparable'
            else 'changed'
        end as comparability
    from matches
    inner join counts
        on
            matches.edition_id = counts.edition_id
            and matches.previous_edition_id = counts.previous_edition_id
            and matches.node_id = counts.node_id
    left join earlier_counts
        on
            matches.previous_edition_id = earlier_counts.edition_id
            and matches.previous_node_id = earlier_counts.node_id
    where matches.level != 'indicator'
),

final as (
    select
        edition_id,
        previous_edition_id,
        node_id,
        level,
        previous_node_id,
        comparability,
        note,
        null::bigint as n_parts
    from matches
    where level = 'indicator'
    union all
    select
        edition_id,
        previous_edition_id,
        node_id,
        level,
        previous_node_id,
        comparability,
        case comparability
            when 'changed'
                then
                    concat_ws(
                        '; ',
                        format(
                            'recomputed on the {} comparable indicators; {} has {}, {} has {}',
                            n_parts, edition_id, n_indicators, previous_edition_id, n_earlier_indicators
                        ),
                        nullif(note, '')
                    )
            else note
        end as note,
        n_parts
    from wholes
)

select * from final
