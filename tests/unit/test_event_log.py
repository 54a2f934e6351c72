"""The event log that stays open during a run: Dagster, and so the web UI, reads in it what it would have written."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import dagster as dg
import pytest

from orchestration.paths import Home
from orchestration.runs import dagster_instance, prepare_dagster_home


@dg.asset(check_specs=[dg.AssetCheckSpec("is_one", asset="one", blocking=True)])
def one() -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    yield dg.MaterializeResult(metadata={"dagster/row_count": 1})
    yield dg.AssetCheckResult(asset_key="one", check_name="is_one", passed=True)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))  # set anew by what is tested
    home = Home(tmp_path)
    prepare_dagster_home(home)
    return home


def run(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return dg.materialize([one], instance=instance)


def recorded(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> list[tuple[str | None, str | None]]:
    """The events of a run as an instance tells them: type and step."""
    return [
        (entry.dagster_event.event_type_value if entry.dagster_event else None, entry.step_key)
        for entry in instance.all_logs(result.run_id)
    ]


def test_dagster_itself_reads_what_was_written_and_would_have_written_the_same(home) -> None:
    with dagster_instance(home) as kept_open:
        result = run(kept_open)
        told = recorded(kept_open, result)
    with dg.DagsterInstance.from_config(str(home.dagster)) as its_own:
        assert recorded(its_own, result) == told == recorded(its_own, run(its_own))
        (check,) = its_own.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(dg.AssetKey("one"), "is_one"), limit=10, cursor=None
        )[1:]
        assert (check.run_id, check.status.value) == (result.run_id, "SUCCEEDED")
        assert its_own.get_run_by_id(result.run_id).is_success
        materialised = its_own.fetch_materializations(dg.AssetKey("one"), limit=10).records
        assert [record.run_id for record in materialised][1:] == [result.run_id]


def test_a_later_command_goes_on_where_the_earlier_one_ended(home) -> None:
    results = []
    for _ in range(2):
        with dagster_instance(home) as instance:
            results.append(run(instance))
            assert len(instance.fetch_materializations(dg.AssetKey("one"), limit=10).records) == len(results)
    with dagster_instance(home) as instance:
        assert recorded(instance, results[0]) == recorded(instance, results[1])
    assert list((home.dagster / "history" / "runs").glob("*-wal")) == [], "everything is in the files themselves"


def test_who_watches_the_run_in_the_web_ui_sees_an_event_at_once(home) -> None:
    seen = threading.Event()
    with dagster_instance(home) as kept_open, dg.DagsterInstance.from_config(str(home.dagster)) as web_ui:
        run_id = run(kept_open).run_id
        last = web_ui.event_log_storage.get_records_for_run(run_id).cursor
        web_ui.watch_event_logs(run_id, last, lambda entry, cursor: seen.set() if entry.message == "now" else None)
        kept_open.report_engine_event("now", kept_open.get_run_by_id(run_id))
        assert seen.wait(10)
