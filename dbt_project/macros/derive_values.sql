{#- From answers to indicator values, for the answers as corrected and for those as delivered alike. Every argument is
    the name of a relation or common table expression. -#}

{#- One row per edition, cluster and question of `input_questions` (edition_id, question_id). -#}
{% macro combine_answers(answers, input_questions) -%}
    with combined as (
        select
            answers.edition_id,
            answers.cluster_id,
            answers.question_id,
            min(answers.respondent_id) = max(answers.respondent_id) as has_one_respondent,
            count(*) filter (where answers.status = 'rejected') as n_rejected,
            count(*) filter (where answers.status = 'refused') as n_refused,
            count(*) filter (where answers.status = 'given') as n_given,
            {{ ordered_sum("case when answers.status = 'given' then answers.answer_number end") }} as answer_number,
            bool_or(answers.is_corrected) as is_corrected
        from {{ answers }} as answers
        inner join {{ input_questions }} as input_questions
            on answers.edition_id = input_questions.edition_id and answers.question_id = input_questions.question_id
        group by answers.edition_id, answers.cluster_id, answers.question_id
    )

    select
        edition_id,
        cluster_id,
        question_id,
        case
            when n_rejected > 0 then 'rejected'
            when n_refused > 0 then 'refused'
            when n_given > 0 then 'given'
            else 'blank'
        end as status,
        answer_number,
        has_one_respondent,
        is_corrected
    from combined
{%- endmacro %}

{#- One row per edition, cluster of `clusters` and indicator of `indicator_parts`; `answers` as combine_answers makes
    them. -#}
{% macro derive_values(clusters, indicator_parts, answers) -%}
    with
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
        from {{ clusters }} as clusters
        inner join {{ indicator_parts }} as indicator_parts on clusters.edition_id = indicator_parts.edition_id
        left join {{ answers }} as answers
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
    )

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
{%- endmacro %}
