"""Fifty readers for a minute while two releases are published: from PostgreSQL, and from the DuckDB file.

Run by `make serving`. Every reader is a process of its own that asks what a dashboard asks, in one transaction (of the
file: in one connection), and what tells releases apart, of five tables. A reader that sees two releases at once, or an
error, fails the run. PostgreSQL is one that is started here and thrown away.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from benchmarks.pipeline import deliver_again
from orchestration.paths import Home
from tests.serving.server import Server, running

COMMAND = [sys.executable, "-c", "import sys; from orchestration.command import main; sys.exit(main(sys.argv[1:]))"]

# What a page of a dashboard asks: medians of the areas, a cluster, the trend, the segments.
QUERIES = (
    "select node_id, median, benchmark from benchmark.score_distribution"
    " where edition_id = 2024 and cut_id = 'all' and level = 'area'",
    "select node_id, score, rank, median_all from benchmark.cluster_profile where edition_id = 2024"
    " and cluster_id = (select min(cluster_id) from core.dim_cluster_edition where edition_id = 2024)",
    "select edition_id, n, mean from benchmark.edition_trend where measure = 'members' order by edition_id",
    "select segment.name_en, distribution.median from benchmark.score_distribution as distribution"
    " inner join core.dim_segment as segment using (edition_id, cut_id, segment_id)"
    " where edition_id = 2024 and cut_id = 'size' and node_id = 'overall'",
)
# What differs in every release, of a table each.
MARKS = (
    "select release_id from core.release",
    "select delivery_id from core.dim_edition where edition_id = 2024",
    "select max(delivery_id) from core.fct_indicator_value where edition_id = 2024",
    "select count(*) from audit.load",
    "select count(*) from audit.check_trend where edition_id = 2024 and n_runs > 0",
)

Mark = tuple[Any, ...]
Ask = Callable[[str], Any]


@dataclass
class Seen:
    """What one reader saw: the seconds of each page, how often each release, and errors."""

    seconds: list[float] = field(default_factory=list)
    marks: Counter[Mark] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


@contextmanager
def in_postgresql(server: Server) -> Iterator[Ask]:
    """A page as one transaction, at the level that every client has without asking."""
    with server.connect("reader", "bench") as connection, connection.transaction():
        yield lambda query: connection.execute(query).fetchall()


@contextmanager
def in_file(home: Path) -> Iterator[Ask]:
    """A page as one connection to the published file."""
    with duckdb.connect(home / "published" / "benchmarking.duckdb", read_only=True) as connection:
        connection.execute("set threads = 1")
        yield lambda query: connection.execute(query).fetchall()


def read(place: Server | Path, number: int, is_over: Event, pause: float, results: Any) -> None:  # noqa: ANN401  a queue
    """Ask for page after page until it is over; opening is part of a page."""
    seen, thinking = Seen(), random.Random(number)
    while not is_over.is_set():
        started = time.perf_counter()
        try:
            with in_postgresql(place) if isinstance(place, Server) else in_file(place) as ask:
                marks = [ask(MARKS[0])[0][0]]
                for query in QUERIES:
                    if not ask(query):
                        seen.errors.append(f"no rows: {query}")
                marks += [ask(mark)[0][0] for mark in MARKS[1:]]
            seen.marks[tuple(marks)] += 1
        except (psycopg.Error, duckdb.Error) as error:
            seen.errors.append(str(error).splitlines()[0])
        seen.seconds.append(time.perf_counter() - started)
        time.sleep(pause * thinking.uniform(0.5, 1.5))
    results.put(seen)


def publish(home: Path, server: Server, release: str, *to: str) -> float:
    """Publish a release, with `to` also to PostgreSQL; returns the seconds it took."""
    environment = os.environ | {"CLUSTERBENCH_HOME": str(home), "PGPASSWORD": server.password}
    started = time.perf_counter()
    subprocess.run([*COMMAND, "publish", "--release", release, *to], env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def marks_of(home: Path, release: str) -> Mark:
    """What tells a release apart, from its own file."""
    with duckdb.connect(home / "releases" / release / "benchmarking.duckdb", read_only=True) as connection:
        return tuple(connection.execute(mark).fetchone()[0] for mark in MARKS)  # type: ignore[index]


def measure(
    place: Server | Path, readers: int, seconds: float, pause: float, publications: list[Callable[[], float]]
) -> tuple[list[Seen], list[float]]:
    """What the readers saw in that time, or longer if publications take longer, and how long each of these took."""
    context = multiprocessing.get_context("spawn")
    results, is_over = context.Queue(), context.Event()
    processes = [context.Process(target=read, args=(place, n, is_over, pause, results)) for n in range(readers)]
    for process in processes:
        process.start()
    time.sleep(5)  # until all have started
    begun, took = time.monotonic(), []
    for number, publication in enumerate(publications):
        time.sleep(max(begun + (number + 0.2) * seconds / len(publications) - time.monotonic(), 0))
        took.append(publication())
    time.sleep(max(begun + seconds - time.monotonic(), 1))
    is_over.set()
    seen = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return seen, took


def report(what: str, seen: list[Seen], took: list[float], known: set[Mark]) -> bool:
    """Print the figures; returns whether every page was of one release and without an error."""
    seconds = sorted(second for reader in seen for second in reader.seconds)
    marks = sum((reader.marks for reader in seen), Counter())
    errors = Counter(error for reader in seen for error in reader.errors)
    mixed = {mark: n for mark, n in marks.items() if mark not in known}
    quantiles = statistics.quantiles(seconds, n=100)
    print(f"{what}: {len(seen)} readers, {len(seconds)} pages of {len(QUERIES) + len(MARKS)} queries")
    print(
        f"  a page takes      {quantiles[49]:.3f} s (median), {quantiles[94]:.3f} s (95 %), {seconds[-1]:.3f} s (most)"
    )
    print(f"  publications took {', '.join(f'{second:.1f} s' for second in took)}")
    print(f"  pages by release  {', '.join(f'{mark[0]} {n}' for mark, n in sorted(marks.items()))}")
    print(f"  mixed {sum(mixed.values())}, errors {sum(errors.values())}")
    for text, n in [*errors.items(), *((str(mark), n) for mark, n in mixed.items())]:
        print(f"    {n} x {text}")
    return not mixed and not errors and len(marks) == len(known)


def main() -> None:
    """Print the figures; exit 1 when a reader saw a mixed state or an error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=2, help="seconds between two pages of a reader, on average")
    parser.add_argument("--home", type=Path, help="a home to copy, with releases (default: load the sample)")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        home = Path(folder) / "data"
        quiet = {"env": os.environ | {"CLUSTERBENCH_HOME": str(home)}, "check": True, "capture_output": True}
        if arguments.home:
            shutil.copytree(arguments.home, home, symlinks=True)
        else:
            subprocess.run([*COMMAND, "run", "--sample"], **quiet)
        while len(list((home / "releases").glob("R*"))) < 3:
            deliver_again(Home(home).inbox / "2024")
            subprocess.run([*COMMAND, "load", "2024"], **quiet)
        releases = [path.name for path in sorted((home / "releases").glob("R*"))][-3:]
        to = ("--to", server.make_database("bench"))
        publish(home, server, releases[0], *to)
        server.make_login("reader", "bench_analyst", "bench_auditor")
        known = {marks_of(home, release) for release in releases}
        held = []
        for what, place, target in (("PostgreSQL", server, to), ("DuckDB file", home, ())):
            publish(home, server, releases[0])
            steps = [partial(publish, home, server, release, *target) for release in releases[1:]]
            found = measure(place, arguments.readers, arguments.seconds, arguments.pause, steps)
            held.append(report(what, *found, known))
    raise SystemExit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
