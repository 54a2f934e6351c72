"""A load killed at seeded points: readers see the old release whole, or the new one; the next load ends as undisturbed.

Each killed load begins with what the one before has left behind. FAULT_POINTS says how many points (default 10).
"""

from __future__ import annotations

import logging
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass

from tests.faults import commands, hardship
from tests.faults.study import LOAD, Delivered, Study, deliver, leftovers, story

logger = logging.getLogger(__name__)

POINTS = int(os.environ.get("FAULT_POINTS", "10"))
SEED = int(os.environ.get("FAULT_SEED", "20241124"))
PER_RECOVERY = 10

# Where the points lie, in turn: a change in this place of the home, or (`time`) whenever. Half of them are where a
# moment matters, though such moments are a small part of a load.
PLACES = ("raw", "ledger.jsonl", "time", "checks", "releases", "time", "link", "dbt", "removal", "ledger.jsonl")
INTERRUPTED = ("failed", "interrupted before it was published")


@dataclass(frozen=True)
class Point:
    """Before the change `number` in a place of the home; or `time`, after the fraction `number` of the CPU seconds."""

    place: str
    number: float

    def earlier(self) -> Point:
        """For a load that has ended before it came to the point."""
        return Point(self.place, self.number / 2 if self.place == "time" else max(1, int(self.number / 2)))


def points(undisturbed) -> list[Point]:
    """The seeded points."""
    chosen = random.Random(SEED)
    found = []
    for place in (PLACES[i % len(PLACES)] for i in range(POINTS)):
        number = chosen.uniform(0.02, 0.98) if place == "time" else chosen.randint(1, undisturbed.count(place))
        found.append(Point(place, number))
    return found


def load(study: Study, point: Point, cpu_seconds: float) -> int:
    """Load, and be killed at the point; returns the exit code."""
    if point.place == "time":
        return commands.start(study.home, *LOAD).kill_after(point.number * cpu_seconds)
    return commands.run(study.home, *LOAD, hardship=hardship.killed_before(point.place, int(point.number)))[0]


def test_a_killed_load_leaves_readers_a_whole_release_and_the_next_one_ends_as_undisturbed(
    study, undisturbed, capsys
) -> None:
    home, published = study.home, study.published
    expected = story(home)
    counted: Counter[str] = Counter()

    def try_to_load(number: int, point: Point | None) -> tuple[int, Delivered]:
        """Deliver the other answer and load it; what is published then, and what the ledger must say of it."""
        corrected = deliver(home, "B" if published.state == "A" else "A", number)
        known = set(story(home))
        code = load(study, point, undisturbed.cpu_seconds) if point else commands.run(home, *LOAD)[0]
        shown = study.shown(published, corrected)
        started = set(story(home)) - known
        expected.update(dict.fromkeys(started, ("loaded", None) if shown is corrected else INTERRUPTED))
        counted[f"{point.place if point else 'undisturbed'}: {'new' if shown is corrected else 'old'}"] += 1
        return code, shown

    delivered = 1
    for i, point in enumerate(points(undisturbed), start=1):
        while True:
            delivered += 1
            code, published = try_to_load(delivered, point)
            if code == -signal.SIGKILL:
                break
            assert code == 0, f"{point}: a load that was not killed must succeed"
            point = point.earlier()
        if i % PER_RECOVERY == 0 or i == POINTS:
            delivered += 1
            code, published = try_to_load(delivered, None)
            assert code == 0
            assert story(home) == expected
            assert leftovers(home) == []
            assert [path.name for path in home.releases.iterdir()] == [home.published.resolve().name]
    with capsys.disabled():
        print("\n", dict(sorted(counted.items())))
