{{ config(meta={"dimension": "completeness"}) }}

-- A threshold that is not there hides nothing, so a policy with a gap is refused.
with policy as (
    select * from {{ ref('disclosure_policy') }}
),

wanted (rule, scope) as (
    values
    ('minimum_n', 'figures'),
    ('minimum_n', 'median'),
    ('minimum_n', 'quartiles'),
    ('minimum_n', 'extremes'),
    ('minimum_n', 'respondents'),
    ('extremes_of_all', 'extremes'),
    ('uniform', 'width'),
    ('uniform', 'outside_scores'),
    ('uniform', 'outside_ticks'),
    ('dominance', 'largest'),
    ('dominance', 'two_largest'),
    ('complementary', 'clusters'),
    ('decimals', 'score'),
    ('decimals', 'regression'),
    ('decimals', 'share'),
    ('significant_digits', 'value')
)

select
    wanted.rule,
    wanted.scope
from wanted
left join policy on wanted.rule = policy.rule and wanted.scope = policy.scope
where policy.rule is null
union all
select
    'one_cut' as rule,
    count(*) || ' cuts instead of one' as scope
from policy
where rule = 'one_cut'
having count(*) != 1
