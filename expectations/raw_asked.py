"""The raw door, fourth part: did everyone answer what they were asked, and nothing else?"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between, rows_by_fault

_check = partial(Check, door="raw")

# Every answer, and whether its question was asked of that respondent. Not judged (null) where the answer that the
# skip rule looks at could not be read. A rule that looks at another survey goes by the cluster.
_JUDGED = """
    with conditional as (
        select
            question.edition_id, question.survey, question.question_id, question.required,
            filter.survey as filter_survey, filter.question_id as filter_id, filter.type as filter_type,
            string_split(question.asked_if_option, ';') as option_ids
        from raw.question as question
        inner join raw.question as filter
            on question.edition_id = filter.edition_id and question.asked_if_question = filter.question_id
    ),

    filters as (
        select
            conditional.edition_id, conditional.survey, conditional.question_id,
            case when filter_survey = conditional.survey then answer.respondent_id else answer.cluster_id end as who,
            bool_or(
                answer.status = 'given' and list_contains(option_ids, answer.option_id)
                and (filter_type = 'single_choice' or answer.answer_number > 0)
            ) as is_chosen,
            bool_or(answer.status = 'rejected') as is_unreadable
        from conditional
        inner join raw.answer as answer
            on
                conditional.edition_id = answer.edition_id and conditional.filter_survey = answer.survey
                and conditional.filter_id = answer.question_id
        group by all
    ),

    conditional_answers as (
        select answer.*, conditional.required,
            case when filter_survey = answer.survey then answer.respondent_id else answer.cluster_id end as who
        from raw.answer as answer
        inner join conditional using (edition_id, survey, question_id)
    ),

    judged as (
        select
            answer.edition_id, answer.survey, answer.question_id, answer.cluster_id, answer.respondent_id,
            answer.status, answer.answer_number, answer.required, true as is_conditional,
            case when filters.is_chosen then true when filters.is_unreadable then null else false end as is_asked
        from conditional_answers as answer
        left join filters using (edition_id, survey, question_id, who)
        union all
        select
            answer.edition_id, answer.survey, answer.question_id, answer.cluster_id, answer.respondent_id,
            answer.status, answer.answer_number, question.required, false as is_conditional, true as is_asked
        from raw.answer as answer
        inner join raw.question as question using (edition_id, survey, question_id)
        where question.asked_if_question is null
    )

    select * from judged
"""

# A question to members or of an audit that more of those asked leave unanswered says little about them all. What
# coordinators leave blank mostly means none, and is judged by the rule of the indicator (the facts door).
MOST_UNANSWERED = 1 / 3

# An unticked box (0) says nothing, as the platforms write it for what was not shown as well.
_ANSWERED_THOUGH_SKIPPED = "not is_asked and status = 'given' and coalesce(answer_number, 1) != 0"

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="skipped_question_is_not_answered",
        dimension="consistency",
        severity="critical",
        entity="raw.answer",
        column_name="status",
        description="Who is not asked a question by its skip rule gave no answer to it: both cannot be true.",
        expected="no answer",
        query=rows_by_fault(
            f"select * from ({_JUDGED}) where is_conditional and is_asked is not null",
            group="survey, question_id",
            fault=_ANSWERED_THOUGH_SKIPPED,
            where="cluster_id, respondent_id",
            measures=f"count(*) filter (where {_ANSWERED_THOUGH_SKIPPED}) as n_answers",
        ),
        expectation=between("n_answers", maximum=0),
        keys=("survey", "question_id", "cluster_id", "respondent_id"),
        evidence=("n_answers",),
        not_applicable="no question of the edition has a skip rule",
    ),
    _check(
        check_id="asked_question_is_not_skipped",
        dimension="consistency",
        severity="critical",
        entity="raw.answer",
        column_name="status",
        description="Only what a skip rule takes away counts as skipped; a blank among what was asked stays a blank.",
        expected="not skipped",
        query=rows_by_fault(
            f"select * from ({_JUDGED})",
            group="survey, question_id",
            fault="is_asked and status = 'skipped'",
            where="cluster_id, respondent_id",
            measures="count(*) filter (where is_asked and status = 'skipped') as n_skipped",
        ),
        expectation=between("n_skipped", maximum=0),
        keys=("survey", "question_id", "cluster_id", "respondent_id"),
        evidence=("n_skipped",),
    ),
    _check(
        check_id="required_answer_is_given",
        dimension="completeness",
        severity="critical",
        entity="raw.answer",
        column_name="status",
        description="Questions that the codebook requires are answered by everyone who was asked them.",
        expected="an answer",
        query=rows_by_fault(
            f"""
            select edition_id, survey, question_id, cluster_id, respondent_id, min(status) as status,
                count(*) filter (where status in ('given', 'rejected')) as n_given
            from ({_JUDGED}) where required and is_asked
            group by edition_id, survey, question_id, cluster_id, respondent_id
            """,
            group="survey, question_id",
            fault="n_given = 0",
            where="cluster_id, respondent_id, status",
            measures="min(n_given) as n_given",
        ),
        expectation=between("n_given", minimum=1),
        keys=("survey", "question_id", "cluster_id", "respondent_id"),
        evidence=("status",),
        not_applicable="the edition requires no answer",
    ),
    _check(
        check_id="question_is_answered_by_most",
        dimension="completeness",
        severity="warning",
        entity="raw.answer",
        column_name="status",
        description=(
            "Of those asked a question of a survey beside the benchmark, at most a third leave it unanswered: its "
            "shares would tell of those who like to answer."
        ),
        expected="at most a third unanswered",
        query=f"""
            with respondents as (
                select edition_id, survey, question_id, respondent_id, bool_or(status = 'given') as is_answered
                from ({_JUDGED})
                where is_asked
                group by all
            )

            select respondents.edition_id, respondents.survey, respondents.question_id, count(*) as n_asked,
                count(*) filter (where is_answered) as n_answered, (n_asked - n_answered) / n_asked as share_unanswered
            from respondents
            inner join raw.question as question using (edition_id, survey, question_id)
            inner join raw.survey as surveys using (edition_id, survey)
            where not surveys.enters_benchmark and question.question_no is not null
            group by all
        """,
        expectation=between("share_unanswered", maximum=MOST_UNANSWERED),
        keys=("survey", "question_id"),
        evidence=("n_asked", "n_answered"),
        not_applicable="the edition has no survey beside the benchmark",
    ),
)
