-- One hand-written script that computes the scores of every edition from the raw answers: the yardstick for the
-- time the dbt project takes. It does no more than that: no statistics, tests, contracts or documentation.
-- Result: the table `score` (edition_id, cluster_id, node_id, score).

create or replace temp table part as
select
    edition_id,
    node_id,
    kind,
    scale,
    blank_means,
    unnest(string_split(inputs, ';')) as question_id
from raw.indicator_rule;

create or replace temp table collected as
select
    part.edition_id,
    answer.cluster_id,
    part.node_id,
    part.kind,
    part.scale,
    part.blank_means,
    part.question_id,
    bool_or(answer.status = 'rejected') as is_rejected,
    bool_or(answer.status = 'refused') as is_refused,
    bool_or(answer.status = 'given') as is_given,
    coalesce(sum(answer.answer_number * coalesce(question.multiplier, 1) order by answer.option_id), 0) as amount
from part
inner join raw.question as question on part.edition_id = question.edition_id and part.question_id = question.question_id
inner join raw.answer as answer on part.edition_id = answer.edition_id and part.question_id = answer.question_id
group by all;

create or replace temp table indicator as
select
    edition_id,
    cluster_id,
    node_id,
    case
        when bool_or(is_rejected) or bool_or(is_refused) then null
        when any_value(kind) = 'options' then case when bool_or(is_given) then sum(amount order by question_id) end
        when any_value(blank_means) = 'missing' and not bool_and(is_given) then null
        else sum(amount order by question_id) / case when any_value(kind) = 'mean' then count(*) else 1 end
    end / any_value(scale) as value
from collected
group by all;

create or replace temp table bound as
with quartile as (
    select
        edition_id,
        node_id,
        min(value) as lower_bound,
        max(value) as maximum,
        quantile_cont(value, 0.25) as q1,
        quantile_cont(value, 0.75) as q3
    from indicator
    group by all
)

select
    quartile.edition_id,
    node_id,
    lower_bound,
    least(maximum, q3 + fence_factor * (q3 - q1)) as fenced,
    case when fenced <= lower_bound then maximum else fenced end as upper_bound
from quartile
inner join raw.edition_setting using (edition_id);

create or replace temp table indicator_score as
select
    indicator.edition_id,
    cluster_id,
    node_id,
    case
        -- `least` skips nulls: a missing value must not score as the upper bound.
        when value is not null and upper_bound > lower_bound
            then (least(value, upper_bound) - lower_bound) / (upper_bound - lower_bound)
    end as score
from indicator
inner join bound using (edition_id, node_id);

-- The sub-area of an indicator and the area of a sub-area, as each edition's framework has them.
create or replace temp table place as
select
    setting.edition_id,
    setting.area_mean_of,
    node.node_id,
    node.parent_node_id,
    parent.parent_node_id as grandparent_node_id
from raw.edition_setting as setting
inner join raw.framework_node as node using (framework_id)
left join raw.framework_node as parent
    on node.framework_id = parent.framework_id and node.parent_node_id = parent.node_id;

create or replace temp table subarea_score as
select
    edition_id,
    cluster_id,
    parent_node_id as node_id,
    avg(score order by indicator_score.node_id) as score
from indicator_score
inner join place using (edition_id, node_id)
group by all;

create or replace temp table area_score as
select
    edition_id,
    cluster_id,
    area_id as node_id,
    avg(score order by part_id) as score
from (
    select edition_id, cluster_id, grandparent_node_id as area_id, node_id as part_id, score
    from indicator_score inner join place using (edition_id, node_id)
    where area_mean_of = 'indicators'
    union all
    select edition_id, cluster_id, parent_node_id as area_id, node_id as part_id, score
    from subarea_score inner join place using (edition_id, node_id)
    where area_mean_of = 'subareas'
)
group by all;

create or replace temp table score as
select * from indicator_score
union all
select * from subarea_score
union all
select * from area_score
union all
select
    edition_id,
    cluster_id,
    'overall' as node_id,
    avg(score order by area_score.node_id) as score
from area_score
group by all;
