"""Running a door: each check's batch is fetched once, validated, and told as one row for each edition.

A batch that passes as a whole passes for every edition; only one that does not is validated edition by edition.

Every check has a result for every edition: pass, fail, error (it could not be run) or not_applicable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from expectations import (
    facts_complete,
    facts_corrections,
    facts_fence,
    facts_values,
    raw_answers,
    raw_asked,
    raw_delivery,
    raw_members,
    raw_respondents,
    scores,
)
from expectations.check import DOORS, Check
from expectations.result import CheckResult, DoorReport, Status, naive_utc
from expectations.validation import Validator, Verdict, passed_by

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult

_CHECKS: Mapping[str, tuple[Check, ...]] = {
    "raw": (
        *raw_delivery.CHECKS,
        *raw_respondents.CHECKS,
        *raw_answers.CHECKS,
        *raw_asked.CHECKS,
        *raw_members.CHECKS,
    ),
    "facts": (*facts_complete.CHECKS, *facts_values.CHECKS, *facts_fence.CHECKS, *facts_corrections.CHECKS),
    "scores": scores.CHECKS,
}

_EDITIONS = "select edition_id from raw.delivery union select edition_id from raw.answer order by 1"
_IS_SAMPLE = "select coalesce(bool_or(is_sample), false) from raw.delivery"


def intended_checks(door: str | None = None) -> tuple[Check, ...]:
    """Every check there is, or those of one door: each must have a result for every edition.

    Raises ValueError for a door that does not exist.
    """
    if door is None:
        return tuple(check for name in DOORS for check in _CHECKS[name])
    if door not in _CHECKS:
        raise ValueError(f"there is no door {door!r}; the doors are {', '.join(DOORS)}")
    return _CHECKS[door]


def run_door(
    door: str,
    connection: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    load_ids: Mapping[int, str],
    checked_at: datetime,
    checks: Sequence[Check] | None = None,
) -> DoorReport:
    """Run all checks of a door on a work file, which is only read.

    `load_ids` names the load of each edition, `checked_at` becomes UTC without zone; `checks` replace the
    door's own. A check that cannot be run is a result with status error, never an exception.
    """
    editions = [edition for (edition,) in connection.execute(_EDITIONS).fetchall()]
    (is_sample,) = connection.execute(_IS_SAMPLE).fetchone() or (False,)
    validator = Validator()
    results: list[CheckResult] = []
    validations: dict[tuple[int, str], ExpectationValidationResult] = {}
    for check in intended_checks(door) if checks is None else checks:
        outcomes = _outcomes(check, connection, editions, validator)
        for edition, (status, observed, n_rows, verdict) in outcomes.items():
            if verdict:
                validations[edition, check.check_id] = verdict.validation
            results.append(
                CheckResult(
                    run_id=run_id,
                    load_id=load_ids.get(edition),
                    edition_id=edition,
                    tool="great_expectations",
                    door=door,
                    check_id=check.check_id,
                    dimension=check.dimension,
                    entity=check.entity,
                    column_name=check.column_name,
                    severity=check.severity,
                    status=status,
                    observed=observed,
                    expected=check.expected,
                    n_rows=n_rows,
                    n_failed=verdict.n_failed if verdict else (0 if status == "not_applicable" else None),
                    failing_keys=json.dumps(verdict.keys if verdict else [], ensure_ascii=False),
                    checked_at=naive_utc(checked_at),
                )
            )
    return DoorReport(door, tuple(results), bool(is_sample), validations)


_Outcome = tuple[Status, str, int | None, Verdict | None]


def _outcomes(
    check: Check, connection: duckdb.DuckDBPyConnection, editions: Sequence[int], validator: Validator
) -> dict[int, _Outcome]:
    """What the check says of each edition."""
    try:
        # Ordered, so that the same data always name the same failing keys first.
        frame = connection.execute(f"select * from ({check.query}) order by all").df()
        batches = {edition: rows.reset_index(drop=True) for edition, rows in frame.groupby("edition_id")}
    except Exception as error:
        return dict.fromkeys(editions, _error(error))
    # Mostly nothing fails: then one validation, which takes longer than its data deserve, tells of all editions.
    status, _, _, whole = _outcome(check, frame, validator) if len(batches) > 1 else ("error", "", None, None)
    if status == "pass" and whole:
        return {
            edition: _told(passed_by(whole, batches[edition])) if edition in batches else _not_applicable(check)
            for edition in editions
        }
    return {edition: _outcome(check, batches.get(edition), validator) for edition in editions}


def _not_applicable(check: Check) -> _Outcome:
    return "not_applicable", check.not_applicable, 0, None


def _outcome(check: Check, batch: pd.DataFrame | None, validator: Validator) -> _Outcome:
    if batch is None:
        return _not_applicable(check)
    try:
        return _told(validator.validate(check, batch))
    except Exception as error:
        return _error(error)


def _told(verdict: Verdict) -> _Outcome:
    n_rows, n_failed = verdict.n_rows, verdict.n_failed
    if not n_failed:
        return "pass", f"{n_rows} checked, none failed", n_rows, verdict
    return "fail", f"{n_failed} of {n_rows} failed, first: {_text(verdict.keys)}", n_rows, verdict


def _text(keys: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{name} {value}" for name, value in keys[0].items()) if keys else "no key"


def _error(error: Exception) -> _Outcome:
    return "error", f"{type(error).__name__}: {error}", None, None
