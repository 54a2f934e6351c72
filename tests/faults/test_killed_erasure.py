"""An erasure that is killed leaves readers a whole release; the same request again ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.installation import tables
from tests.integration.test_erasure import ERASE, OWN, WHO, places, without_respondent

# Kills itself when the named function is called for the first time.
PROGRAM = """
import os, signal, sys
from importlib import import_module
from orchestration.command import main

*path, name = sys.argv[2].split(".")
owner = import_module(sys.argv[1])
for part in path:
    owner = getattr(owner, part)
setattr(owner, name, lambda *arguments: os.kill(os.getpid(), signal.SIGKILL))
sys.exit(main(sys.argv[3:]))
"""
STEPS = {
    "before the ledger says so": ("ingestion.ledger", "Ledger.record_erasure"),
    "before the old copy is deleted": ("orchestration.erasing", "_delete_unreferenced"),
    "before the release without the answers": ("orchestration.assets", "write_release"),
    "before older releases are removed": ("orchestration.assets", "remove_releases_of_erased"),
}


@pytest.mark.parametrize(("module", "name"), STEPS.values(), ids=STEPS.keys())
def test_a_killed_erasure_is_finished_by_the_same_request(members_home, command, module, name) -> None:
    home = members_home
    before = tables(home.published / "benchmarking.duckdb")["core.fct_answer"]
    environment = os.environ | {"CLUSTERBENCH_HOME": str(home.root)}
    arguments = [sys.executable, "-c", PROGRAM, module, name, *ERASE, "--respondent", WHO]
    killed = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert tables(home.published / "benchmarking.duckdb")["core.fct_answer"], "readers must have a whole release"

    result = command(home, *ERASE, "--respondent", WHO)
    assert result.exit_code == 0, result.err
    assert places(home, *OWN) == {text: set() for text in OWN}
    after = tables(home.published / "benchmarking.duckdb")["core.fct_answer"]
    assert after == without_respondent(before)
    assert [path.name for path in home.releases.iterdir()] == [home.published.resolve().name]
    recorded = home.ledger.read_text(encoding="utf-8").count('"respondent_erased"')
    assert recorded == 1
