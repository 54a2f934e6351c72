"""A load that is killed leaves the published release whole; the next one ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import edit_answer, outcomes, tables

COMMAND = Path(sys.executable).with_name("clusterbench")


def kill_at(home, progress: str) -> None:
    """Load the edition in a process of its own, and kill it as soon as its progress says so."""
    environment = os.environ | {"CLUSTERBENCH_HOME": str(home.root)}
    process = subprocess.Popen(
        [str(COMMAND), "load", "2024"], env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    seen = []
    for line in process.stderr:
        seen.append(line)
        if progress in line:
            process.send_signal(signal.SIGKILL)
            break
    assert process.wait() == -signal.SIGKILL, "".join(seen)


@pytest.mark.parametrize("progress", ["edition 2024:", "facts: ", "audit: "])
def test_a_killed_load_leaves_the_release_and_the_next_one_ends_as_undisturbed(built, home, command, progress) -> None:
    before = tables(home.published / "benchmarking.duckdb")
    edit_answer(home, "P24_2022", "77", row=3)
    kill_at(home, progress)
    assert home.published.resolve().name == "R000001"
    assert tables(home.published / "benchmarking.duckdb") == before
    assert command(home, "load", "2024").exit_code == 0
    assert outcomes(home) == ["loaded", "failed", "loaded"]
    after = tables(home.published / "benchmarking.duckdb")
    changed = {name for name in before if before[name] != after[name]}
    assert "core.fct_answer" in changed
    assert not list(home.releases.glob(".*")), "half-written releases must be gone"
