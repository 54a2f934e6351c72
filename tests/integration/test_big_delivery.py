"""A delivery with a very large export: the memory that reading it takes does not grow with it."""

from __future__ import annotations

import pytest

from benchmarks.big_delivery import make_delivery, measure
from orchestration.paths import Home


@pytest.mark.slow
@pytest.mark.parametrize("action", ["load", "dry run"])
def test_twice_the_file_takes_hardly_more_memory(tmp_path, action) -> None:
    peaks = []
    for megabytes in (10, 20):
        home = Home(tmp_path / str(megabytes))
        path = make_delivery(home, megabytes * 1_000_000)
        peaks.append(measure(action, home, path.stat().st_size)["peak"])
    # Who responded is kept, and the answers of one batch; 200 MB at this rate stay under 2 GiB.
    assert peaks[1] - peaks[0] < 60 * 2**20
    assert peaks[1] < 600 * 2**20
