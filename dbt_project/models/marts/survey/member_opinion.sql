with member_options as (
    select * from {{ ref('int_list_member_options') }}
),

sums as (
    select * from {{ ref('int_sum_member_answers') }}
),

intervals as (
    select * from {{ ref('int_estimate_share_interval') }}
),

final as (
    select
        sums.edition_id,
        sums.cut_id,
        sums.segment_id,
        member_options.survey,
        member_options.question_no,
        member_options.item_no,
        sums.question_id,
        member_options.question_pl,
        member_options.question_en,
        sums.option_id,
        member_options.option_position,
        member_options.option_pl,
        member_options.option_en,
        sums.n_respondents,
        sums.n_asked,
        sums.n_valid,
        sums.n_chosen,
        sums.n_chosen / nullif(sums.n_valid, 0) as share,
        intervals.share_lower,
        intervals.share_upper,
        sums.population,
        sums.n_clusters,
        sums.n_clusters_choosing,
        sums.n_rated,
        sums.mean_rating,
        sums.mean_number
    from sums
    inner join member_options
        on
            sums.edition_id = member_options.edition_id
            and sums.question_id = member_options.question_id
            and sums.option_id is not distinct from member_options.option_id
    left join intervals
        on
            sums.n_chosen = intervals.n_chosen
            and sums.n_valid = intervals.n_valid
            and sums.population is not distinct from intervals.population
            and sums.confidence_level = intervals.confidence_level
)

select * from final
