with figures as (
    select * from {{ ref('published_figure') }}
    where mart in ('option_share', 'member_opinion', 'accessibility_criterion')
),

options as (
    select * from {{ ref('option_share') }}
),

opinions as (
    select * from {{ ref('member_opinion') }}
),

-- What is the same on every option's row.
items as (
    select
        edition_id,
        cut_id,
        segment_id,
        question_id,
        max(n_respondents) as n_respondents,
        max(mean_rating) as mean_rating,
        max(mean_number) as mean_number
    from opinions
    group by edition_id, cut_id, segment_id, question_id
),

criteria as (
    select * from {{ ref('accessibility_criterion') }}
),

final as (
    select
        figures.figure_id,
        case concat_ws('.', figures.mart, figures.measure)
            when 'option_share.share' then options.share
            when 'option_share.n_chosen' then options.n_chosen
            when 'member_opinion.share' then opinions.share
            when 'member_opinion.n_clusters_choosing' then opinions.n_clusters_choosing
            when 'member_opinion.n_respondents' then items.n_respondents
            when 'member_opinion.mean_rating' then items.mean_rating
            when 'member_opinion.mean_number' then items.mean_number
            when 'accessibility_criterion.n_passing' then criteria.n_passing
            when 'accessibility_criterion.n_sites' then criteria.n_sites
        end as computed
    from figures
    left join options
        on
            figures.edition_id = options.edition_id
            and figures.cut_id = options.cut_id
            and figures.segment_id = options.segment_id
            and figures.subject_id = options.question_id
            and figures.option_id = options.option_id
            and figures.threshold is not distinct from options.answer_level
    left join opinions
        on
            figures.edition_id = opinions.edition_id
            and figures.cut_id = opinions.cut_id
            and figures.segment_id = opinions.segment_id
            and figures.subject_id = opinions.question_id
            and figures.option_id = opinions.option_id
    left join items
        on
            figures.edition_id = items.edition_id
            and figures.cut_id = items.cut_id
            and figures.segment_id = items.segment_id
            and figures.subject_id = items.question_id
    left join criteria
        on figures.edition_id = criteria.edition_id and figures.subject_id = criteria.question_id
)

select * from final
