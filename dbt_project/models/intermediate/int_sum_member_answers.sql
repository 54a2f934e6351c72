with segments as (
    select * from {{ ref('dim_segment') }}
),

assignments as (
    select * from {{ ref('int_assign_segments') }}
),

editions as (
    select * from {{ ref('int_list_editions') }}
),

member_options as (
    select * from {{ ref('int_list_member_options') }}
),

counts as (
    select * from {{ ref('int_count_member_answers') }}
),

-- Only clusters with a respondent stand behind a figure; if the members of one are unknown, so is their sum.
summed as (
    select
        assignments.edition_id,
        assignments.cut_id,
        assignments.segment_id,
        counts.question_id,
        counts.option_id,
        sum(counts.n_respondents)::integer as n_respondents,
        sum(counts.n_asked)::integer as n_asked,
        sum(counts.n_valid)::integer as n_valid,
        sum(counts.n_chosen)::integer as n_chosen,
        count(*) filter (where counts.n_valid > 0) as n_clusters,
        count(*) filter (where counts.n_chosen > 0) as n_clusters_choosing,
        case
            when count(*) filter (where counts.n_respondents > 0 and counts.members is null) = 0
                then sum(counts.members) filter (where counts.n_respondents > 0)
        end as members,
        sum(counts.n_rated) as n_rated,
        {{ ordered_sum('counts.total_rating') }} as total_rating,
        sum(counts.n_numbers) as n_numbers,
        {{ ordered_sum('counts.total_number') }} as total_number
    from assignments
    inner join counts on assignments.edition_id = counts.edition_id and assignments.cluster_id = counts.cluster_id
    group by
        assignments.edition_id, assignments.cut_id, assignments.segment_id, counts.question_id, counts.option_id
),

-- Every segment has a row for every option of every question, also a segment without clusters.
final as (
    select
        segments.edition_id,
        segments.cut_id,
        segments.segment_id,
        member_options.question_id,
        member_options.option_id,
        editions.confidence_level,
        coalesce(summed.n_respondents, 0) as n_respondents,
        coalesce(summed.n_asked, 0) as n_asked,
        coalesce(summed.n_valid, 0) as n_valid,
        case when member_options.option_id is not null then coalesce(summed.n_chosen, 0) end as n_chosen,
        coalesce(summed.n_clusters, 0)::integer as n_clusters,
        case
            when member_options.option_id is not null then coalesce(summed.n_clusters_choosing, 0)::integer
        end as n_clusters_choosing,
        coalesce(summed.n_rated, 0)::integer as n_rated,
        summed.total_rating / nullif(summed.n_rated, 0) as mean_rating,
        summed.total_number / nullif(summed.n_numbers, 0) as mean_number,
        {{ asked_population('summed.members', 'summed.n_respondents', 'summed.n_asked', 'summed.n_valid') }}
            as population
    from segments
    inner join editions on segments.edition_id = editions.edition_id
    inner join member_options on segments.edition_id = member_options.edition_id
    left join summed
        on
            segments.edition_id = summed.edition_id
            and segments.cut_id = summed.cut_id
            and segments.segment_id = summed.segment_id
            and member_options.question_id = summed.question_id
            and member_options.option_id is not distinct from summed.option_id
)

select * from final
