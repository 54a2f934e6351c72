"""A power failure cannot be had in a test: what a load asks to be on disk, and in which order, can."""

from __future__ import annotations

from pathlib import Path

# Where a file or folder gets its final name.
NAMED = ("raw", "warehouse", "checks", "releases", "link")


def test_what_gets_a_name_is_on_disk_and_so_is_the_name_before_the_ledger_goes_on(undisturbed) -> None:
    changes = [(event, Path(path)) for event, path, place, _ in undisturbed.changes]
    places = [place for _, _, place, _ in undisturbed.changes]
    named = [i for i, (event, _) in enumerate(changes) if event == "os.rename" and places[i] in NAMED]
    assert {places[i] for i in named} == set(NAMED)
    for i in named:
        path = changes[i][1]
        until = next(j for j in range(i, len(changes)) if changes[j][0] == "open" and places[j] == "ledger.jsonl")
        if path.name.startswith("R"):
            continue  # a release loses its name
        assert places[i] == "link" or ("os.fsync", path) in changes[:i], path
        assert ("os.fsync", path.parent) in changes[i:until], path


def test_the_ledger_is_on_disk_with_each_entry(undisturbed) -> None:
    ledger = [event for event, _, place, _ in undisturbed.changes if place == "ledger.jsonl"]
    assert ledger == ["open", "os.fsync"] * 4


def test_all_of_a_release_is_on_disk_before_it_gets_its_name(undisturbed) -> None:
    release = undisturbed.corrected.published.resolve()
    partial = release.with_name(f".{release.name}.partial")
    synced = {path for event, path, _, _ in undisturbed.changes if event == "os.fsync"}
    assert {str(partial / path.relative_to(release)) for path in release.rglob("*")} <= synced
