"""Time the whole pipeline, and the transformation as a ratio to one hand-written script that computes the same scores.

Run by `make benchmark`. Prints the median of several runs; ratios are of one run of this script on one machine, so
they can be compared where absolute seconds cannot.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

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


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--clusters", type=int, default=42)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        command(home, "sample", "--clusters", str(arguments.clusters), "--out", str(home / "inbox" / "2024"))
        first = timed(lambda: command(home, "run"))
        again = [timed(lambda: command(home, "publish")) for _ in range(max(1, arguments.runs // 2))]

        from orchestration.paths import Home
        from orchestration.transformation import build, load_manifest

        work_file = Home(home).work_file
        manifest = load_manifest(target_path=home / "dbt")
        query = SCRIPT.read_text(encoding="utf-8")
        transformations, scripts, difference = [], [], 0.0
        for _ in range(arguments.runs):
            transformations.append(
                timed(
                    lambda: [
                        build(work_file, stage, manifest, target_path=home / "dbt") for stage in ("facts", "scores")
                    ]
                )
            )
            with duckdb.connect(work_file, read_only=True) as connection:
                scripts.append(timed(lambda: connection.execute(query)))
                difference = largest_difference(work_file, connection)

    transformation, script = statistics.median(transformations), statistics.median(scripts)
    print(f"clusters                                  {arguments.clusters}")
    print(f"whole pipeline, first time                {first:8.2f} s")
    print(f"whole pipeline, again (median)            {statistics.median(again):8.2f} s")
    print(f"transformation with its tests (median)    {transformation:8.2f} s")
    print(f"hand-written script (median)              {script:8.3f} s")
    print(f"transformation / script                   {transformation / script:8.1f}")
    print(f"whole pipeline / script                   {statistics.median(again) / script:8.1f}")
    print(f"largest difference of a score             {difference:8.1e}")


if __name__ == "__main__":
    main()
