with characteristics as (
    select characteristic.*
    from {{ ref('stg_raw__characteristic') }} as characteristic
    inner join {{ ref('int_list_editions') }} as editions on characteristic.edition_id = editions.edition_id
),

answers as (
    select * from {{ ref('int_correct_answers') }}
),

-- The questions that characteristics are made of: a small part of all answers is about them.
questions as (
    select distinct
        questions.edition_id,
        questions.question_id,
        questions.type,
        questions.multiplier
    from {{ ref('stg_raw__question') }} as questions
    inner join characteristics
        on
            questions.edition_id = characteristics.edition_id
            and questions.question_id in (characteristics.question_id, characteristics.whole_question_id)
),

options as (
    select * from {{ ref('stg_raw__option') }}
),

voivodeships as (
    select * from {{ ref('voivodeship') }}
),

regions as (
    select
        nuts1_region,
        max(nuts1_name_pl) as name_pl,
        max(nuts1_name_en) as name_en,
        (row_number() over (order by nuts1_region))::integer as position
    from voivodeships
    group by nuts1_region
),

-- Where the answers are the categories, each option or each region is one, whether a cluster is in it or not.
categories as (
    select
        characteristics.edition_id,
        characteristics.characteristic,
        characteristics.kind,
        characteristics.question_id,
        characteristics.whole_question_id,
        coalesce(characteristics.category, options.option_id, regions.nuts1_region) as category,
        coalesce(options.position, regions.position, characteristics.position) as position,
        coalesce(options.label_pl, regions.name_pl, characteristics.name_pl) as name_pl,
        coalesce(options.label_en, regions.name_en, characteristics.name_en) as name_en,
        count(*) over (partition by characteristics.edition_id, characteristics.characteristic) as n_categories
    from characteristics
    left join options
        on
            characteristics.kind = 'choice'
            and characteristics.edition_id = options.edition_id
            and characteristics.question_id = options.question_id
    left join regions on characteristics.kind = 'region'
    where coalesce(characteristics.category, options.option_id, regions.nuts1_region) is not null
),

-- What a cluster said to a question, if it answered it: a cell that is refused or cannot be read spoils the answer.
said as (
    select
        answers.edition_id,
        answers.cluster_id,
        answers.question_id,
        max(answers.answer_number) * coalesce(max(questions.multiplier), 1) as number
    from answers
    inner join questions
        on answers.edition_id = questions.edition_id and answers.question_id = questions.question_id
    group by answers.edition_id, answers.cluster_id, answers.question_id
    having bool_or(answers.status = 'given') and not bool_or(answers.status in ('refused', 'rejected'))
),

chosen as (
    select
        answers.edition_id,
        answers.cluster_id,
        answers.question_id,
        answers.option_id,
        voivodeships.nuts1_region
    from answers
    inner join questions
        on answers.edition_id = questions.edition_id and answers.question_id = questions.question_id
    left join voivodeships on answers.option_id = voivodeships.voivodeship
    where
        answers.status = 'given'
        and (questions.type = 'single_choice' or questions.type = 'multiple_choice' and answers.answer_number > 0)
),

cluster_categories as (
    select
        categories.edition_id,
        categories.characteristic,
        categories.category,
        categories.kind,
        categories.n_categories,
        own.number,
        wholes.number as whole,
        case when categories.kind = 'any' then own.number > 0 else chosen.option_id is not null end as is_in_category,
        count(*) over (partition by categories.edition_id, categories.characteristic, own.cluster_id) as n_answered
    from categories
    inner join said as own
        on categories.edition_id = own.edition_id and categories.question_id = own.question_id
    left join said as wholes
        on
            categories.edition_id = wholes.edition_id
            and categories.whole_question_id = wholes.question_id
            and own.cluster_id = wholes.cluster_id
    left join chosen
        on
            categories.edition_id = chosen.edition_id
            and categories.question_id = chosen.question_id
            and own.cluster_id = chosen.cluster_id
            and categories.category = case categories.kind
                when 'choice' then chosen.option_id
                when 'region' then chosen.nuts1_region
            end
    where categories.whole_question_id is null or wholes.cluster_id is not null
),

-- Only clusters that answered all that a characteristic is made of, so that its categories have the same base.
summarised as (
    select
        edition_id,
        characteristic,
        category,
        kind,
        count(*) as n_clusters,
        count(*) filter (where is_in_category) as n_in_category,
        {{ ordered_sum('number') }} as total,
        {{ ordered_sum('whole') }} as total_of_wholes,
        {{ sorted_values("case when kind = 'share' then number / nullif(whole, 0) else number end") }} as sorted_values
    from cluster_categories
    where n_answered = n_categories
    group by edition_id, characteristic, category, kind
),

final as (
    select
        categories.edition_id,
        categories.characteristic,
        categories.category,
        categories.position,
        categories.name_pl,
        categories.name_en,
        coalesce(summarised.n_clusters, 0)::integer as n_clusters,
        case
            when categories.kind in ('count', 'share') then coalesce(summarised.total, 0)
            else coalesce(summarised.n_in_category, 0)
        end::integer as n,
        case
            when categories.kind in ('count', 'share') then summarised.total / nullif(summarised.total_of_wholes, 0)
            else summarised.n_in_category / summarised.n_clusters
        end as share,
        case
            when categories.kind in ('count', 'share', 'any') then {{ mean_of_sorted('summarised.sorted_values') }}
        end as mean,
        case
            when categories.kind in ('count', 'share', 'any')
                then {{ quantile_of_sorted('summarised.sorted_values', 0.5, "'inclusive'") }}
        end as median
    from categories
    left join summarised
        on
            categories.edition_id = summarised.edition_id
            and categories.characteristic = summarised.characteristic
            and categories.category = summarised.category
)

select * from final
