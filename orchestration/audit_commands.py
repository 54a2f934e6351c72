"""The commands below `clusterbench audit`: each returns what it found, with the `text` for a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from orchestration.paths import Home

Report = dict[str, Any]

AUDITS: Mapping[str, Callable[[Home, argparse.Namespace], Report]] = {}
