"""The small study, loaded once undisturbed with either answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.paths import Home
from tests.faults import commands, hardship
from tests.faults.study import EDITION, LOAD, Delivered, Study, deliver, published_tables
from tests.installation import made_once

CHANGES, DELIVERED = "changes.jsonl", "delivered.json"


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

    def make(folder: Path) -> None:
        home = Home(folder / "data")
        code, said = commands.run(home, "sample", "--edition", str(EDITION), "--clusters", "12")
        assert code == 0, said
        first = deliver(home, "A", 0)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLUSTERBENCH_KEEP_RELEASES", "1")
            code, said = commands.run(home, *LOAD)
            assert code == 0, said
            copy = Study(home, first, {}).copy(folder / "B")
            second = deliver(copy.home, "B", 1)
            code, said = commands.run(copy.home, *LOAD, hardship=hardship.recorded(folder / CHANGES))
            assert code == 0, said
        (folder / DELIVERED).write_text(json.dumps([vars(first), vars(second)]), encoding="utf-8")

    folder = made_once(tmp_path_factory, "study", make)
    first, second = (Delivered(**each) for each in json.loads((folder / DELIVERED).read_text(encoding="utf-8")))
    home, corrected = Home(folder / "data"), Home(folder / "B" / "data")
    expected = {
        delivered.state: delivered.named(published_tables(of.published))
        for delivered, of in ((first, home), (second, corrected))
    }
    changes = [tuple(json.loads(line)) for line in (folder / CHANGES).read_text().splitlines()]
    return Undisturbed(Study(home, first, expected), corrected, changes)


@pytest.fixture
def study(undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A copy of the small study, to be changed at will; it keeps one release, so that each load removes one."""
    monkeypatch.setenv("CLUSTERBENCH_KEEP_RELEASES", "1")
    return undisturbed.study.copy(tmp_path)
