{{ config(meta={"dimension": "reconciliation"}) }}

-- Every published figure has its row, and the summary counts each once.

with figures as (
    select * from {{ ref('published_figure') }}
),

reconciled as (
    select * from {{ ref('reconciliation') }}
),

summary as (
    select sum(n) as n from {{ ref('reconciliation_summary') }}
),

missing as (
    select figures.figure_id
    from figures
    left join reconciled on figures.figure_id = reconciled.figure_id
    where reconciled.figure_id is null
),

miscounted as (
    select 'summary' as figure_id
    from summary
    where n is distinct from (select count(*) from figures)
)

select * from missing
union all
select * from miscounted
