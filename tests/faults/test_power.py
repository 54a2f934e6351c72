"""A power failure cannot be had in a test: what a load asks to be on disk, and in which order, can."""

from __future__ import annotations

from pathlib import Path


def test_what_gets_a_name_is_on_disk_and_so_is_the_name_before_the_ledger_goes_on(undisturbed) -> None:
    home = undisturbed.corrected
    folders = {home.raw, home.warehouse / "answers", home.checks, home.releases, home.root}
    changes = [(event, Path(path)) for event, path, _, _ in undisturbed.changes]
    old_release = ("os.rename", home.releases / "R000001")  # loses its name, at the end
    named = [i for i, (event, path) in enumerate(changes) if event == "os.rename" and path.parent in folders]
    named.remove(changes.index(old_release))
    assert {changes[i][1].parent for i in named} == folders
    for i in named:
        path = changes[i][1]
        until = changes.index(("open", home.ledger), i)
        is_link = path.parent == home.root
        assert is_link or ("os.fsync", path) in changes[:i], path
        assert ("os.fsync", path.parent) in changes[i:until], path


def test_the_ledger_is_on_disk_with_each_entry(undisturbed) -> None:
    ledger = [event for event, _, place, _ in undisturbed.changes if place == "ledger.jsonl"]
    assert ledger == ["open", "os.fsync"] * 4


def test_all_of_a_release_is_on_disk_before_it_gets_its_name(undisturbed) -> None:
    release = undisturbed.corrected.published.resolve()
    partial = release.with_name(f".{release.name}.partial")
    synced = {path for event, path, _, _ in undisturbed.changes if event == "os.fsync"}
    assert {str(partial / path.relative_to(release)) for path in release.rglob("*")} <= synced
