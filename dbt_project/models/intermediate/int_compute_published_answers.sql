with figures as (
    select * from {{ ref('published_figure') }}
    where mart = 'fct_answer'
),

questions as (
    select distinct
        edition_id,
        subject_id as question_id
    from figures
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

editions as (
    select * from {{ ref('dim_edition') }}
),

nodes as (
    select * from {{ ref('dim_node') }}
),

answers as (
    select answers.*
    from {{ ref('fct_answer') }} as answers
    inner join questions on answers.edition_id = questions.edition_id and answers.question_id = questions.question_id
    where answers.status in ('given', 'blank')
),

-- One number per cluster, for these questions are of the register and the coordinators' survey.
numbers as (
    select
        figures.figure_id,
        figures.measure,
        coalesce(answers.answer_number, case when nodes.blank_means = 'zero' then 0 end) as number
    from figures
    inner join answers on figures.edition_id = answers.edition_id and figures.subject_id = answers.question_id
    inner join assignments
        on
            figures.edition_id = assignments.edition_id
            and figures.cut_id = assignments.cut_id
            and figures.segment_id = assignments.segment_id
            and answers.cluster_id = assignments.cluster_id
    inner join editions on figures.edition_id = editions.edition_id
    left join nodes on editions.framework_id = nodes.framework_id and figures.node_id = nodes.node_id
),

final as (
    select
        figure_id,
        case measure
            when 'total' then {{ ordered_sum('number') }}
            when 'mean' then {{ ordered_sum('number') }} / nullif(count(number), 0)
            when 'n_zero' then count(*) filter (where number = 0)
            when 'n_positive' then count(*) filter (where number > 0)
        end as computed
    from numbers
    group by figure_id, measure
)

select * from final
