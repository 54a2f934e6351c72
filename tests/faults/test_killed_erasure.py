"""An erasure that is killed leaves readers a whole release; the same request again ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.integration.test_erasure import ERASE, OWN, WHO, codebooks, home, places, with_members
from tests.installation import tables

__all__ = ["codebooks", "home", "with_members"]

# Stops for good where it is told to: before the nth time that the named function is called.
PROGRAM = """
import os, signal, sys
from importlib import import_module
from orchestration.command import main

module, name, nth = sys.argv[1], sys.argv[2], int(sys.argv[3])
owner = import_module(module)
*path, last = name.split(".")
for part in path:
    owner = getattr(owner, part)
original, calls = getattr(owner, last), 0

def killing(*arguments, **named):
    global calls
    calls += 1
    if calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **named)

setattr(owner, last, killing)
sys.exit(main(sys.argv[4:]))
"""
STEPS = {
    "before the new copy is complete": ("orchestration.erasing", "hash_file"),
    "before the ledger says so": ("ingestion.ledger", "Ledger.record_erasure"),
    "before the old copy is deleted": ("orchestration.erasing", "_delete_unreferenced"),
    "before the kept answers are deleted": ("orchestration.erasing", "_delete_kept_answers"),
    "before the release without the answers": ("orchestration.assets", "write_release"),
    "before older releases are removed": ("orchestration.assets", "remove_releases_of_erased"),
}


@pytest.mark.parametrize(("module", "name"), STEPS.values(), ids=STEPS.keys())
def test_a_killed_erasure_is_finished_by_the_same_request(home, command, module, name) -> None:  # noqa: F811
    before = tables(home.published / "benchmarking.duckdb")["core.fct_answer"]
    environment = os.environ | {"CLUSTERBENCH_HOME": str(home.root)}
    arguments = [sys.executable, "-c", PROGRAM, module, name, "1", *ERASE, "--respondent", WHO]
    killed = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert tables(home.published / "benchmarking.duckdb")["core.fct_answer"], "readers must have a whole release"

    result = command(home, *ERASE, "--respondent", WHO)
    assert result.exit_code == 0, result.err
    assert places(home, *OWN) == {text: set() for text in OWN}
    after = tables(home.published / "benchmarking.duckdb")["core.fct_answer"]
    assert after == [row for row in before if WHO not in row]
    assert [path.name for path in home.releases.iterdir()] == [home.published.resolve().name]
    recorded = home.ledger.read_text(encoding="utf-8").count('"respondent_erased"')
    assert recorded == 1
