with editions as (
    select * from {{ ref('int_list_editions') }}
),

rules as (
    select * from {{ ref('stg_raw__indicator_rule') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

inputs as (
    select
        edition_id,
        node_id,
        kind,
        scale,
        blank_means,
        {{ split_items('inputs') }} as question_id
    from rules
),

parts as (
    select
        editions.edition_id,
        inputs.node_id,
        inputs.question_id,
        inputs.kind,
        inputs.scale,
        inputs.blank_means,
        coalesce(questions.multiplier, 1) as multiplier,
        bool_and(questions.question_id is not null)
            over (partition by editions.edition_id, inputs.node_id) as is_asked
    from editions
    inner join inputs on editions.edition_id = inputs.edition_id
    left join questions
        on editions.edition_id = questions.edition_id and inputs.question_id = questions.question_id
),

-- An indicator is asked only if the edition asks every question it is made of.
final as (
    select * exclude (is_asked)
    from parts
    where is_asked
)

select * from final
