"""The query of what is part of something beside the whole, by which two doors judge answers."""

from __future__ import annotations

_QUERY = """
    with amounts as (
        select edition_id, cluster_id, question_id, bool_or({is_concerned}) as is_concerned,
            sum(answer_number * coalesce(multiplier, 1)) as amount
        from {answers} inner join raw.question using (edition_id, survey, question_id)
        where status = 'given' and answer_number is not null
        group by all
    ),

    parts as (
        select edition_id, part_question_ids, whole_question_id,
            unnest(string_split(part_question_ids, ';')) as question_id
        from raw.total
    )

    -- Rounded to a millionth, so that sums of decimals are not called larger than they are.
    select parts.edition_id, parts.part_question_ids, parts.whole_question_id, whole.cluster_id,
        round(sum(part.amount), 6) as parts, round(whole.amount, 6) as whole
    from parts
    inner join amounts as part using (edition_id, question_id)
    inner join amounts as whole
        on
            parts.edition_id = whole.edition_id and parts.whole_question_id = whole.question_id
            and part.cluster_id = whole.cluster_id
    group by parts.edition_id, parts.part_question_ids, parts.whole_question_id, whole.cluster_id,
        whole.amount, whole.is_concerned
    having whole.is_concerned or bool_or(part.is_concerned)
"""


def parts_and_wholes(answers: str, is_concerned: str = "true") -> str:
    """The parts of each total added up beside the whole, in base units, of the table `answers`.

    `is_concerned` is a condition that one of the answers has to meet.
    """
    return _QUERY.format(answers=answers, is_concerned=is_concerned)
