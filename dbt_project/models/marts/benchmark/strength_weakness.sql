with distributions as (
    select * from {{ ref('score_distribution') }}
),

editions as (
    select * from {{ ref('dim_edition') }}
),

-- The verdict is on the unrounded median: 0.3000001 is a strength, though it is printed as 0.30.
final as (
    select
        distributions.edition_id,
        distributions.cut_id,
        distributions.segment_id,
        distributions.node_id,
        distributions.median,
        case
            when distributions.median > editions.strength_above then 'strength'
            when distributions.median <= editions.weakness_at_most then 'weakness'
            when distributions.median is not null then 'neutral'
        end as verdict
    from distributions
    inner join editions on distributions.edition_id = editions.edition_id
    where distributions.level = 'subarea'
)

select * from final
