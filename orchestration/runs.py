"""Running a Dagster job in this process, as the command does: the run is recorded where the web UI shows it."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

# Read by Dagster when it is imported.
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError, DagsterResourceFunctionError
from dagster._core.instance.ref import InstanceRef

from ingestion.codebook import codebooks_folder
from ingestion.corrections import CorrectionsRefused
from ingestion.problem import DeliveryRefused
from orchestration.definitions import build_definitions
from orchestration.paths import Home
from orchestration.problem_commands import refusal_text
from orchestration.stages import TestsFailed
from orchestration.summary import failed_checks

logger = logging.getLogger("clusterbench")

PARTITION_RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


@dataclass(frozen=True)
class Run:
    """A finished run: its id, and the seconds each step took."""

    run_id: str
    seconds: Mapping[str, float] = field(default_factory=dict)


class Refused(Exception):
    """What was delivered did not pass: fix the data. The cause says what and where."""


def prepare_dagster_home(home: Home) -> None:
    """Put our dagster.yaml where Dagster looks for it, and point DAGSTER_HOME there."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    ours, place = Path(__file__).with_name("dagster.yaml"), home.dagster / "dagster.yaml"
    if not place.is_file() or place.read_bytes() != ours.read_bytes():
        # Never half a file: another process may be reading it just now.
        partial = place.with_suffix(f".{os.getpid()}.partial")
        shutil.copyfile(ours, partial)
        partial.replace(place)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    # What the steps say is ours; Dagster's own warnings (such as skipped checks of an unchanged delivery) are not
    # for who runs the command. Not the logger `dagster` itself: whoever asks Dagster for it sets its level anew.
    logging.getLogger("dagster._core").setLevel(logging.ERROR)


def dagster_instance(home: Home) -> dg.DagsterInstance:
    """Dagster's storage in the home as dagster.yaml has it, with an event log that stays open for the run."""
    event_log = {
        "module": "orchestration.event_log",
        "class": "OpenEventLogStorage",
        "config": {"base_dir": str(home.dagster / "history" / "runs")},
    }
    reference = InstanceRef.from_dir(str(home.dagster), overrides={"event_log_storage": event_log})
    return dg.DagsterInstance.from_ref(reference)


@lru_cache(maxsize=1)
def _definitions(home: Home, codebooks: Path, wait: float) -> dg.Definitions:
    """Built once for a command that runs two jobs; a process that goes on to another home lets go of these."""
    return build_definitions(home, codebooks, wait_seconds=wait)


def run_job(
    home: Home, name: str, editions: Sequence[int] = (), config: Mapping[str, Any] | None = None, wait: float = 0.0
) -> Run:
    """Run a job to its end.

    `editions` are the partitions: one by itself, or from the first to the last in one run. `wait` is how many seconds
    to wait for the warehouse. Raises Refused when the data did not pass, WarehouseLocked when another load holds the
    warehouse, and whatever else went wrong as it is.
    """
    started = time.monotonic()
    prepare_dagster_home(home)
    definitions = _definitions(home, codebooks_folder(), wait)
    seconds = {"definitions": time.monotonic() - started}
    keys = [str(edition) for edition in sorted(editions)]
    tags = dict(zip(PARTITION_RANGE, (keys[0], keys[-1]), strict=True)) if len(keys) > 1 else {}
    with dagster_instance(home) as instance:
        try:
            result = definitions.resolve_job_def(name).execute_in_process(
                instance=instance,
                partition_key=keys[0] if len(keys) == 1 else None,
                tags=tags,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}} | dict(config or {}),
            )
        except (DeliveryRefused, CorrectionsRefused, TestsFailed, DagsterAssetCheckFailedError) as error:
            raise Refused(_what_failed(home, error)) from error
        except DagsterResourceFunctionError as error:
            # The warehouse could not be taken: what went wrong is told, not that a resource was meant.
            raise (error.__cause__ or error) from None
        for event in result.all_events:
            if event.is_step_success:
                seconds[str(event.step_key)] = event.step_success_data.duration_ms / 1000
        return Run(result.run_id, seconds)


def _what_failed(home: Home, error: Exception) -> str:
    """The problems of the delivery or the failed tests as they were raised; of failed checks what they observed."""
    if isinstance(error, DeliveryRefused):
        return refusal_text(error)
    if not isinstance(error, DagsterAssetCheckFailedError):
        return str(error)
    failed = [
        f"  {row['door']} door, {row['check_id']}, edition {row['edition_id']}: {row['observed']}"
        for row in failed_checks(home)
        if row["severity"] == "critical"
    ]
    return "\n".join(["Critical checks failed, so nothing was published:", *failed])
