with measures as (
    select * from {{ ref('trend_measure') }}
),

editions as (
    select * from {{ ref('int_list_editions') }}
),

clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

answers as (
    select * from {{ ref('int_correct_answers') }}
),

conformance as (
    select * from {{ ref('node_conformance') }}
    where is_asked
),

rules as (
    select distinct
        edition_id,
        node_id,
        scale
    from {{ ref('int_list_indicator_parts') }}
),

indicator_values as (
    select * from {{ ref('fct_indicator_value') }}
),

-- Left joins: what was asked has a row even if nobody answered. One for each cluster counts it.
cluster_values as (
    select
        editions.edition_id,
        measures.measure,
        clusters.cluster_id,
        case when clusters.cluster_id is not null then 1.0::double end as value,
        'comparable' as comparability,
        null::varchar as note
    from measures
    cross join editions
    left join clusters on editions.edition_id = clusters.edition_id
    where measures.source_kind = 'cluster'
),

question_values as (
    select
        questions.edition_id,
        measures.measure,
        answers.cluster_id,
        case
            when answers.status = 'given'
                then answers.answer_number * coalesce(questions.multiplier, 1) / measures.scale
        end as value,
        'comparable' as comparability,
        null::varchar as note
    from measures
    inner join questions on measures.source_kind = 'question' and measures.source = questions.question_id
    left join answers
        on questions.edition_id = answers.edition_id and questions.question_id = answers.question_id
),

node_values as (
    select
        conformance.edition_id,
        measures.measure,
        indicator_values.cluster_id,
        indicator_values.value * rules.scale / measures.scale as value,
        conformance.comparability,
        conformance.note
    from measures
    inner join conformance on measures.source_kind = 'node' and measures.source = conformance.today_node_id
    inner join rules on conformance.edition_id = rules.edition_id and conformance.node_id = rules.node_id
    left join indicator_values
        on conformance.edition_id = indicator_values.edition_id and conformance.node_id = indicator_values.node_id
),

final as (
    select * from cluster_values
    union all
    select * from question_values
    union all
    select * from node_values
)

select * from final
