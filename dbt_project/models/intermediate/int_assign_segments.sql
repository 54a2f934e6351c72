with editions as (
    select * from {{ ref('int_list_editions') }}
),

clusters as (
    select * from {{ ref('int_pivot_characteristics') }}
),

answers as (
    select * from {{ ref('int_correct_answers') }}
),

indicator_values as (
    select * from {{ ref('int_correct_indicator_values') }}
),

cuts as (
    select cut.*
    from {{ ref('stg_raw__cut') }} as cut
    inner join editions on cut.edition_id = editions.edition_id
),

segments as (
    select * from {{ ref('stg_raw__segment') }}
),

-- What a cut looks at: a characteristic of the cluster, the value of an indicator, or nothing (every cluster).
attributes as (
    select
        cuts.edition_id,
        cuts.cut_id,
        answers.cluster_id,
        answers.option_id as category,
        answers.answer_number as number
    from cuts
    inner join answers on cuts.edition_id = answers.edition_id and cuts.attribute = answers.question_id
    where answers.status = 'given'
    union all
    select
        cuts.edition_id,
        cuts.cut_id,
        indicator_values.cluster_id,
        null as category,
        indicator_values.value as number
    from cuts
    inner join indicator_values
        on cuts.edition_id = indicator_values.edition_id and cuts.attribute = indicator_values.node_id
    union all
    select
        cuts.edition_id,
        cuts.cut_id,
        clusters.cluster_id,
        null as category,
        0 as number
    from cuts
    inner join clusters on cuts.edition_id = clusters.edition_id
    where cuts.attribute is null
),

final as (
    select
        attributes.edition_id,
        attributes.cut_id,
        attributes.cluster_id,
        segments.segment_id
    from attributes
    inner join segments
        on
            attributes.edition_id = segments.edition_id
            and attributes.cut_id = segments.cut_id
            and case
                when segments.category is not null then attributes.category = segments.category
                else
                    attributes.number >= coalesce(segments.lower_bound, attributes.number)
                    and attributes.number <= coalesce(segments.upper_bound, attributes.number)
            end
)

select * from final
