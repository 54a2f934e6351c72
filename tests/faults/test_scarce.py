"""No room, or no right to write: the load fails and says why, readers keep what they have; the next load succeeds."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingestion.manifest import hash_file
from tests.faults import commands, hardship
from tests.faults.study import LOAD, Study, deliver, leftovers, story

MANY = int(os.environ.get("FAULT_POINTS", "10")) > 10
MB = 1 << 20

# Which step meets the end of the room: Dagster's events, the work file, the release; `make faults` tries more.
ROOMS = (0, 12 * MB, *((MB // 8, MB, 2 * MB, 4 * MB, 6 * MB, 8 * MB, 10 * MB) if MANY else ()))
LARGEST_FILES = (2 * MB, *((MB // 64, MB // 4, 4 * MB) if MANY else ()))
NOT_WRITABLE = ("ledger.jsonl", "releases", *(("raw", "warehouse", "checks", "dagster", "dbt", ".") if MANY else ()))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk in memory of its own; an ordinary folder where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1g", "none", str(folder)]
    is_mounted = bool(shutil.which("mount")) and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield folder
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def room(disk: Path, n_bytes: int) -> Iterator[hardship.Hardship | None]:
    """Leave so much room on the disk; in an ordinary folder no file may grow beyond that."""
    if not disk.is_mount():
        # What the command says goes into a file, too; and the work file is larger than 4 MB.
        yield hardship.files_of_at_most(min(max(n_bytes, MB // 64), 4 * MB))
        return
    try:
        _resize(disk, shutil.disk_usage(disk).used + n_bytes)
        yield None
    finally:
        _resize(disk, 1 << 30)


def _resize(disk: Path, n_bytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={n_bytes}", str(disk)], check=True)


@contextmanager
def read_only(path: Path) -> Iterator[hardship.Hardship]:
    """Let nobody write to a file, or to a folder and all that is in it."""
    below = [path, *(each for each in path.rglob("*") if not each.is_symlink())] if path.is_dir() else [path]
    modes = {each: each.stat().st_mode for each in below}
    try:
        for each, mode in modes.items():
            each.chmod(mode & ~0o222)
        yield hardship.bound_by_permissions
    finally:
        for each, mode in modes.items():
            each.chmod(mode)


def contents(path: Path) -> dict[Path, str]:
    """The hash of every file there."""
    below = path.rglob("*") if path.is_dir() else [path]
    return {each: hash_file(each) for each in below if each.is_file() and not each.is_symlink()}


def recovered(study: Study) -> None:
    """Load without hardship: all is as after an undisturbed load."""
    corrected = deliver(study.home, "B", 99)
    code, said = commands.run(study.home, *LOAD)
    assert code == 0, said
    study.shown(corrected)
    assert leftovers(study.home) == []
    first, *failed, last = (outcome for outcome, _ in story(study.home).values())
    assert (first, last) == ("loaded", "loaded") and set(failed) == {"failed"}


@pytest.mark.long
def test_a_full_disk_fails_the_load_and_nothing_else(undisturbed, disk, monkeypatch) -> None:
    monkeypatch.setenv("CLUSTERBENCH_KEEP_RELEASES", "1")
    study = undisturbed.study.copy(disk)
    for i, n_bytes in enumerate(ROOMS, start=2):
        deliver(study.home, "B", i)
        with room(disk, n_bytes) as hardships:
            code, said = commands.run(study.home, *LOAD, hardship=hardships)
        assert code == 1, (n_bytes, said)
        assert "The disk takes no more" in said, (n_bytes, said)
        study.shown(study.published)
    for i, n_bytes in enumerate(LARGEST_FILES, start=50):
        deliver(study.home, "B", i)
        code, said = commands.run(study.home, *LOAD, hardship=hardship.files_of_at_most(n_bytes))
        assert (code, "The disk takes no more" in said) == (1, True), (n_bytes, said)
        study.shown(study.published)
    recovered(study)


@pytest.mark.long
def test_folders_that_cannot_be_written_fail_the_load_and_nothing_else(study) -> None:
    for i, name in enumerate(NOT_WRITABLE, start=2):
        deliver(study.home, "B", i)
        before = contents(study.home.root / name)
        with read_only(study.home.root / name) as hardships:
            code, said = commands.run(study.home, *LOAD, hardship=hardships)
        assert (code, "cannot be written" in said) == (1, True), (name, said)
        assert contents(study.home.root / name) == before, name
        study.shown(study.published)
    recovered(study)
