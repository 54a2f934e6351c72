"""Time what a user waits for, and the transformation as a ratio to a hand-written script that computes the same scores.

Run by `make benchmark`. Every command is a process of its own, on the sample of all editions; figures are medians of
several runs. Ratios are of one run of this script on one machine, so they can be compared where seconds cannot.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from ingestion.ledger import Ledger
from orchestration.paths import Home
from orchestration.transformation import build, load_manifest

SCRIPT = Path(__file__).with_name("scores.sql")
COMMAND = Path(sys.executable).with_name("clusterbench")


def timed(action: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def command(home: Path, *arguments: str) -> None:
    """A clusterbench command as a process of its own."""
    environment = os.environ | {"CLUSTERBENCH_HOME": str(home)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([str(COMMAND), *arguments], env=environment, check=True, **quiet)


def largest_difference(work_file: Path, connection: duckdb.DuckDBPyConnection) -> float:
    """How far the script's scores are from the warehouse's; stops when they are not the same scores."""
    rows, difference = connection.execute(
        """
        select
            count(*) filter (where mart.node_id is null or script.node_id is null),
            max(abs(mart.score - script.score))
        from core.fct_score as mart
        full join score as script using (edition_id, cluster_id, node_id)
        """
    ).fetchone()  # type: ignore[misc]
    if rows:
        raise SystemExit(f"{rows} scores stand in only one of {work_file} and the script's result")
    if difference > 1e-9:
        raise SystemExit(f"the script is no yardstick: a score differs by {difference} from {work_file}")
    return float(difference)


def load(home: Home, edition: int, outcome: str) -> float:
    """Seconds that loading the edition takes; stops when it did not end as `outcome`."""
    seconds = timed(lambda: command(home.root, "load", str(edition)))
    found = Ledger(home.ledger).loads()[-1].outcome
    if found != outcome:
        raise SystemExit(f"the load of edition {edition} should have ended as {outcome}, not as {found}")
    return seconds


def deliver_again(inbox: Path) -> None:
    """Make the delivery of an edition another one that says the same: the rows of its CSV file turned round."""
    path = min(inbox.glob("*.csv"))
    with path.open(encoding="utf-8-sig", newline="") as file:  # answers have line breaks in them
        header, *rows = csv.reader(file, delimiter=";")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *reversed(rows)])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--edition", type=int, default=2024, help="the edition to load again; its export has a CSV file"
    )
    parser.add_argument("--clusters", type=int, help="clusters of each edition (default: as many as it had)")
    arguments = parser.parse_args()
    size = ["--clusters", str(arguments.clusters)] if arguments.clusters else []

    with tempfile.TemporaryDirectory() as folder:
        home, edition = Home(Path(folder)), arguments.edition
        sample = timed(lambda: command(home.root, "sample", *size))
        n_editions = len(list(home.inbox.iterdir()))
        first = timed(lambda: command(home.root, "run"))
        reloads, unchanged = [], []
        for _ in range(arguments.runs):
            deliver_again(home.inbox / str(edition))
            reloads.append(load(home, edition, "loaded"))
            unchanged.append(load(home, edition, "unchanged"))

        manifest = load_manifest(target_path=home.dbt)
        query = SCRIPT.read_text(encoding="utf-8")
        transformations, scripts, difference = [], [], 0.0
        for _ in range(arguments.runs):
            transformations.append(
                timed(
                    lambda: [
                        build(home.work_file, stage, manifest, target_path=home.dbt) for stage in ("facts", "scores")
                    ]
                )
            )
            with duckdb.connect(home.work_file, read_only=True) as connection:
                scripts.append(timed(lambda: connection.execute(query)))
                difference = largest_difference(home.work_file, connection)

    transformation, script = statistics.median(transformations), statistics.median(scripts)
    figures = {
        "editions": f"{n_editions:8}",
        "writing the sample exports": f"{sample:8.2f} s",
        "loading all editions, the first time": f"{first:8.2f} s",
        f"loading edition {edition} again": f"{statistics.median(reloads):8.2f} s",
        "recognising an unchanged delivery": f"{statistics.median(unchanged):8.2f} s",
        "transformation with its tests": f"{transformation:8.2f} s",
        "hand-written script": f"{script:8.3f} s",
        "transformation / script": f"{transformation / script:8.1f}",
        f"loading edition {edition} again / script": f"{statistics.median(reloads) / script:8.1f}",
        "largest difference of a score": f"{difference:8.1e}",
    }
    for what, figure in figures.items():
        print(f"{what:42}{figure}")


if __name__ == "__main__":
    main()
