"""The commands below `clusterbench audit`: each returns what it found, with the `text` for a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from orchestration.paths import Home

Report = dict[str, Any]


def _verify(home: Home, arguments: argparse.Namespace) -> Report:
    from audit.verify import verify

    return verify(home, arguments.head)


def _diff(home: Home, arguments: argparse.Namespace) -> Report:
    from audit.diff import diff

    return diff(home, arguments.before, arguments.after, arguments.limit)


def _history(home: Home, arguments: argparse.Namespace) -> Report:
    from audit.history import history

    return history(home, arguments.edition)


AUDITS: Mapping[str, Callable[[Home, argparse.Namespace], Report]] = {
    "verify": _verify,
    "diff": _diff,
    "history": _history,
}
