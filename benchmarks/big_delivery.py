"""Time and memory of a delivery with one very large CSV export: loading it (up to its Parquet file), and a dry run.

The export is the member survey of the 2024 sample (synthetic), repeated under new respondents' ids until it has the
wanted size. Each of the two is a process of its own, so that its peak memory is its own. Run by
`python -m benchmarks.big_delivery`; figures go to standard output, progress to standard error.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingestion.codebook import load_codebook
from ingestion.identity import load_identities
from orchestration.loading import Installation
from orchestration.paths import Home

EDITION, PATTERN = 2024, "ankieta_czlonkow_*.csv"


def make_delivery(home: Home, n_bytes: int) -> Path:
    """Write the sample's delivery with a member survey of `n_bytes`; returns the large file."""
    from sample import SEED, write_sample

    inbox = home.inbox / str(EDITION)
    write_sample(inbox, home.clusters, EDITION, None, SEED)
    (path,) = inbox.glob(PATTERN)
    headers, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    with path.open("w", encoding="utf-8-sig", newline="\r\n") as file:
        file.write(headers + "\n")
        copy = 0
        while file.tell() < n_bytes:
            file.writelines(f"{copy}-{row}\n" for row in rows)  # the id comes first
            copy += 1
    return path


def run(action: str, home: Home) -> None:
    """Load or compare the delivery, in this process."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    if action == "load":
        Installation(home).load(EDITION, "benchmark")
    else:
        from ingestion.preview import preview

        codebook = load_codebook(EDITION)
        seen = preview(codebook, home.inbox / str(EDITION), load_identities(home.clusters))
        errors = [problem for problem in seen.problems if problem.is_error]
        if errors:
            raise SystemExit(f"the delivery would be refused: {errors[0]}")
    print(peak_memory())


def peak_memory() -> int:
    """The most memory that this process has had so far, in bytes (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak) * 1024


def measure(action: str, home: Home, n_bytes: int) -> dict[str, float]:
    """Run an action in a child process: its seconds, MB of the export per second, and peak memory in bytes."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.big_delivery", "--run", action, "--home", str(home.root)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "mb_per_second": n_bytes / 1e6 / seconds, "peak": int(done.stdout.splitlines()[-1])}


def main() -> None:
    """Make the delivery, measure both, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--run", choices=["load", "dry run"], help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        run(arguments.run, Home(arguments.home))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        path = make_delivery(home, arguments.megabytes * 1_000_000)
        n_bytes = path.stat().st_size
        for action in ("load", "dry run"):
            got = measure(action, home, n_bytes)
            print(
                f"{action}: {n_bytes / 1e6:.0f} MB in {got['seconds']:.0f} s, {got['mb_per_second']:.1f} MB/s, "
                f"peak memory {got['peak'] / 2**20:.0f} MiB"
            )


if __name__ == "__main__":
    main()
