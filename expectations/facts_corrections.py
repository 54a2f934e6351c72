"""The facts door, last part: are the corrections still about what they correct, and do they keep the answers sound?

The raw door judges what was delivered; what a correction puts in its place is judged here.
"""

from __future__ import annotations

from functools import partial

from expectations.check import Check, at_most, between
from expectations.parts import parts_and_wholes

_check = partial(Check, door="facts")

_JUDGED = """
    select edition_id, correction_id, found_before, outcome from intermediate.int_judge_answer_corrections
    union all by name
    select edition_id, correction_id, found_before, outcome from intermediate.int_judge_indicator_corrections
"""

CHECKS: tuple[Check, ...] = (
    _check(
        check_id="accepted_correction_meets_what_it_expects",
        dimension="consistency",
        severity="warning",
        entity="raw.correction",
        column_name="expected_before",
        description=(
            "What an accepted correction expects stands there. If not, the source was corrected or changed, the "
            "correction is not applied, and a person must look at it: withdraw it, or expect what stands there now."
        ),
        expected="the value expected before",
        query=f"""
            select correction.edition_id, correction.correction_id, correction.cluster_id,
                coalesce(correction.question_id, correction.node_id) as corrected,
                correction.expected_before, judged.found_before,
                (judged.outcome = 'not_as_expected')::integer as n_stopped
            from raw.correction as correction
            inner join ({_JUDGED}) as judged using (edition_id, correction_id)
            where correction.status = 'accepted'
        """,
        expectation=between("n_stopped", maximum=0),
        keys=("correction_id", "cluster_id", "corrected"),
        evidence=("expected_before", "found_before"),
        not_applicable="the edition has no accepted correction",
    ),
    _check(
        check_id="corrected_parts_do_not_exceed_the_whole",
        dimension="reconciliation",
        severity="critical",
        entity="core.fct_answer",
        column_name="answer_number",
        description="Where an answer was corrected, what is part of something is still not more than the whole.",
        expected="parts added up ≤ whole, in base units",
        query=parts_and_wholes("core.fct_answer", "is_corrected"),
        expectation=at_most("parts", "whole"),
        keys=("cluster_id", "part_question_ids", "whole_question_id"),
        evidence=("parts", "whole"),
        not_applicable="no part or whole was corrected",
    ),
)
