"""The ledger tells every load, and shows when it was tampered with."""

from __future__ import annotations

import json

import pytest

from ingestion.answers import SourceFile
from ingestion.ledger import Ledger, LedgerBroken
from ingestion.table import Choice

FILE = SourceFile("register", "register_1.xlsx", "ab" * 32, 10, "xlsx", "1999-06-01T00:00:00Z")


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def accepted(ledger: Ledger, edition_id: int, delivery_id: str) -> str:
    load_id = ledger.start_load(edition_id, "code", "run")
    ledger.accept_load(load_id, delivery_id, True, [FILE], {"register": Choice("xlsx")}, {"register": 3}, 12, [])
    return load_id


def test_a_load_is_current_only_once_it_is_published(ledger) -> None:
    first = accepted(ledger, 1999, "d1")
    assert ledger.current() == {}
    assert ledger.candidates()[1999].load_id == first
    ledger.finish_load(first, "loaded")
    second = accepted(ledger, 1999, "d2")
    assert ledger.current()[1999].load_id == first
    assert ledger.candidates()[1999].load_id == second
    ledger.finish_load(second, "refused", "raw door: answers_parse")
    assert ledger.candidates()[1999].load_id == first


def test_every_attempt_is_told(ledger) -> None:
    ledger.finish_load(ledger.start_load(1999, "code", "run"), "refused", "1 problem", problems=[{"row": 2}])
    ledger.finish_load(ledger.start_load(2001, "code", "run"), "failed", "disk full")
    loads = ledger.loads()
    assert [(load.load_id, load.edition_id, load.outcome) for load in loads] == [
        ("L000001", 1999, "refused"),
        ("L000002", 2001, "failed"),
    ]
    assert loads[0].problems == ({"row": 2},)


def test_the_chain_breaks_when_a_line_is_changed_or_removed(ledger) -> None:
    for edition in (1999, 2001, 2003):
        ledger.start_load(edition, "code", "run")
    lines = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text(lines[0] + lines[2])
    with pytest.raises(LedgerBroken, match="line 2"):
        list(ledger.entries())
    changed = json.loads(lines[1]) | {"edition_id": 2005}
    ledger.path.write_text(lines[0] + json.dumps(changed, sort_keys=True) + "\n" + lines[2])
    with pytest.raises(LedgerBroken, match="line 2"):
        list(ledger.entries())


@pytest.mark.parametrize("kept", [1, 30, -1])
def test_a_write_that_a_crash_cut_off_never_took_effect(ledger, kept) -> None:
    ledger.start_load(1999, "code", "run")
    whole = ledger.path.read_bytes()
    ledger.start_load(2001, "code", "run")
    both = ledger.path.read_bytes()
    ledger.path.write_bytes(whole + both[len(whole) :][:kept])
    assert [load.edition_id for load in ledger.loads()] == [1999]
    assert ledger.start_load(2003, "code", "run") == "L000002"
    assert [load.edition_id for load in ledger.loads()] == [1999, 2003]


def test_a_clock_that_is_set_back_changes_nothing_that_follows(ledger, monkeypatch) -> None:
    times = iter(f"1999-06-{day:02d}T00:00:00Z" for day in (9, 9, 8, 7, 7, 3, 5, 1, 1))
    monkeypatch.setattr("ingestion.ledger.utc_now", lambda: next(times))
    for delivery in ("d1", "d2"):
        load_id = accepted(ledger, 1999, delivery)
        ledger.append("released", release_id=f"R00000{load_id[-1]}", loads=[load_id])
        ledger.finish_load(load_id, "loaded")
    first, second = ledger.loads()
    assert second.started_at < first.started_at and first.finished_at < first.started_at
    assert [load.load_id for load in (first, second)] == ["L000001", "L000002"]
    assert ledger.current()[1999].delivery_id == ledger.candidates()[1999].delivery_id == "d2"
    assert (ledger.published(), ledger.next_release_id()) == ("R000002", "R000003")
    assert ledger.start_load(1999, "code", "run") == "L000003"


def test_the_published_release_is_the_last_one_published_or_restored(ledger) -> None:
    ledger.append("released", release_id="R000001", loads=[], is_for_publication=True)
    ledger.append("released", release_id="R000002", loads=[], is_for_publication=True)
    ledger.append("released", release_id="R000003", loads=[], is_for_publication=False)
    assert ledger.published() == "R000002"
    ledger.append("restored", release_id="R000001")
    assert ledger.published() == "R000001"


def test_each_database_shows_what_was_served_last(ledger) -> None:
    bench, other = ({"host": "db", "port": 5432, "database": name} for name in ("bench", "other"))
    for release, place in (("R000001", bench), ("R000001", other), ("R000002", bench)):
        ledger.append("serving", release_id=release, **place)
        ledger.append("served", release_id=release, **place)
    assert ledger.served() == {("db", 5432, "bench"): {"R000002"}, ("db", 5432, "other"): {"R000001"}}
    ledger.append("serving", release_id="R000003", **bench)  # and whether it came to an end nobody knows
    assert ledger.served()["db", 5432, "bench"] == {"R000002", "R000003"}


def test_entries_from_before_they_told_the_code_are_read(ledger) -> None:
    ledger.append("load_started", load_id="L000001", edition_id=1999, code_version="code", run_id="run")
    accepted_then = {"delivery_id": "d1", "is_sample": True, "files": [], "encodings": {}, "n_rows": {}, "rejected": []}
    ledger.append("load_accepted", load_id="L000001", n_answers=12, is_for_publication=False, **accepted_then)
    ledger.append("released", release_id="R000001", loads=["L000001"])
    (load,) = ledger.loads()
    assert (load.git_revision, load.lock_sha256, load.is_provisional) == (None, None, False)
    assert ledger.published() is None, "what it shows was for inspection"
