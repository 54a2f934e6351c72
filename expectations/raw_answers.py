"""The raw door, third part: can each answer be read, is it possible, and do answers agree?

Ranges, parts and wholes are those of the edition's codebook (`raw.question`, `raw.total`).
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, at_most, between, equal, rows_by_fault
from expectations.parts import parts_and_wholes

_check = partial(Check, door="raw")

_SURVEYS = "select distinct edition_id, survey from raw.question"


def _bounds(which: str) -> str:
    """A range of the codebook as text, whole numbers without a decimal part."""
    ends = (
        f"coalesce(regexp_replace(question.{which}_{end}::varchar, '\\.0$', ''), '–')" for end in ("minimum", "maximum")
    )
    return f"concat_ws(' to ', {', '.join(ends)})"


_NUMBERS = f"""
    select
        answer.edition_id, answer.survey, answer.question_id, coalesce(answer.option_id, '') as option_id,
        answer.cluster_id, answer.respondent_id, answer.answer_number, question.unit,
        coalesce(greatest(question.hard_minimum - answer_number, answer_number - question.hard_maximum, 0), 0)
            as beyond_possible,
        coalesce(
            greatest(
                question.plausible_minimum - answer_number, answer_number - question.plausible_maximum, 0
            ),
            0
        ) as beyond_plausible,
        greatest(-answer_number, answer_number - 100, 0) as beyond_percentage,
        coalesce(question.hard_minimum, question.hard_maximum) is not null as has_possible,
        coalesce(question.plausible_minimum, question.plausible_maximum) is not null as has_plausible,
        {_bounds("hard")} as possible,
        {_bounds("plausible")} as plausible
    from raw.answer as answer
    inner join raw.question as question using (edition_id, survey, question_id)
    where
        answer.status = 'given' and answer.answer_number is not null
        and question.type in ('integer', 'number', 'level')
"""


def _numbers_beyond(column: str, condition: str, bounds: str) -> str:
    """The numbers given to questions that meet `condition`, by how far they lie beyond their range."""
    return rows_by_fault(
        f"select * from ({_NUMBERS}) where {condition}",
        group="survey, question_id",
        fault=f"{column} > 0",
        where="option_id, cluster_id, respondent_id",
        measures=f"max(answer_number) as answer_number, {bounds} as allowed, max({column}) as {column}",
    )


CHECKS: tuple[Check, ...] = (
    _check(
        check_id="answer_is_readable",
        dimension="consistency",
        severity="warning",
        entity="raw.answer",
        column_name="status",
        description=(
            "Every cell could be read as an answer to its question. A delivery with more unreadable cells "
            "than its codebook allows is refused before; those allowed have no value."
        ),
        expected="no rejected cell",
        query=rows_by_fault(
            "select * from raw.answer",
            group="survey, question_id",
            fault="status = 'rejected'",
            where="cluster_id, respondent_id, column_name",
            measures="max(case when status = 'rejected' then answer_text end) as found, "
            "count(*) filter (where status = 'rejected') as n_rejected",
        ),
        expectation=between("n_rejected", maximum=0),
        keys=("survey", "question_id", "column_name", "cluster_id", "respondent_id"),
        evidence=("found",),
    ),
    _check(
        check_id="rejected_cell_is_on_record",
        dimension="reconciliation",
        severity="critical",
        entity="raw.rejected_answer",
        column_name="column_name",
        description="As many cells of a survey are on record as rejected as there are answers with that status.",
        expected="as many cells as answers",
        query=f"""
            select surveys.edition_id, surveys.survey,
                coalesce(answers.n, 0) as n_answers, coalesce(cells.n, 0) as n_cells
            from ({_SURVEYS}) as surveys
            left join (
                select edition_id, survey, count(*) as n
                from raw.answer
                where status = 'rejected'
                group by all
            ) as answers using (edition_id, survey)
            left join (
                select rejected.edition_id, rejected.survey, count(*) as n
                from raw.rejected_answer as rejected
                inner join raw.delivery as delivery using (edition_id, load_id)
                group by all
            ) as cells using (edition_id, survey)
        """,
        expectation=equal("n_answers", "n_cells"),
        keys=("survey",),
        evidence=("n_answers", "n_cells"),
    ),
    _check(
        check_id="given_answer_has_its_value",
        dimension="consistency",
        severity="critical",
        entity="raw.answer",
        column_name="answer_number",
        description="A given answer has what its type needs (text, option or number); one not given has no number.",
        expected="a value exactly when given",
        query=rows_by_fault(
            """
            select *,
                case
                    when status != 'given' then answer_number is not null
                    when type in ('text', 'free_text') then answer_text is null
                    when type = 'single_choice' then option_id is null
                    else answer_number is null
                end as is_contradiction
            from raw.answer inner join raw.question using (edition_id, survey, question_id)
            """,
            group="survey, question_id",
            fault="is_contradiction",
            where="cluster_id, respondent_id",
            measures="max(case when is_contradiction then status end) as status, "
            "count(*) filter (where is_contradiction) as n_contradictions",
        ),
        expectation=between("n_contradictions", maximum=0),
        keys=("survey", "question_id", "cluster_id", "respondent_id"),
        evidence=("status",),
    ),
    _check(
        check_id="answer_is_possible",
        dimension="range",
        severity="critical",
        entity="raw.answer",
        column_name="answer_number",
        description="Numbers lie within the codebook's hard range: one impossible value would stretch a whole scale.",
        expected="within the hard range of the question",
        query=_numbers_beyond("beyond_possible", "has_possible", "possible"),
        expectation=between("beyond_possible", maximum=0),
        keys=("survey", "question_id", "option_id", "cluster_id", "respondent_id"),
        evidence=("answer_number", "allowed"),
        not_applicable="no question of the edition has a hard range",
    ),
    _check(
        check_id="answer_is_plausible",
        dimension="range",
        severity="warning",
        entity="raw.answer",
        column_name="answer_number",
        description="Numbers lie within the codebook's plausible range: others may be slips of unit or of digits.",
        expected="within the plausible range of the question",
        query=_numbers_beyond("beyond_plausible", "has_plausible", "plausible"),
        expectation=between("beyond_plausible", maximum=0),
        keys=("survey", "question_id", "option_id", "cluster_id", "respondent_id"),
        evidence=("answer_number", "allowed"),
        not_applicable="no question of the edition has a plausible range",
    ),
    _check(
        check_id="share_is_a_percentage",
        dimension="range",
        severity="critical",
        entity="raw.answer",
        column_name="answer_number",
        description="Shares asked in % lie within 0 and 100, whatever range the codebook gives them.",
        expected="0 to 100",
        query=_numbers_beyond("beyond_percentage", "unit = '%'", "'0 to 100'"),
        expectation=between("beyond_percentage", maximum=0),
        keys=("survey", "question_id", "option_id", "cluster_id", "respondent_id"),
        evidence=("answer_number",),
        not_applicable="the edition asks for no share",
    ),
    _check(
        check_id="parts_do_not_exceed_the_whole",
        dimension="reconciliation",
        severity="critical",
        entity="raw.answer",
        column_name="answer_number",
        description="What is part of something (enterprises of the members, say) is not more than the whole.",
        expected="parts added up ≤ whole, in base units",
        query=parts_and_wholes("raw.answer"),
        expectation=at_most("parts", "whole"),
        keys=("cluster_id", "part_question_ids", "whole_question_id"),
        evidence=("parts", "whole"),
        not_applicable="the edition's codebook names no parts and wholes",
    ),
)
