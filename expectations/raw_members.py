"""The raw door, fifth part: have enough members of each cluster answered, and are the answers their own?

All are warnings: what members say changes no score, and an unlikely respondent may be a real one.
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, at_most, between, rows_by_fault

_check = partial(Check, door="raw")

# With fewer answers, two respondents can agree, and one find everything alike, by chance.
FEWEST_COMPARED = 10

# Each cluster × each survey of members: how many of them answered, how many should have, and how many there are.
_RESPONDENTS = """
    with clusters as (
        select edition_id, cluster_id,
            max(answer_number) filter (where question_id = 'members' and status = 'given') as n_members
        from raw.answer
        group by all
    ),

    respondents as (
        select edition_id, survey, cluster_id, count(distinct respondent_id) as n_respondents
        from raw.answer
        group by all
    )

    select clusters.edition_id, clusters.cluster_id, surveys.survey, clusters.n_members,
        coalesce(respondents.n_respondents, 0) as n_respondents, settings.minimum_respondents
    from clusters
    inner join raw.survey as surveys on clusters.edition_id = surveys.edition_id and surveys.respondents = 'members'
    inner join raw.edition_setting as settings on clusters.edition_id = settings.edition_id
    left join respondents
        on
            clusters.edition_id = respondents.edition_id and clusters.cluster_id = respondents.cluster_id
            and surveys.survey = respondents.survey
"""

# What each member answered to the numbered questions, as one number: the same answers, and practically only they, make
# the same sum of hashes.
_SAID = """
    select answer.edition_id, answer.survey, answer.cluster_id, answer.respondent_id,
        count(*) filter (where answer.status = 'given') as n_given,
        sum(hash(answer.question_id, answer.option_id, answer.status, answer.answer_number)) as said
    from raw.answer as answer
    inner join raw.question as question using (edition_id, survey, question_id)
    inner join raw.survey as surveys using (edition_id, survey)
    where surveys.respondents = 'members' and question.question_no is not null
    group by all
"""

# The items of matrices that members rated: answers are alike when they have the same value, or none and one option.
_RATED = """
    with rating_items as (
        select distinct question.edition_id, question.survey, question.question_id
        from raw.question as question
        inner join raw.survey as surveys using (edition_id, survey)
        inner join raw.option as option using (edition_id, survey, question_id)
        where
            surveys.respondents = 'members' and question.type = 'single_choice' and question.item_no is not null
            and option.value is not null
    )

    select answer.edition_id, answer.survey, answer.cluster_id, answer.respondent_id, count(*) as n_rated,
        count(distinct coalesce(answer.answer_number::varchar, answer.option_id)) as n_different,
        string_agg(distinct answer.answer_text, ' | ' order by answer.answer_text) as answer_text
    from raw.answer as answer
    inner join rating_items using (edition_id, survey, question_id)
    where answer.status = 'given'
    group by all
"""

_NO_MEMBERS = "the edition asked no members"

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="cluster_has_enough_respondents",
        dimension="completeness",
        severity="warning",
        entity="raw.answer",
        column_name="respondent_id",
        description=(
            "Which clusters have fewer respondents among their members than the edition asks for, or none: what is "
            "shown of them says little."
        ),
        expected="at least minimum_respondents of the edition",
        query=_RESPONDENTS,
        expectation=at_most("minimum_respondents", "n_respondents"),
        keys=("cluster_id", "survey"),
        evidence=("n_respondents", "minimum_respondents"),
        not_applicable=_NO_MEMBERS,
    ),
    _check(
        check_id="respondents_do_not_exceed_members",
        dimension="consistency",
        severity="warning",
        entity="raw.answer",
        column_name="respondent_id",
        description="A cluster has no more respondents than the register says it has members.",
        expected="respondents ≤ members",
        query=f"select * from ({_RESPONDENTS}) where n_members is not null",
        expectation=at_most("n_respondents", "n_members"),
        keys=("cluster_id", "survey"),
        evidence=("n_respondents", "n_members"),
        not_applicable=_NO_MEMBERS,
    ),
    _check(
        check_id="respondents_of_a_cluster_differ",
        dimension="uniqueness",
        severity="warning",
        entity="raw.answer",
        column_name="respondent_id",
        description=(
            "No two members of a cluster gave the same answers to all numbered questions: one may have answered twice."
        ),
        expected="answers of one's own",
        query=rows_by_fault(
            f"""
            select edition_id, survey, cluster_id, count(*) as n_alike,
                string_agg(respondent_id, ', ' order by respondent_id) as respondent_ids
            from ({_SAID})
            where n_given >= {FEWEST_COMPARED}
            group by edition_id, survey, cluster_id, said
            """,
            group="survey",
            fault="n_alike > 1",
            where="cluster_id, respondent_ids",
            measures="max(n_alike) as n_found",
        ),
        expectation=between("n_found", maximum=1),
        keys=("survey", "cluster_id", "respondent_ids"),
        evidence=("n_found",),
        not_applicable=_NO_MEMBERS,
    ),
    _check(
        check_id="respondent_tells_items_apart",
        dimension="consistency",
        severity="warning",
        entity="raw.answer",
        column_name="option_id",
        description=(
            f"Who rated {FEWEST_COMPARED} items or more did not give every one the same rating, as those do who only "
            "want to be done."
        ),
        expected="at least two different ratings",
        query=rows_by_fault(
            f"select * from ({_RATED}) where n_rated >= {FEWEST_COMPARED}",
            group="survey",
            fault="n_different = 1",
            where="cluster_id, respondent_id, answer_text",
            measures="min(n_different) as n_found, max(n_rated) as n_rated",
        ),
        expectation=between("n_found", minimum=2),
        keys=("survey", "cluster_id", "respondent_id"),
        evidence=("answer_text", "n_rated"),
        not_applicable=_NO_MEMBERS,
    ),
)
