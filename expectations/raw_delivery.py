"""The raw door, first part: is the whole delivery there, and nothing that nobody asked?

What was asked is in `raw.question` and `raw.option` (the edition's codebook), so nothing here names a
question but `cluster_name`, whose id is the same in every edition.
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, between, rows_by_fault, unique

_check = partial(Check, door="raw")

_SURVEYS = "select distinct edition_id, survey from raw.question"
_RESPONDENTS = "select distinct edition_id, survey, respondent_id, cluster_id from raw.answer"
_QUESTION = "edition_id, survey, question_id"

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="delivery_is_not_empty",
        dimension="completeness",
        severity="critical",
        entity="raw.delivery",
        column_name="edition_id",
        description=(
            "The edition's delivery names clusters, and its codebook questions: without them nothing is judged."
        ),
        expected="at least one",
        query="""
            select delivery.edition_id, counted.part, counted.n_found
            from raw.delivery as delivery
            inner join (
                select delivery.edition_id, 'clusters' as part, count(distinct answer.cluster_id) as n_found
                from raw.delivery as delivery left join raw.answer as answer using (edition_id) group by all
                union all
                select delivery.edition_id, 'questions' as part, count(question.question_id) as n_found
                from raw.delivery as delivery left join raw.question as question using (edition_id)
                group by all
            ) as counted using (edition_id)
        """,
        expectation=between("n_found", minimum=1),
        keys=("part",),
        evidence=("n_found",),
    ),
    _check(
        check_id="survey_has_a_file",
        dimension="completeness",
        severity="critical",
        entity="raw.answer",
        column_name="file_sha256",
        description="Every survey of the codebook has a file among the answers: a lost file would look like blanks.",
        expected="at least one file",
        query=f"""
            select surveys.edition_id, surveys.survey, count(distinct answer.file_sha256) as n_files
            from ({_SURVEYS}) as surveys
            left join raw.answer as answer using (edition_id, survey)
            group by all
        """,
        expectation=between("n_files", minimum=1),
        keys=("survey",),
        evidence=("n_files",),
    ),
    _check(
        check_id="answers_are_of_the_delivery",
        dimension="reconciliation",
        severity="critical",
        entity="raw.answer",
        column_name="delivery_id",
        description="Every answer is of the edition's current delivery: an earlier one must not show through.",
        expected="the delivery of raw.delivery",
        query="""
            select answers.edition_id, answers.delivery_id, count(delivery.delivery_id) as n_deliveries,
                answers.n_checked
            from (
                select edition_id, delivery_id, count(*) as n_checked from raw.answer group by all
            ) as answers
            left join raw.delivery as delivery using (edition_id, delivery_id)
            group by all
        """,
        expectation=between("n_deliveries", minimum=1, maximum=1),
        keys=("delivery_id",),
    ),
    _check(
        check_id="deliveries_are_of_one_kind",
        dimension="consistency",
        severity="critical",
        entity="raw.delivery",
        column_name="is_sample",
        description=(
            "The editions are all synthetic or all real: compared with made-up clusters, real ones would be given a "
            "past that they never had. Load a real delivery in a home of its own."
        ),
        expected="no edition of the other kind",
        query="""
            select delivery.edition_id, delivery.is_sample, count(other.edition_id) as n_of_other_kind
            from raw.delivery as delivery
            left join raw.delivery as other on delivery.is_sample is distinct from other.is_sample
            group by all
        """,
        expectation=between("n_of_other_kind", maximum=0),
        keys=("is_sample",),
        evidence=("n_of_other_kind",),
    ),
    _check(
        check_id="cluster_name_is_unique",
        dimension="uniqueness",
        severity="critical",
        entity="raw.answer",
        column_name="answer_text",
        description=(
            "No two clusters have one name, however it is spaced or capitalised: they would be the same cluster."
        ),
        expected="a name of its own",
        query="""
            select edition_id, cluster_id, answer_text as name,
                lower(regexp_replace(trim(answer_text), '\\s+', ' ', 'g')) as folded_name
            from raw.answer
            where question_id = 'cluster_name' and status = 'given' and answer_text is not null
        """,
        expectation=unique("folded_name"),
        keys=("cluster_id",),
        evidence=("name",),
        not_applicable="the edition's codebook does not ask for names",
    ),
    _check(
        check_id="question_is_in_the_codebook",
        dimension="consistency",
        severity="critical",
        entity="raw.answer",
        column_name="question_id",
        description="Every answer is to a question of the edition's codebook: no other has a meaning.",
        expected="one question of the codebook",
        query=f"""
            select {_QUESTION}, count(question.position) as n_questions, answers.n_checked
            from (select {_QUESTION}, count(*) as n_checked from raw.answer group by all) as answers
            left join raw.question as question using ({_QUESTION})
            group by all
        """,
        expectation=between("n_questions", minimum=1, maximum=1),
        keys=("survey", "question_id"),
        evidence=("n_questions",),
    ),
    _check(
        check_id="option_is_in_the_codebook",
        dimension="consistency",
        severity="critical",
        entity="raw.answer",
        column_name="option_id",
        description="Every option chosen or asked is one of its question's options in the codebook.",
        expected="one option of the codebook",
        query=f"""
            select {_QUESTION}, option_id, count(known.position) as n_options, answers.n_checked
            from (
                select {_QUESTION}, option_id, count(*) as n_checked
                from raw.answer where option_id is not null group by all
            ) as answers
            left join raw.option as known using ({_QUESTION}, option_id)
            group by all
        """,
        expectation=between("n_options", minimum=1, maximum=1),
        keys=("survey", "question_id", "option_id"),
        evidence=("n_options",),
        not_applicable="the edition has no question with options",
    ),
    _check(
        check_id="question_has_a_row_per_respondent",
        dimension="completeness",
        severity="critical",
        entity="raw.answer",
        column_name="question_id",
        description="Each respondent has one row for each question and option asked, if only a blank one.",
        expected="one row",
        query=rows_by_fault(
            f"""
            with asked as (
                select {_QUESTION}, coalesce(option.option_id, '') as option_id
                from raw.question as question
                left join (select {_QUESTION}, option_id from raw.option) as option
                    using ({_QUESTION})
                where question.type in ('multiple_choice', 'level')
                union all
                select {_QUESTION}, '' as option_id
                from raw.question
                where type not in ('multiple_choice', 'level')
            ),

            answers as (
                select
                    {_QUESTION}, respondent_id, cluster_id, count(*) as n_rows,
                    case
                        when question.type in ('multiple_choice', 'level') then coalesce(answer.option_id, '')
                        else ''
                    end as option_id
                from raw.answer as answer
                inner join raw.question as question using ({_QUESTION})
                group by all
            )

            select
                asked.edition_id, asked.survey, asked.question_id, asked.option_id, respondents.cluster_id,
                respondents.respondent_id, coalesce(answers.n_rows, 0) as n_rows
            from asked
            inner join ({_RESPONDENTS}) as respondents using (edition_id, survey)
            left join answers using ({_QUESTION}, option_id, respondent_id, cluster_id)
            """,
            group="survey, question_id",
            fault="n_rows != 1",
            where="option_id, cluster_id, respondent_id",
            measures="min(n_rows) as n_found",
        ),
        expectation=between("n_found", minimum=1, maximum=1),
        keys=("survey", "question_id", "option_id", "cluster_id", "respondent_id"),
        evidence=("n_found",),
    ),
)
