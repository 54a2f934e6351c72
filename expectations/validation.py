"""Great Expectations, started only when a door is run: it validates batches that a read-only query gave.

Batches are pandas frames: on DuckDB's SQL Great Expectations answers some exceptions as if the data had
failed. It imports for seconds, so nothing here imports it at the top.
"""

from __future__ import annotations

import logging
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from expectations.check import N_CHECKED, Check

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

# How many failing rows are kept by their keys; all are counted.
MOST_KEYS = 100


class CheckNotRun(Exception):
    """The check itself could not be carried out, which says nothing about the data."""


@dataclass(frozen=True)
class Verdict:
    """What a validation found: how much failed, the first failing keys, and the result for Data Docs."""

    n_rows: int
    n_failed: int
    keys: tuple[dict[str, Any], ...]
    validation: ExpectationValidationResult


class Validator:
    """Validates batches one after another in one context that lives in memory only and reports to nobody."""

    @cached_property
    def _batches(self) -> BatchDefinition:
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )

        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        # In memory only: no pages of its own, nothing drawn on the terminal, nothing sent.
        config = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        )
        context = gx.get_context(mode="ephemeral", project_config=config)
        # Made once: adding an asset writes the whole configuration anew, half the time of a small validation.
        asset = context.data_sources.add_pandas("door").add_dataframe_asset("batch")
        return asset.add_batch_definition_whole_dataframe("whole")

    def validate(self, check: Check, frame: pd.DataFrame) -> Verdict:
        """Validate the check's expectation on its batch, whose rows are labelled 0, 1, 2 …

        Raises CheckNotRun when Great Expectations could not evaluate it, or the batch has nulls where the
        expectation looks: it would pass over them.
        """
        batches = self._batches
        import great_expectations.expectations as gxe

        arguments = dict(check.expectation.arguments)
        expectation = getattr(gxe, check.expectation.kind)(
            **arguments,
            severity=check.severity,
            meta={"check_id": check.check_id, "dimension": check.dimension, "entity": check.entity},
        )
        _refuse_nulls(check, frame)
        # SUMMARY names the first failing rows by label and counts all; COMPLETE takes 75 µs for each failing
        # row.
        validation = batches.get_batch(batch_parameters={"dataframe": frame}).validate(
            expectation, result_format={"result_format": "SUMMARY", "partial_unexpected_count": MOST_KEYS}
        )
        _refuse_exceptions(validation)
        found = validation.result
        labels = found.get("partial_unexpected_index_list") or []
        columns = [*check.keys, *(name for name in check.evidence if name not in check.keys)]
        keys = tuple(_plain(row) for row in frame.loc[labels, columns].to_dict("records"))
        n_rows, n_failed = n_checked(frame), int(found["unexpected_count"])
        _tell_keys(validation, columns, keys)
        _tell_counts(validation, n_rows, n_failed)
        return Verdict(n_rows, n_failed, keys, validation)


def passed_by(whole: Verdict, frame: pd.DataFrame) -> Verdict:
    """The verdict on some rows of a batch that passed as a whole: they passed as well.

    Every expectation of a check judges row by row, and what is unique among all is unique among some.
    """
    validation = copy(whole.validation)
    validation.result = dict(whole.validation.result)
    n_rows = n_checked(frame)
    _tell_counts(validation, n_rows, 0)
    return Verdict(n_rows, 0, (), validation)


def n_checked(frame: pd.DataFrame) -> int:
    """How many things the rows of a batch stand for."""
    return int(frame[N_CHECKED].sum()) if N_CHECKED in frame else len(frame)


def _refuse_nulls(check: Check, frame: pd.DataFrame) -> None:
    if check.expectation.kind == "ExpectColumnValuesToNotBeNull":
        return
    for column in check.expectation.columns:
        if column in frame and frame[column].isna().any():
            raise CheckNotRun(f"the batch has {int(frame[column].isna().sum())} nulls in {column}")


def _refuse_exceptions(validation: ExpectationValidationResult) -> None:
    """An exception inside Great Expectations comes as an unsuccessful result, but is not failed data."""
    found = validation.exception_info or {}
    # Either one exception, or one for each metric that could not be computed.
    raised = [found] if "raised_exception" in found else [each for each in found.values() if isinstance(each, dict)]
    for each in raised:
        if each.get("raised_exception"):
            raise CheckNotRun(str(each.get("exception_message")).strip())


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """The row without nulls and blanks, numbers as Python has them, whole ones without a decimal part."""
    return {name: value for name, value in ((name, _value(value)) for name, value in row.items()) if value is not None}


def _value(value: Any) -> Any:  # noqa: ANN401  whatever a column of a frame holds
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value == "" or value != value:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value if isinstance(value, bool | int | float) else str(value)


def _tell_keys(validation: ExpectationValidationResult, columns: list[str], keys: tuple[dict[str, Any], ...]) -> None:
    """Name failing rows by their keys, instead of by labels of a frame that nobody sees."""
    for name in ("partial_unexpected_list", "partial_unexpected_counts"):
        validation.result.pop(name, None)
    validation.result["unexpected_index_column_names"] = columns
    validation.result["partial_unexpected_index_list"] = list(keys)


def _tell_counts(validation: ExpectationValidationResult, n_rows: int, n_failed: int) -> None:
    """Count what the batch stands for, instead of its rows."""
    validation.result["element_count"] = n_rows
    for name in ("unexpected_percent", "unexpected_percent_total", "unexpected_percent_nonmissing"):
        if name in validation.result:
            validation.result[name] = 100 * n_failed / n_rows
