"""The small study, loaded once undisturbed with either answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.paths import Home
from tests.faults import commands, hardship
from tests.faults.study import EDITION, LOAD, Study, deliver, published_tables


@dataclass(frozen=True)
class Undisturbed:
    """The small study, the home of its copy with the answer B, and what that load changed there, in order."""

    study: Study
    corrected: Home
    changes: list[tuple[str, str, str, float]]

    def count(self, place: str) -> int:
        """How often it makes, changes or removes something in a place of the home."""
        return sum(where == place for _, _, where, _ in self.changes)

    @property
    def cpu_seconds(self) -> float:
        """From the first change to the last."""
        return self.changes[-1][-1]


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Twelve clusters of 2012, loaded with the answer A; then a copy with the answer B. Not to be changed."""
    folder = tmp_path_factory.mktemp("study")
    home = Home(folder / "data")
    code, said = commands.run(home, "sample", "--edition", str(EDITION), "--clusters", "12")
    assert code == 0, said
    study = Study(home, deliver(home, "A", 0), {})
    changes = folder / "changes.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERBENCH_KEEP_RELEASES", "1")
        code, said = commands.run(home, *LOAD)
        assert code == 0, said
        study.expected["A"] = study.published.named(published_tables(home.published))
        copy = study.copy(folder / "B")
        corrected = deliver(copy.home, "B", 1)
        code, said = commands.run(copy.home, *LOAD, hardship=hardship.recorded(changes))
        assert code == 0, said
    study.expected["B"] = corrected.named(published_tables(copy.home.published))
    return Undisturbed(study, copy.home, [tuple(json.loads(line)) for line in changes.read_text().splitlines()])


@pytest.fixture
def study(undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A copy of the small study, to be changed at will; it keeps one release, so that each load removes one."""
    monkeypatch.setenv("CLUSTERBENCH_KEEP_RELEASES", "1")
    return undisturbed.study.copy(tmp_path)
