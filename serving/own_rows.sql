-- What a coordinator sees of the own cluster, as tables of the schema `coordinator`: rows of one cluster each, which row
-- level security keeps from the others. Whatever is in such a row must be of that cluster or public, so medians and
-- benchmarks are those of the public forms: rounded, and null where the disclosure policy hides them.
create schema coordinator;

create table coordinator.cluster_profile as
select
    scores.cluster_id,
    scores.edition_id,
    scores.node_id,
    scores.level,
    scores.score,
    scores.rank,
    of_all.median as median_all,
    of_all.benchmark as benchmark_all,
    of_size.median as median_size,
    of_industry.median as median_industry,
    case when scores.score > of_all.benchmark then 0 else of_all.benchmark - scores.score end as gap_to_benchmark
from released.core.fct_score as scores
inner join released.core.dim_cluster_edition as clusters
    on scores.edition_id = clusters.edition_id and scores.cluster_id = clusters.cluster_id
left join open.benchmark.score_distribution as of_all
    on scores.edition_id = of_all.edition_id and scores.node_id = of_all.node_id and of_all.cut_id = 'all'
left join open.benchmark.score_distribution as of_size
    on
        scores.edition_id = of_size.edition_id
        and scores.node_id = of_size.node_id
        and of_size.cut_id = 'size'
        and clusters.size = of_size.segment_id
left join open.benchmark.score_distribution as of_industry
    on
        scores.edition_id = of_industry.edition_id
        and scores.node_id = of_industry.node_id
        and of_industry.cut_id = 'industry'
        and clusters.industry = of_industry.segment_id;

comment on table coordinator.cluster_profile is
'One row per edition, node and cluster that the login is mapped to: its scores beside the public medians and benchmarks.';
comment on column coordinator.cluster_profile.median_all is 'Median score of all clusters of the edition, as published.';
comment on column coordinator.cluster_profile.benchmark_all is 'Best score of all clusters of the edition, as published.';
comment on column coordinator.cluster_profile.median_size is
'Median score of the cluster''s size segment, as published; null where the disclosure policy hides it.';
comment on column coordinator.cluster_profile.median_industry is
'Median score of the cluster''s industry, as published; null where the disclosure policy hides it.';
comment on column coordinator.cluster_profile.gap_to_benchmark is
'How far the cluster is from the best as published, 0 when no more than rounding.';

create table coordinator.cluster as
select * from released.core.dim_cluster_edition;

comment on table coordinator.cluster is 'One row per edition and cluster that the login is mapped to: what it is.';

create table coordinator.cluster_segment as
select * from released.core.cluster_segment;

comment on table coordinator.cluster_segment is
'One row per edition, cut and cluster that the login is mapped to: the segment it is in.';

create table coordinator.indicator_value as
select
    edition_id,
    cluster_id,
    node_id,
    value,
    status,
    is_corrected
from released.core.fct_indicator_value;

comment on table coordinator.indicator_value is
'One row per edition, indicator and cluster that the login is mapped to: its value in the unit of the indicator.';
