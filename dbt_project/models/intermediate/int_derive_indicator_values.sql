with clusters as (
    select * from {{ ref('int_pivot_characteristics') }}
),

indicator_parts as (
    select * from {{ ref('int_list_indicator_parts') }}
),

answers as (
    select * from {{ ref('int_combine_answers') }}
),

-- Every cluster has every part; one whose respondent sent no row at all for it is 'absent', which is not a blank.
cluster_parts as (
    select
        clusters.edition_id,
        clusters.cluster_id,
        indicator_parts.node_id,
        indicator_parts.question_id,
        indicator_parts.kind,
        indicator_parts.scale,
        indicator_parts.blank_means,
        coalesce(answers.status, 'absent') as status,
        answers.answer_number * indicator_parts.multiplier as amount,
        coalesce(answers.is_corrected, false) as is_corrected
    from clusters
    inner join indicator_parts on clusters.edition_id = indicator_parts.edition_id
    left join answers
        on
            clusters.edition_id = answers.edition_id
            and clusters.cluster_id = answers.cluster_id
            and indicator_parts.question_id = answers.question_id
),

combined as (
    select
        edition_id,
        cluster_id,
        node_id,
        kind,
        scale,
        blank_means,
        count(*) as n_parts,
        count(*) filter (where status = 'given') as n_given,
        count(*) filter (where status = 'rejected') as n_rejected,
        count(*) filter (where status in ('refused', 'absent')) as n_withheld,
        {{ ordered_sum("case when status = 'given' then amount else 0 end") }} as total,
        bool_or(is_corrected) as is_corrected
    from cluster_parts
    group by edition_id, cluster_id, node_id, kind, scale, blank_means
),

judged as (
    select
        *,
        case
            when n_rejected > 0 then 'rejected'
            when n_withheld > 0 then 'missing'
            when n_given = 0 and (kind = 'options' or blank_means = 'missing') then 'missing'
            when n_given < n_parts and kind != 'options' and blank_means = 'missing' then 'missing'
            when n_given = 0 then 'zero'
            else 'reported'
        end as status
    from combined
),

final as (
    select
        edition_id,
        cluster_id,
        node_id,
        case
            when status in ('missing', 'rejected') then null
            when kind = 'mean' then total / n_parts / scale
            else total / scale
        end as value,
        status,
        is_corrected
    from judged
)

select * from final
