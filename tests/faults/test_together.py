"""What goes on at once: loads that want the same warehouse, and readers while it is published. Clocks go backwards."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingestion.ledger import Ledger
from orchestration.lock import WarehouseLocked, warehouse_lock
from orchestration.publication import point_to
from tests.faults import commands, hardship
from tests.faults.reader import Seen, reading
from tests.faults.study import LOAD, Delivered, Study, deliver

ROUNDS = 20
LOOKS = 5 * int(os.environ.get("FAULT_POINTS", "10"))


@dataclass(frozen=True)
class Together:
    """Two loads of different deliveries that were started at once, a third that did not wait, and a reader."""

    study: Study
    delivered: tuple[Delivered, Delivered]
    codes: tuple[int, int, int]
    said_locked: str
    seen: Seen


@pytest.fixture(scope="module")
def together(undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Together:
    """The second load waits for the first, and its clock is two days slow. Everything is read all the while."""
    study = undisturbed.study.copy(tmp_path_factory.mktemp("together"))
    home = study.home
    with reading(home) as seen:
        first = deliver(home, "B", 1)
        loading = commands.start(home, *LOAD)
        loading.wait_until(f"edition {LOAD[1]}: ")
        locked, said_locked = commands.run(home, *LOAD)
        second = deliver(home, "A", 2)
        waiting = commands.start(home, *LOAD, "--wait", "600", hardship=hardship.clock_set_back(2))
        codes = (loading.end(), waiting.end(), locked)
        assert codes[:2] == (0, 0), loading.text() + waiting.text()
        time.sleep(0.5)
    return Together(study, (first, second), codes, said_locked, seen)


def test_of_two_loads_the_second_is_told_to_wait_or_waits(together) -> None:
    assert together.codes == (0, 0, 4)
    loads = Ledger(together.study.home.ledger).loads()
    assert [load.outcome for load in loads] == ["loaded"] * 3
    assert f"held by run {loads[1].run_id}" in together.said_locked
    _, second = together.delivered
    assert together.study.shown(second) is second


def test_readers_see_each_release_whole_and_one_after_the_other(together) -> None:
    seen = together.seen
    assert seen.errors == []
    releases = ["R000001", "R000002", "R000003"]
    assert [shown[0] for shown in seen.through_link] == releases
    assert [shown[:2] for shown in seen.in_folder] == [(True, release) for release in releases]
    first, second = together.delivered
    assert [shown[2] for shown in seen.through_link] == [
        together.study.published.delivery_id,
        first.delivery_id,
        second.delivery_id,
    ]


def test_a_clock_that_goes_back_changes_no_order(together) -> None:
    entries = list(Ledger(together.study.home.ledger).entries())
    times = [entry["at"] for entry in entries]
    assert times != sorted(times), "the clock must have gone back"
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry["release_id"] for entry in entries if entry["event"] == "released"] == [
        "R000001",
        "R000002",
        "R000003",
    ]
    code, said = commands.run(together.study.home, "status", "--json")
    status = json.loads(said.splitlines()[-1])
    assert (code, status["published"], status["editions"][0]["last_load"]) == (0, "R000003", "L000003")
    assert status["editions"][0]["current_load"] == "L000003"


def test_a_reader_during_many_publications(undisturbed, tmp_path) -> None:
    study = undisturbed.study.copy(tmp_path)
    home = study.home
    shutil.copytree(undisturbed.corrected.releases / "R000002", home.releases / "R000002")
    swaps = 0
    with reading(home, LOOKS) as seen:
        while seen.is_reading():
            point_to(home, f"R00000{2 - swaps % 2}")
            swaps += 1
    assert seen.errors == []
    for shown in (seen.through_link, {look[1:]: times for look, times in seen.in_folder.items() if look[0]}):
        assert sorted(look[0] for look in shown) == ["R000001", "R000002"]
        assert sum(shown.values()) >= LOOKS - 1
    assert swaps > LOOKS


def _race(lock: Path, log: Path, name: str, barrier) -> None:
    """Take part in each round: who gets the lock keeps it until both have tried, then both wait for it once."""
    for _ in range(ROUNDS):
        barrier.wait()
        won = False
        try:
            with warehouse_lock(lock, name):
                won = True
                barrier.wait()
        except WarehouseLocked:
            barrier.wait()
        with log.open("a") as file:
            file.write("won\n" if won else "lost\n")
        barrier.wait()
        with warehouse_lock(lock, name, wait_seconds=60), log.open("a") as file:
            file.write(f"{name} in\n")
            file.flush()
            time.sleep(0.002)
            file.write(f"{name} out\n")


def test_two_processes_that_race_for_the_lock_never_both_have_it(tmp_path) -> None:
    barrier, log = commands.CONTEXT.Barrier(2), tmp_path / "log"
    processes = [
        commands.CONTEXT.Process(target=_race, args=(tmp_path / "lock", log, name, barrier)) for name in ("one", "two")
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    lines = log.read_text().splitlines()
    assert (lines.count("won"), lines.count("lost")) == (ROUNDS, ROUNDS)
    held = [line for line in lines if line.endswith((" in", " out"))]
    assert len(held) == 4 * ROUNDS
    for into, out in zip(held[::2], held[1::2], strict=True):
        assert into.removesuffix(" in") == out.removesuffix(" out"), "who has it lets go before the next has it"
