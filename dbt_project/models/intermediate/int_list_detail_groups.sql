with assignments as (
    select * from {{ ref('int_assign_segments') }}
    where cut_id = {{ policy_scope('one_cut') }}
),

-- `place` is where a value lies between the least and the largest of the edition, from 0 to 1.
indicator_values as (
    select
        *,
        coalesce(
            (value - min(value) over (partition by edition_id, node_id))
            / nullif(
                max(value) over (partition by edition_id, node_id) - min(value) over (partition by edition_id, node_id),
                0
            ),
            0
        ) as place
    from {{ ref('fct_indicator_value') }}
    where value is not null
),

scores as (
    select * from {{ ref('fct_score') }}
    where level = 'indicator'
),

options as (
    select * from {{ ref('option_share') }}
    where cut_id in ({{ policy_scope('one_cut') }}, 'all')
),

opinions as (
    select * from {{ ref('member_opinion') }}
    where cut_id in ({{ policy_scope('one_cut') }}, 'all')
),

trend_values as (
    select * from {{ ref('int_list_trend_values') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

-- Where all values are the same there is no score: all are as near to each other as can be.
of_indicators as (
    select
        indicator_values.edition_id,
        indicator_values.node_id as item,
        'scores' as kind,
        assignments.segment_id,
        count(*) as n,
        count(*) as n_answers,
        []::bigint[] as counts,
        list(coalesce(scores.score, 0) order by indicator_values.cluster_id) as scores,
        list(indicator_values.place order by indicator_values.cluster_id) as places,
        list(indicator_values.value order by indicator_values.cluster_id) as amounts
    from indicator_values
    inner join scores
        on
            indicator_values.edition_id = scores.edition_id
            and indicator_values.cluster_id = scores.cluster_id
            and indicator_values.node_id = scores.node_id
    left join assignments
        on
            indicator_values.edition_id = assignments.edition_id
            and indicator_values.cluster_id = assignments.cluster_id
    group by indicator_values.edition_id, indicator_values.node_id, assignments.segment_id
),

of_trend as (
    select
        edition_id,
        measure as item,
        'amounts' as kind,
        null as segment_id,
        count(*) as n,
        count(*) as n_answers,
        []::bigint[] as counts,
        []::double[] as scores,
        []::double[] as places,
        list(value order by cluster_id) as amounts
    from trend_values
    where value is not null
    group by edition_id, measure
),

-- Those who chose and those who did not. An option that is not one of several to be ticked decides a score.
of_options as (
    select
        options.edition_id,
        concat_ws('/', options.question_id, options.option_id, options.answer_level) as item,
        case when questions.type in ('multiple_choice', 'level') then 'ticks' else 'choices' end as kind,
        options.segment_id,
        options.n_answering as n,
        options.n_answering as n_answers,
        [options.n_chosen, options.n_answering - options.n_chosen] as counts,
        []::double[] as scores,
        []::double[] as places,
        []::double[] as amounts
    from options
    inner join questions
        on options.edition_id = questions.edition_id and options.question_id = questions.question_id
),

of_opinions as (
    select
        edition_id,
        question_id as item,
        'answers' as kind,
        segment_id,
        max(n_clusters) as n,
        max(n_valid) as n_answers,
        list(coalesce(n_chosen, 0) order by option_id) as counts,
        []::double[] as scores,
        []::double[] as places,
        []::double[] as amounts
    from opinions
    group by edition_id, question_id, segment_id
),

final as (
    select * from of_indicators
    union all
    select * from of_trend
    union all
    select * from of_options
    union all
    select * from of_opinions
)

select * from final
