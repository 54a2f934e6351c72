with figures as (
    select * from {{ ref('published_figure') }}
),

editions as (
    select * from {{ ref('dim_edition') }}
),

computed as (
    select * from {{ ref('int_compute_published_scores') }}
    union all
    select * from {{ ref('int_compute_published_statistics') }}
    union all
    select * from {{ ref('int_compute_published_counts') }}
    union all
    select * from {{ ref('int_compute_published_answers') }}
    union all
    select * from {{ ref('int_compute_published_shares') }}
    union all
    select * from {{ ref('int_compute_published_trends') }}
),

-- The last printed digit: the last decimal; of a figure printed as "about" the last digit that is no zero.
measured as (
    select
        figures.*,
        editions.edition_id is not null as is_loaded,
        try_cast(figures.published as double) as number,
        computed.computed * figures.scale as computed,
        0.5 * power(
            10,
            case
                when figures.published like '%.%' then -len(split_part(figures.published, '.', 2))
                when figures.relation = 'about' then len(regexp_extract(figures.published, '0*$'))
                else 0
            end
        ) as half_a_digit
    from figures
    left join editions on figures.edition_id = editions.edition_id
    left join computed on figures.figure_id = computed.figure_id
),

-- Unrounded against printed. The margin of 1e-9 is for halves such as 0.345, which binary numbers only come near to.
compared as (
    select
        *,
        computed - number as difference,
        case when computed is not null and relation in ('equal', 'about') then half_a_digit end as tolerance,
        case relation
            when 'above' then computed > number
            when 'below' then computed < number
            when 'at_most' then computed <= number + 1e-9
            else abs(computed - number) <= half_a_digit + 1e-9
        end as is_within
    from measured
),

final as (
    select
        figure_id,
        edition_id,
        source,
        table_no,
        line_no,
        coalesce(statement, concat_ws(
            ' ', node_id, measure, case when cut_id != 'all' then 'of ' || cut_id || '/' || segment_id end
        )) as subject,
        mart,
        cut_id,
        segment_id,
        node_id,
        subject_id,
        option_id,
        measure,
        threshold,
        relation,
        published,
        unit,
        computed,
        difference,
        tolerance,
        is_within,
        case
            when reading is not null then 'source_conflict'
            when is_within is null then 'not_computed'
            when is_within then 'agrees'
            else 'differs'
        end as verdict,
        reading,
        case
            when is_within is not null then null
            when reason is not null then reason
            when not is_loaded then 'the edition is not loaded'
            else 'the edition as loaded has no value for it'
        end as reason
    from compared
)

select * from final
