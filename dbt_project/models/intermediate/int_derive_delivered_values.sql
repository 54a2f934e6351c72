with corrections as (
    select * from {{ ref('int_judge_answer_corrections') }}
    where outcome = 'applied'
),

indicator_parts as (
    select * from {{ ref('int_list_indicator_parts') }}
),

answers as (
    select * from {{ ref('stg_raw__answer') }}
),

-- The values that rest on a corrected answer, and of these clusters and indicators all that goes into them.
affected as (
    select distinct
        corrections.edition_id,
        corrections.cluster_id,
        indicator_parts.node_id
    from corrections
    inner join indicator_parts
        on
            corrections.edition_id = indicator_parts.edition_id
            and corrections.question_id = indicator_parts.question_id
),

clusters as (
    select distinct
        edition_id,
        cluster_id
    from affected
),

nodes as (
    select distinct
        edition_id,
        node_id
    from affected
),

parts as (
    select indicator_parts.*
    from indicator_parts
    inner join nodes on indicator_parts.edition_id = nodes.edition_id and indicator_parts.node_id = nodes.node_id
),

input_questions as (
    select distinct
        edition_id,
        question_id
    from parts
),

delivered as (
    select
        answers.*,
        false as is_corrected
    from answers
    inner join clusters on answers.edition_id = clusters.edition_id and answers.cluster_id = clusters.cluster_id
),

combined as (
    {{ combine_answers('delivered', 'input_questions') }}
),

derived as (
    {{ derive_values('clusters', 'parts', 'combined') }}
),

final as (
    select
        derived.edition_id,
        derived.cluster_id,
        derived.node_id,
        derived.value,
        derived.status
    from derived
    inner join affected
        on
            derived.edition_id = affected.edition_id
            and derived.cluster_id = affected.cluster_id
            and derived.node_id = affected.node_id
)

select * from final
