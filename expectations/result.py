"""Results of checks as rows of `audit.check_result`, and how they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ingestion.durable import put

if TYPE_CHECKING:
    import pyarrow as pa
    from great_expectations.core import ExpectationValidationResult

Status = Literal["pass", "fail", "error", "not_applicable"]


@dataclass(frozen=True)
class CheckResult:
    """What one check said of one edition: a row of `raw.check_result`.

    `edition_id` and `load_id` are null when the check looks at all editions at once. `n_rows` counts what was
    looked at and `n_failed` all that failed; `failing_keys` is a JSON list of the first of them. `checked_at`
    is UTC, without zone.
    """

    run_id: str
    load_id: str | None
    edition_id: int | None
    tool: Literal["great_expectations", "dbt"]
    door: str
    check_id: str
    dimension: str
    entity: str
    column_name: str | None
    severity: str
    status: Status
    observed: str
    expected: str
    n_rows: int | None
    n_failed: int | None
    failing_keys: str
    checked_at: datetime

    @property
    def is_critical_failure(self) -> bool:
        """Whether this result forbids to go on. A critical check that could not be run does too."""
        return self.severity == "critical" and self.status in ("fail", "error")


@dataclass(frozen=True)
class DoorReport:
    """All results of one door in one run, and the validation results that Data Docs show.

    `validations` has the Great Expectations result of each edition and check that could be validated.
    """

    door: str
    results: tuple[CheckResult, ...]
    is_sample: bool
    validations: Mapping[tuple[int, str], ExpectationValidationResult] = field(default_factory=dict)

    @property
    def critical_failures(self) -> tuple[CheckResult, ...]:
        """The results that stop the publication."""
        return tuple(result for result in self.results if result.is_critical_failure)


def naive_utc(moment: datetime) -> datetime:
    """The moment as the warehouse keeps it: UTC, without zone (a moment without zone is taken as UTC
    already).
    """
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _table(rows: Sequence[CheckResult], run_no: int) -> pa.Table:
    import pyarrow as pa

    numbers = {"run_no": pa.int32(), "edition_id": pa.int32(), "n_rows": pa.int64(), "n_failed": pa.int64()}
    types: dict[str, Any] = numbers | {"checked_at": pa.timestamp("us")}
    names = ["run_no", *(column.name for column in fields(CheckResult))]
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist([{"run_no": run_no} | asdict(row) for row in rows], schema=schema)


def run_number(folder: Path, run_id: str) -> int:
    """The place of a run among all whose results `folder` keeps, from 1: the order of runs, whatever the clock said.

    To be asked by who holds the warehouse lock: a run that has no file yet takes the next number.
    """
    import pyarrow.parquet as pq

    own = sorted(folder.glob(f"{run_id}-*.parquet"))
    runs: dict[str, int] = {}
    for path in own or sorted(folder.glob("*.parquet")):
        # Results from before runs were numbered have no such column: they count as earlier.
        kept = pq.ParquetFile(path).read(columns=["run_id", "run_no"]).slice(0, 1).to_pylist()
        runs |= {row["run_id"]: row.get("run_no") or 0 for row in kept}
    return runs.get(run_id) or max(len(runs), *runs.values(), 0) + 1


def append_check_results(path: Path, rows: Sequence[CheckResult]) -> None:
    """Keep the rows, all of one run, as the Parquet file `path` named `<run>-…`, complete or not at all.

    Rows it holds already stay. Each gets its run's number (`run_number`).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    batch = _table(rows, run_number(path.parent, rows[0].run_id) if rows else 0)
    if path.exists():
        batch = pa.concat_tables([pq.read_table(path), batch])
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    pq.write_table(batch, partial)
    put(partial, path)
