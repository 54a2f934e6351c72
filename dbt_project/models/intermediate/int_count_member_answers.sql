with editions as (
    select * from {{ ref('int_list_editions') }}
),

clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

member_options as (
    select * from {{ ref('int_list_member_options') }}
),

member_questions as (
    select distinct
        edition_id,
        survey,
        question_id,
        type
    from member_options
),

confirmations as (
    select * from {{ ref('stg_raw__confirmation') }}
),

surveys as (
    select distinct
        edition_id,
        survey
    from member_questions
),

answers as (
    select answer.*
    from {{ ref('int_correct_answers') }} as answer
    inner join surveys on answer.edition_id = surveys.edition_id and answer.survey = surveys.survey
),

respondents as (
    select
        edition_id,
        survey,
        cluster_id,
        count(distinct respondent_id) as n_respondents
    from answers
    group by edition_id, survey, cluster_id
),

-- A cell of a question with a column per option is a choice when it is ticked, a cell of a single choice in any case.
cells as (
    select
        answers.edition_id,
        answers.cluster_id,
        answers.respondent_id,
        answers.question_id,
        answers.option_id,
        answers.status,
        case when answers.status = 'given' then answers.answer_number end as answer_number,
        answers.status = 'given'
        and (member_questions.type = 'single_choice' or answers.answer_number > 0) as is_chosen,
        list_contains(string_split(confirmations.option_ids, ';'), answers.option_id) as confirms
    from answers
    inner join member_questions
        on answers.edition_id = member_questions.edition_id and answers.question_id = member_questions.question_id
    left join confirmations
        on answers.edition_id = confirmations.edition_id and answers.question_id = confirmations.question_id
),

-- One row per respondent and question: several options may be ticked.
said as (
    select
        edition_id,
        cluster_id,
        question_id,
        bool_or(status != 'skipped') as is_asked,
        bool_or(status = 'given') as is_valid,
        bool_or(is_chosen and option_id is not null and confirms) as is_confirming,
        max(answer_number) as answer_number
    from cells
    group by edition_id, cluster_id, respondent_id, question_id
),

counted as (
    select
        edition_id,
        cluster_id,
        question_id,
        count(*) filter (where is_asked) as n_asked,
        count(*) filter (where is_valid) as n_valid,
        count(*) filter (where is_confirming) as n_confirming,
        count(answer_number) as n_numbers,
        {{ ordered_sum('answer_number') }} as total
    from said
    group by edition_id, cluster_id, question_id
),

chosen as (
    select
        edition_id,
        cluster_id,
        question_id,
        option_id,
        count(*) as n_chosen
    from cells
    where is_chosen
    group by edition_id, cluster_id, question_id, option_id
),

-- Every cluster has every option of every question, also a cluster without respondents.
grid as (
    select
        member_options.edition_id,
        member_options.survey,
        clusters.cluster_id,
        clusters.members,
        member_options.question_id,
        member_options.option_id,
        member_options.type,
        editions.minimum_respondents,
        editions.confidence_level,
        coalesce(respondents.n_respondents, 0)::integer as n_respondents,
        coalesce(counted.n_asked, 0)::integer as n_asked,
        coalesce(counted.n_valid, 0)::integer as n_valid,
        case when member_options.option_id is not null then coalesce(chosen.n_chosen, 0)::integer end as n_chosen,
        coalesce(counted.n_confirming, 0)::integer as n_confirming,
        coalesce(counted.n_numbers, 0)::integer as n_numbers,
        counted.total
    from member_options
    inner join editions on member_options.edition_id = editions.edition_id
    inner join clusters on member_options.edition_id = clusters.edition_id
    left join respondents
        on
            member_options.edition_id = respondents.edition_id
            and member_options.survey = respondents.survey
            and clusters.cluster_id = respondents.cluster_id
    left join counted
        on
            member_options.edition_id = counted.edition_id
            and clusters.cluster_id = counted.cluster_id
            and member_options.question_id = counted.question_id
    left join chosen
        on
            member_options.edition_id = chosen.edition_id
            and clusters.cluster_id = chosen.cluster_id
            and member_options.question_id = chosen.question_id
            and member_options.option_id = chosen.option_id
),

-- The number of a single choice is a rating, that of a question without options a figure; a tick's is neither.
final as (
    select
        edition_id,
        survey,
        cluster_id,
        members,
        question_id,
        option_id,
        minimum_respondents,
        confidence_level,
        n_respondents,
        n_asked,
        n_valid,
        n_chosen,
        n_confirming,
        case when type = 'single_choice' then n_numbers else 0 end as n_rated,
        case when type = 'single_choice' then total end as total_rating,
        case when option_id is null then n_numbers else 0 end as n_numbers,
        case when option_id is null then total end as total_number,
        {{ asked_population('members', 'n_respondents', 'n_asked', 'n_valid') }} as population
    from grid
)

select * from final
