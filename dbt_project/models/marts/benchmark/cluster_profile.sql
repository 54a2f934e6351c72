with scores as (
    select * from {{ ref('fct_score') }}
),

clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

distributions as (
    select * from {{ ref('score_distribution') }}
),

final as (
    select
        scores.edition_id,
        scores.cluster_id,
        scores.node_id,
        scores.level,
        scores.score,
        scores.rank,
        of_all.median as median_all,
        of_all.benchmark as benchmark_all,
        of_size.median as median_size,
        of_industry.median as median_industry,
        of_all.benchmark - scores.score as gap_to_benchmark
    from scores
    inner join clusters on scores.edition_id = clusters.edition_id and scores.cluster_id = clusters.cluster_id
    inner join distributions as of_all
        on
            scores.edition_id = of_all.edition_id
            and scores.node_id = of_all.node_id
            and of_all.cut_id = 'all'
    left join distributions as of_size
        on
            scores.edition_id = of_size.edition_id
            and scores.node_id = of_size.node_id
            and of_size.cut_id = 'size'
            and clusters.size = of_size.segment_id
    left join distributions as of_industry
        on
            scores.edition_id = of_industry.edition_id
            and scores.node_id = of_industry.node_id
            and of_industry.cut_id = 'industry'
            and clusters.industry = of_industry.segment_id
)

select * from final
