"""The warehouse as a Dagster resource: it holds the lock for a whole run and closes what the run left open."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from dagster import InitResourceContext
from pydantic import PrivateAttr

from ingestion.problem import failure_reason
from orchestration.loading import Installation
from orchestration.lock import warehouse_lock
from orchestration.paths import Home
from orchestration.publication import Release

logger = logging.getLogger("clusterbench")


def _close_run(instance: dg.DagsterInstance | None, run_id: str | None) -> None:
    """Tell Dagster that the run which held the lock before has ended: killed, it could not say so itself.

    In Dagster's list it would run for ever, and keep the pool `warehouse` from every run of the web UI.
    """
    run = instance.get_run_by_id(run_id) if instance and run_id else None
    if instance and run and not run.is_finished:
        instance.report_run_failed(run, "interrupted: its process ended before it")


class WarehouseResource(dg.ConfigurableResource):
    """One installation of Clusterbench, locked while a run uses it.

    Every job runs in one process, so the resource lives as long as the run: the lock is held from the first step to
    the last, and the reports of the doors are at hand when the documentation is built.
    """

    home: str
    codebooks: str
    wait_seconds: float = 600.0

    _reports: list[Any] = PrivateAttr(default_factory=list)
    _release: Release | None = PrivateAttr(default=None)

    @cached_property
    def installation(self) -> Installation:
        """The installation this resource is about."""
        return Installation(Home(Path(self.home)), Path(self.codebooks))

    @property
    def reports(self) -> list[Any]:
        """What each door reported in this run so far."""
        return self._reports

    def release_to_be(self, run_id: str) -> Release:
        """The release this run makes: named once, so that its tables and its folder tell of the same one."""
        if self._release is None:
            self._release = self.installation.next_release(run_id)
        return self._release

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator["WarehouseResource"]:
        """Hold the warehouse lock for the run; afterwards nothing it began stays open in the ledger."""
        run_id = context.run.run_id if context.run else "no run"
        lock = self.installation.home.warehouse / "lock"
        with warehouse_lock(lock, run_id, self.wait_seconds) as last_run_id:
            _close_run(context.instance, last_run_id)
            self.installation.close_interrupted_loads()
            try:
                yield self
            finally:
                self.installation.fail_open_loads(_why_it_ended(context))


def _why_it_ended(context: InitResourceContext) -> str:
    """The exception that ended the run, for the ledger; the resource itself does not get to see it."""
    if context.run and context.instance:
        events = context.instance.all_logs(context.run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        for event in events:
            error = event.get_dagster_event().step_failure_data.error
            while error and error.cause and str(error.cls_name).startswith("Dagster"):
                error = error.cause
            if error:
                return failure_reason(str(error.cls_name), error.message.partition(": ")[2])
    return "the run ended before the delivery was published"
