"""The raw door, second part: has each cluster answered each survey, once?

A complete delivery lacks nobody. A provisional one is of fieldwork in progress: who has not answered yet is told.
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between

_check = partial(Check, door="raw")

# Each cluster that any survey names × each survey: the register is one of the surveys, so a cluster that it
# lists and another survey misses is found, and so is one that it does not list.
_CLUSTER_SURVEYS = """
    select clusters.edition_id, clusters.cluster_id, surveys.survey,
        count(respondents.respondent_id) as n_respondents
    from (select distinct edition_id, cluster_id from raw.answer) as clusters
    inner join (select distinct edition_id, survey from raw.question) as surveys using (edition_id)
    left join (
        select distinct edition_id, survey, respondent_id, cluster_id from raw.answer
    ) as respondents using (edition_id, cluster_id, survey)
    group by all
"""
_PROVISIONAL = "edition_id in (select edition_id from raw.delivery where is_provisional)"

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="cluster_is_in_every_survey",
        dimension="completeness",
        severity="critical",
        entity="raw.answer",
        column_name="cluster_id",
        description=(
            "Every cluster of the register has a respondent in each survey, and no survey knows another cluster."
        ),
        expected="a respondent",
        query=f"select * from ({_CLUSTER_SURVEYS}) where not {_PROVISIONAL}",
        expectation=between("n_respondents", minimum=1),
        keys=("cluster_id", "survey"),
        not_applicable="the delivery is provisional: clusters may not have answered yet",
    ),
    _check(
        check_id="provisional_cluster_has_answered",
        dimension="completeness",
        severity="warning",
        entity="raw.answer",
        column_name="cluster_id",
        description="Of a provisional delivery: which clusters have not answered which survey yet.",
        expected="a respondent, once fieldwork ends",
        query=f"select * from ({_CLUSTER_SURVEYS}) where {_PROVISIONAL}",
        expectation=between("n_respondents", minimum=1),
        keys=("cluster_id", "survey"),
        not_applicable="the delivery is complete, not provisional",
    ),
    _check(
        check_id="cluster_has_one_respondent",
        dimension="uniqueness",
        severity="critical",
        entity="raw.answer",
        column_name="respondent_id",
        description="No cluster has two respondents in a survey: their answers would be added together.",
        expected="at most one respondent",
        query=_CLUSTER_SURVEYS,
        expectation=between("n_respondents", maximum=1),
        keys=("cluster_id", "survey"),
        evidence=("n_respondents",),
    ),
)
