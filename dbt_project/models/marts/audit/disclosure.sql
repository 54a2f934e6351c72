with public_rows as (
    select * from {{ ref('int_list_public_rows') }}
),

measures as (
    select * from {{ ref('int_list_public_measures') }}
),

hidden_sums as (
    select * from {{ ref('int_hide_sums') }}
),

hidden_details as (
    select * from {{ ref('int_hide_details') }}
),

-- Groups of clusters of which something is hidden, whatever the table; null measures are every figure.
hidden_groups as (
    select * from hidden_details
    union all
    select * from hidden_sums
    union all
    -- Of the earlier edition of a comparison: whatever its node is called there.
    select * replace ('panel' as item)
    from hidden_sums
    where cut_id = 'panel'
),

hidden_items as (
    select
        edition_id,
        item,
        cut_id,
        segment_id,
        list(measure_group) filter (where measure_group is not null) as measure_groups,
        min(rule) filter (where measure_group is null) as rule,
        min(rule) filter (where measure_group is not null) as rule_of_measures
    from hidden_groups
    group by edition_id, item, cut_id, segment_id
),

cells as (
    select
        * exclude (measures),
        unnest(measures) as measure
    from public_rows
),

grouped as (
    select
        cells.*,
        case measures.measure_group when 'row' then cells.row_group else measures.measure_group end as measure_group,
        -- How many clusters are in a segment is no secret; how many gave an indicator's value is.
        measures.measure_group != 'counts' or cells.family != 'whole' as can_be_hidden
    from cells
    inner join measures on cells.table_name = measures.table_name and cells.measure = measures.measure
),

thresholds as (
    select
        {{ policy('minimum_n', 'figures') }} as for_figures,
        {{ policy('minimum_n', 'median') }} as for_median,
        {{ policy('minimum_n', 'quartiles') }} as for_quartiles,
        {{ policy('minimum_n', 'extremes') }} as for_extremes,
        {{ policy('extremes_of_all', 'extremes') }} as extremes_of_all,
        {{ policy_scope('one_cut') }} as one_cut
),

-- The first rule that holds is the one that is told.
judged as (
    select
        grouped.*,
        case
            when
                grouped.family in ('indicator', 'option', 'opinion')
                and grouped.cut_id not in ('all', thresholds.one_cut)
                then 'one_cut'
            when grouped.n < thresholds.for_figures then 'minimum_n'
            when
                grouped.measure_group = 'extremes' and grouped.cut_id != 'all' and thresholds.extremes_of_all = 1
                then 'extremes_of_all'
            when hidden_items.rule is not null then hidden_items.rule
            when earlier.rule is not null then earlier.rule
            when grouped.measure_group = 'extremes' and grouped.n < thresholds.for_extremes then 'minimum_n'
            when grouped.measure_group = 'quartiles' and grouped.n < thresholds.for_quartiles then 'minimum_n'
            when grouped.measure_group = 'median' and grouped.n < thresholds.for_median then 'minimum_n'
            when list_contains(hidden_items.measure_groups, grouped.measure_group) then hidden_items.rule_of_measures
            when list_contains(earlier.measure_groups, grouped.measure_group) then earlier.rule_of_measures
        end as rule
    from grouped
    cross join thresholds
    left join hidden_items
        on
            grouped.edition_id = hidden_items.edition_id
            and grouped.item = hidden_items.item
            and grouped.cut_id = hidden_items.cut_id
            and grouped.segment_id = hidden_items.segment_id
    left join hidden_items as earlier
        on
            grouped.earlier_edition_id = earlier.edition_id
            and grouped.earlier_item = earlier.item
            and grouped.cut_id = earlier.cut_id
            and grouped.earlier_segment_id = earlier.segment_id
    where grouped.can_be_hidden
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
    from judged
    where rule is not null
)

select * from final
