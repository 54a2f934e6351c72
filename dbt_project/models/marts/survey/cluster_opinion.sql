with member_options as (
    select * from {{ ref('int_list_member_options') }}
),

counts as (
    select * from {{ ref('int_count_member_answers') }}
),

intervals as (
    select * from {{ ref('int_estimate_share_interval') }}
),

confirmations as (
    select * from {{ ref('stg_raw__confirmation') }}
),

answers as (
    select * from {{ ref('int_correct_answers') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

coordinator_questions as (
    select
        edition_id,
        question_id,
        {{ split_items('coordinator_question_ids') }} as coordinator_question_id
    from confirmations
),

-- A coordinator who answered none of the questions has no row.
coordinators as (
    select
        coordinator_questions.edition_id,
        coordinator_questions.question_id,
        answers.cluster_id,
        max(answers.answer_number) > 0 as says,
        {{ ordered_sum('answers.answer_number * coalesce(questions.multiplier, 1)') }} as value
    from coordinator_questions
    inner join questions
        on
            coordinator_questions.edition_id = questions.edition_id
            and coordinator_questions.coordinator_question_id = questions.question_id
    inner join answers
        on questions.edition_id = answers.edition_id and questions.question_id = answers.question_id
    where answers.status = 'given' and answers.answer_number is not null
    group by coordinator_questions.edition_id, coordinator_questions.question_id, answers.cluster_id
),

compared as (
    select
        counts.*,
        counts.n_chosen / nullif(counts.n_valid, 0) as share,
        counts.n_respondents < counts.minimum_respondents as is_below_minimum,
        confirmations.coordinator_question_ids,
        confirmations.contradicted_at_most,
        confirmations.contradicted_at_least,
        coordinators.says as coordinator_says,
        coordinators.value as coordinator_value,
        case when confirmations.question_id is not null then counts.n_confirming end as n_confirmed_by,
        case
            when confirmations.question_id is not null then counts.n_confirming / nullif(counts.n_valid, 0)
        end as share_confirming
    from counts
    left join confirmations
        on counts.edition_id = confirmations.edition_id and counts.question_id = confirmations.question_id
    left join coordinators
        on
            counts.edition_id = coordinators.edition_id
            and counts.question_id = coordinators.question_id
            and counts.cluster_id = coordinators.cluster_id
),

final as (
    select
        compared.edition_id,
        compared.cluster_id,
        member_options.survey,
        member_options.question_no,
        member_options.item_no,
        compared.question_id,
        member_options.question_pl,
        member_options.question_en,
        compared.option_id,
        member_options.option_position,
        member_options.option_pl,
        member_options.option_en,
        compared.n_respondents,
        compared.is_below_minimum,
        compared.n_asked,
        compared.n_valid,
        compared.n_chosen,
        compared.share,
        intervals.share_lower,
        intervals.share_upper,
        compared.population,
        compared.n_rated,
        compared.total_rating / nullif(compared.n_rated, 0) as mean_rating,
        compared.total_number / nullif(compared.n_numbers, 0) as mean_number,
        compared.coordinator_question_ids,
        compared.coordinator_says,
        compared.coordinator_value,
        compared.n_confirmed_by as n_confirming,
        compared.share_confirming,
        case
            when compared.coordinator_says is null then null
            when compared.n_valid < greatest(1, compared.minimum_respondents) then 'too_few_answers'
            when compared.coordinator_says and compared.share_confirming <= compared.contradicted_at_most
                then 'contradicted'
            when not compared.coordinator_says and compared.share_confirming >= compared.contradicted_at_least
                then 'contradicted'
            else 'confirmed'
        end as verdict
    from compared
    inner join member_options
        on
            compared.edition_id = member_options.edition_id
            and compared.question_id = member_options.question_id
            and compared.option_id is not distinct from member_options.option_id
    left join intervals
        on
            compared.n_chosen = intervals.n_chosen
            and compared.n_valid = intervals.n_valid
            and compared.population is not distinct from intervals.population
            and compared.confidence_level = intervals.confidence_level
)

select * from final
