with segments as (
    select * from {{ ref('dim_segment') }}
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

-- A number stands in a cell of no option.
answers as (
    select
        *,
        coalesce(option_id, '') as cell
    from {{ ref('int_correct_answers') }}
),

options as (
    select * from {{ ref('stg_raw__option') }}
),

surveys as (
    select * from {{ ref('stg_raw__survey') }}
    where enters_benchmark
),

-- A question that several indicators are made of belongs to the first.
own_nodes as (
    select
        edition_id,
        question_id,
        min(node_id) as node_id
    from {{ ref('int_list_indicator_parts') }}
    group by edition_id, question_id
),

-- A single choice, and a number that is published in classes, only where an indicator is made of it. What is asked
-- about an answer to another question belongs to that question's indicator.
questions as (
    select
        questions.*,
        coalesce(own_nodes.node_id, asking_nodes.node_id) as node_id
    from {{ ref('stg_raw__question') }} as questions
    inner join surveys on questions.edition_id = surveys.edition_id and questions.survey = surveys.survey
    left join own_nodes
        on questions.edition_id = own_nodes.edition_id and questions.question_id = own_nodes.question_id
    left join own_nodes as asking_nodes
        on questions.edition_id = asking_nodes.edition_id and questions.asked_if_question = asking_nodes.question_id
    where questions.type in ('multiple_choice', 'level') or own_nodes.node_id is not null
),

-- The value of a class of numbers is its lowest number: it ends where the next one begins.
choices as (
    select
        questions.edition_id,
        questions.node_id,
        questions.question_id,
        questions.type,
        options.option_id,
        case when questions.type in ('integer', 'number') then '' else options.option_id end as cell,
        options.position,
        options.value,
        lead(options.value) over (
            partition by questions.edition_id, questions.question_id
            order by options.value
        ) as next_value,
        {{ levels_of('questions.type', 'coalesce(questions.hard_minimum, 0)', 'coalesce(questions.hard_maximum, 2)') }}
            as answer_level
    from questions
    inner join options on questions.edition_id = options.edition_id and questions.question_id = options.question_id
),

-- Who answered the question at all, by the rule that holds for its indicator: a cell that is refused or cannot be read
-- spoils the answer, a blank one beside others says "no", or the lowest level.
answered as (
    select
        answers.edition_id,
        answers.cluster_id,
        answers.question_id
    from answers
    inner join questions
        on answers.edition_id = questions.edition_id and answers.question_id = questions.question_id
    group by answers.edition_id, answers.cluster_id, answers.question_id
    having bool_or(answers.status = 'given') and not bool_or(answers.status in ('refused', 'rejected'))
),

cluster_choices as (
    select
        answered.edition_id,
        answered.cluster_id,
        choices.question_id,
        choices.option_id,
        choices.answer_level,
        coalesce(
            bool_or(
                case choices.type
                    when 'multiple_choice' then answers.answer_number > 0
                    when 'level' then answers.answer_number = choices.answer_level
                    when 'single_choice' then answers.option_id is not null
                    else
                        answers.answer_number >= choices.value
                        and answers.answer_number < coalesce(choices.next_value, 'infinity')
                end
            ),
            coalesce(choices.answer_level = 0, false)
        ) as is_chosen
    from answered
    inner join choices on answered.edition_id = choices.edition_id and answered.question_id = choices.question_id
    left join answers
        on
            answered.edition_id = answers.edition_id
            and answered.cluster_id = answers.cluster_id
            and answered.question_id = answers.question_id
            and choices.cell = answers.cell
            and answers.status = 'given'
    group by
        answered.edition_id,
        answered.cluster_id,
        choices.question_id,
        choices.option_id,
        choices.answer_level
),

counts as (
    select
        assignments.edition_id,
        assignments.cut_id,
        assignments.segment_id,
        cluster_choices.question_id,
        cluster_choices.option_id,
        cluster_choices.answer_level,
        count(*) as n_answering,
        count(*) filter (where cluster_choices.is_chosen) as n_chosen
    from assignments
    inner join cluster_choices
        on
            assignments.edition_id = cluster_choices.edition_id
            and assignments.cluster_id = cluster_choices.cluster_id
    group by all
),

-- Every segment has a row for every option, also a segment without clusters and an option that nobody chose.
final as (
    select
        segments.edition_id,
        segments.cut_id,
        segments.segment_id,
        choices.node_id,
        choices.question_id,
        choices.option_id,
        choices.answer_level,
        choices.position,
        coalesce(counts.n_answering, 0)::integer as n_answering,
        coalesce(counts.n_chosen, 0)::integer as n_chosen,
        counts.n_chosen / counts.n_answering as share
    from segments
    inner join choices on segments.edition_id = choices.edition_id
    left join counts
        on
            segments.edition_id = counts.edition_id
            and segments.cut_id = counts.cut_id
            and segments.segment_id = counts.segment_id
            and choices.question_id = counts.question_id
            and choices.option_id = counts.option_id
            and choices.answer_level is not distinct from counts.answer_level
)

select * from final
