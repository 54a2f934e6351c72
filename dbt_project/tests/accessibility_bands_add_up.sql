{{ config(meta={"dimension": "consistency"}) }}

-- Every site judged by all criteria is in one band.
select
    edition_id,
    sum(n_sites) as n_in_bands,
    max(n_judged) as n_judged
from {{ ref('accessibility_band') }}
group by edition_id
having sum(n_sites) != max(n_judged)
