"""The raw door, second part: has each cluster answered each survey that is put to clusters, and everyone once?

A complete delivery lacks nobody. A provisional one is of fieldwork in progress: who has not answered yet is told.
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between, rows_by_fault

_check = partial(Check, door="raw")

# Each cluster that any survey names × each survey of clusters: the register is one of the surveys, so a cluster
# that it lists and another survey misses is found, and so is one that it does not list.
_CLUSTER_SURVEYS = """
    select clusters.edition_id, clusters.cluster_id, surveys.survey, surveys.enters_benchmark,
        count(respondents.respondent_id) as n_respondents
    from (select distinct edition_id, cluster_id from raw.answer) as clusters
    inner join raw.survey as surveys on clusters.edition_id = surveys.edition_id and surveys.respondents = 'clusters'
    left join (
        select distinct edition_id, survey, respondent_id, cluster_id from raw.answer
    ) as respondents
        on
            clusters.edition_id = respondents.edition_id and clusters.cluster_id = respondents.cluster_id
            and surveys.survey = respondents.survey
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
            "Every cluster of the register has a respondent in each survey that enters the benchmark, and no survey "
            "knows another cluster."
        ),
        expected="a respondent",
        query=f"select * from ({_CLUSTER_SURVEYS}) where enters_benchmark and not {_PROVISIONAL}",
        expectation=between("n_respondents", minimum=1),
        keys=("cluster_id", "survey"),
        not_applicable="the delivery is provisional: clusters may not have answered yet",
    ),
    _check(
        check_id="cluster_is_in_surveys_beside_the_benchmark",
        dimension="completeness",
        severity="warning",
        entity="raw.answer",
        column_name="cluster_id",
        description=(
            "Which clusters a survey of clusters lacks that changes no score: a cluster without a website has no audit."
        ),
        expected="a respondent",
        query=f"select * from ({_CLUSTER_SURVEYS}) where not enters_benchmark and not {_PROVISIONAL}",
        expectation=between("n_respondents", minimum=1),
        keys=("cluster_id", "survey"),
        not_applicable="the edition has no such survey, or its delivery is provisional",
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
        description="No cluster has two respondents in a survey of clusters: their answers would be added together.",
        expected="at most one respondent",
        query=_CLUSTER_SURVEYS,
        expectation=between("n_respondents", maximum=1),
        keys=("cluster_id", "survey"),
        evidence=("n_respondents",),
    ),
    _check(
        check_id="respondent_stands_once",
        dimension="uniqueness",
        severity="critical",
        entity="raw.answer",
        column_name="respondent_id",
        description="A respondent of a survey has one row, of one cluster: another row is another respondent's.",
        expected="one row of one cluster",
        query=rows_by_fault(
            """
            select edition_id, survey, respondent_id,
                string_agg(distinct cluster_id, ', ' order by cluster_id) as clusters,
                count(distinct (cluster_id, file_sha256, row_number)) as n_rows
            from raw.answer
            group by all
            """,
            group="survey",
            fault="n_rows > 1",
            where="respondent_id, clusters",
            measures="max(n_rows) as n_found",
        ),
        expectation=between("n_found", maximum=1),
        keys=("survey", "respondent_id"),
        evidence=("clusters", "n_found"),
    ),
)
