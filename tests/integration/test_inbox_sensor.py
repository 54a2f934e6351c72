"""The sensor on the inbox, with Dagster's own storage: a complete delivery is loaded once, and what lacks is said."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from ingestion.codebook import codebooks_folder
from ingestion.manifest import MANIFEST, write_manifest
from orchestration.definitions import build_definitions
from orchestration.runs import dagster_instance, prepare_dagster_home
from tests.installation import coordinator_file, edit_answer, outcomes


@pytest.fixture
def instance(home, monkeypatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    prepare_dagster_home(home)
    with dagster_instance(home) as opened:
        yield opened


class Watcher:
    """Evaluates the sensor as the daemon does, tick after tick."""

    def __init__(self, home, instance: dg.DagsterInstance) -> None:
        self.definitions, self.instance, self.cursor = build_definitions(home, codebooks_folder()), instance, None

    def tick(self) -> tuple[list[dg.RunRequest], str | None]:
        context = dg.build_sensor_context(self.instance, self.cursor, definitions=self.definitions)
        result = self.definitions.resolve_sensor_def("inbox").evaluate_tick(context)
        self.cursor = result.cursor
        return list(result.run_requests), result.skip_message

    def run(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        """The run that was requested."""
        job = self.definitions.resolve_job_def("load_edition")
        return job.execute_in_process(
            instance=self.instance, partition_key=request.partition_key, run_config=request.run_config
        )


@pytest.fixture
def watcher(home, instance) -> Watcher:
    return Watcher(home, instance)


def test_a_complete_delivery_is_requested_once_and_the_requested_run_publishes_it(home, watcher) -> None:
    edit_answer(home, "P24_2022", "77", row=3)
    assert watcher.tick() == ([], f"2024: {MANIFEST} is missing, the last thing that a deliverer writes")
    write_manifest(home.inbox / "2024")
    (request,), skipped = watcher.tick()
    assert skipped is None
    assert (request.partition_key, request.run_key.split("-")[0]) == ("2024", "2024")
    assert watcher.run(request).success
    assert outcomes(home) == ["loaded", "loaded"]
    assert home.published.resolve().name == "R000002"
    assert watcher.tick() == ([], "2024: this delivery was loaded, or refused, before")
    edit_answer(home, "P24_2022", "78", row=3)
    assert watcher.tick()[0] == [], "the manifest is still that of the earlier delivery"
    write_manifest(home.inbox / "2024")
    (again,), _ = watcher.tick()
    assert again.run_key != request.run_key


def test_an_incomplete_delivery_waits_and_says_for_what(home, watcher) -> None:
    write_manifest(home.inbox / "2024")
    name = coordinator_file(home).name
    coordinator_file(home).write_bytes(b"half of it")
    next((home.inbox / "2024").glob("rejestr_*")).unlink()
    requests, skipped = watcher.tick()
    assert requests == []
    assert f"{name} is not the file that the manifest names" in skipped
    assert "rejestr_klastrow_2024_syntetyczne.xlsx is missing" in skipped


def test_a_folder_without_codebook_holds_up_nobody(home, watcher) -> None:
    (home.inbox / "1998").mkdir()
    (home.inbox / "notes").mkdir()
    _, skipped = watcher.tick()
    assert "1998: there is no codebook for it" in skipped and "notes: there is no codebook for it" in skipped
    write_manifest(home.inbox / "2024")
    requests, skipped = watcher.tick()
    assert [request.partition_key for request in requests] == ["2024"] and skipped is None


def test_an_empty_inbox_says_so(home, watcher) -> None:
    for path in (home.inbox / "2024").iterdir():
        path.unlink()
    (home.inbox / "2024").rmdir()
    assert watcher.tick() == ([], f"nothing was delivered to {home.inbox}")
