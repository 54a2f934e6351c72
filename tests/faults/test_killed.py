"""A load killed at seeded points: readers see the old release whole, or the new one; the next load ends as undisturbed.

Each killed load begins with what the one before has left behind. FAULT_POINTS says how many points (default 10).
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.faults import commands, hardship
from tests.faults.conftest import Undisturbed
from tests.faults.study import LOAD, Delivered, Study, deliver, leftovers, runs_without_end, story

POINTS = int(os.environ.get("FAULT_POINTS", "10"))
SEED = int(os.environ.get("FAULT_SEED", "2024"))
PER_RECOVERY = 10

# Where the points lie, in turn: before a change in this place of the home, or (`time`) whenever. Most are where a
# moment matters, though such moments are a small part of a load.
PLACES = ("raw", "ledger.jsonl", "time", "checks", "releases", "time", "link", "dbt", "removal", "ledger.jsonl")
LOADED, INTERRUPTED = ("loaded", None), ("failed", "interrupted before it was published")


@dataclass(frozen=True)
class Point:
    """Before the change `number` in a place of the home; or `time`, after the fraction `number` of the CPU seconds."""

    place: str
    number: float

    def earlier(self) -> Point:
        """For a load that has ended before it came to the point."""
        return Point(self.place, self.number / 2 if self.place == "time" else max(1, int(self.number / 2)))


def seeded_points(undisturbed: Undisturbed) -> Iterator[Point]:
    """As many points as asked for, the same for each seed."""
    chosen = random.Random(SEED)
    for i in range(POINTS):
        place = PLACES[i % len(PLACES)]
        number = chosen.uniform(0.02, 0.98) if place == "time" else chosen.randint(1, undisturbed.count(place))
        yield Point(place, number)


@dataclass
class Loading:
    """One load after the other, each of the other answer than what is published, and what must be told of them."""

    study: Study
    cpu_seconds: float
    published: Delivered
    told: dict[str, tuple[str | None, str | None]]
    n_without_load: int = 0
    n_delivered: int = 1
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def load(self, point: Point | None = None) -> int:
        """Deliver and load, killed at the point if there is one; returns the exit code. What is published is whole."""
        home, before = self.study.home, set(story(self.study.home))
        self.n_delivered += 1
        corrected = deliver(home, "B" if self.published.state == "A" else "A", self.n_delivered)
        if point is None:
            code, _ = commands.run(home, *LOAD)
        elif point.place == "time":
            code = commands.start(home, *LOAD).kill_after(point.number * self.cpu_seconds)
        else:
            code, _ = commands.run(home, *LOAD, hardship=hardship.killed_before(point.place, int(point.number)))
        shown = self.study.shown(self.published, corrected)
        started = set(story(home)) - before
        self.n_without_load += not started
        self.told |= dict.fromkeys(started, LOADED if shown is corrected else INTERRUPTED)
        if code == -signal.SIGKILL and point:
            self.counted[point.place, "new" if shown is corrected else "old"] += 1
        self.published = shown
        return code

    def check_end(self) -> None:
        """After a load that was not killed: nothing shows that others were, but the record."""
        home = self.study.home
        assert story(home) == self.told
        assert leftovers(home) == []
        assert [path.name for path in home.releases.iterdir()] == [home.published.resolve().name]
        assert runs_without_end(home) <= self.n_without_load, "only a run killed before it had the lock may go on"


@pytest.mark.long
def test_a_killed_load_leaves_a_whole_release_and_the_next_one_ends_as_undisturbed(study, undisturbed, capsys) -> None:
    loading = Loading(study, undisturbed.cpu_seconds, study.published, story(study.home))
    for i, point in enumerate(seeded_points(undisturbed), start=1):
        while (code := loading.load(point)) != -signal.SIGKILL:
            assert code == 0, f"{point}: a load that was not killed must succeed"
            point = point.earlier()
        if i % PER_RECOVERY == 0 or i == POINTS:
            before = loading.published
            assert loading.load() == 0
            assert loading.published.state != before.state
            loading.check_end()
    assert loading.counted.total() == POINTS
    with capsys.disabled():
        print("\nloads killed, by place and what was published then:", dict(sorted(loading.counted.items())))
