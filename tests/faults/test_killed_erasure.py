"""An erasure that is killed leaves readers a whole release; the same request again ends as if nothing had happened."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from orchestration.paths import Home
from tests.faults import commands, hardship
from tests.installation import tables
from tests.integration.members import member_rows, with_secrets, write_members
from tests.integration.test_erasure import ERASE, OWN, WHO, places, without_respondent

# Each time the request comes further, and begins with what was left of it before.
STEPS = {
    "before the ledger says so": ("ingestion.ledger", "Ledger.record_erasure"),
    "before the old copy is deleted": ("orchestration.erasing", "_delete_unreferenced"),
    "before the release without the answers": ("orchestration.assets", "write_release"),
    "before older releases are removed": ("orchestration.assets", "remove_releases_of_erased"),
}


@pytest.mark.long
def test_a_request_killed_again_and_again_is_finished_by_the_last(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    request = (*ERASE, "--respondent", WHO)
    assert commands.run(home, "sample", "--edition", "2024", "--clusters", "8")[0] == 0
    write_members(home, with_secrets(member_rows(home)))
    code, said = commands.run(home, "load", "2024")
    assert code == 0, said
    before = tables(home.published / "benchmarking.duckdb")["core.fct_answer"]
    without = without_respondent(before)
    assert without != before

    for step, place in STEPS.items():
        code, said = commands.run(home, *request, hardship=hardship.killed_instead_of(*place))
        assert code == -signal.SIGKILL, (step, said)
        answers = tables(home.published / "benchmarking.duckdb")["core.fct_answer"]
        assert answers == (without if step == "before older releases are removed" else before), step

    code, said = commands.run(home, *request)
    assert code == 0, said
    assert places(home, *OWN) == {text: set() for text in OWN}
    assert tables(home.published / "benchmarking.duckdb")["core.fct_answer"] == without
    assert [path.name for path in home.releases.iterdir()] == [home.published.resolve().name]
    assert home.ledger.read_text(encoding="utf-8").count('"respondent_erased"') == 1
