{{ config(meta={"dimension": "consistency"}) }}

-- The three parts of the spread are the whole range of scores, by either quartile method.
with spreads as (
    select * from {{ ref('score_spread') }}
),

distributions as (
    select * from {{ ref('score_distribution') }}
)

select
    spreads.edition_id,
    spreads.node_id,
    spreads.quartile_method
from spreads
inner join distributions
    on spreads.edition_id = distributions.edition_id and spreads.node_id = distributions.node_id
where
    distributions.cut_id = 'all'
    and (
        abs(
            spreads.bottom_25 + spreads.middle_50 + spreads.top_25 - (distributions.benchmark - distributions.minimum)
        ) > 1e-9
        or least(spreads.bottom_25, spreads.middle_50, spreads.top_25) < -1e-12
    )
