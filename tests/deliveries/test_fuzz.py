"""Files broken at random never end in a crash, a hang or more than 1 GiB of memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deliveries.fuzz import TARGETS

ROOT = Path(__file__).parents[2]
EXAMPLES = 120


@pytest.mark.parametrize("format", TARGETS)
def test_a_broken_file_is_read_or_refused(format: str) -> None:
    command = [sys.executable, "-m", "tests.deliveries.fuzz", format, str(EXAMPLES)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    name, n_read, n_refused, peak = ran.stdout.split()
    assert name == format
    assert int(n_read) + int(n_refused) >= EXAMPLES
    assert int(n_refused) > EXAMPLES / 4, "they are broken, after all"
    assert int(peak) < 1024, "MiB"
