"""What the commands below `clusterbench audit` take; what they do is in audit_commands.py."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


def add_audits(audit: argparse.ArgumentParser, common: argparse.ArgumentParser, action: Callable[..., Any]) -> None:
    """Add the auditor's commands to the parser; each runs `action` with its name in `arguments.audit`."""
    commands = audit.add_subparsers(dest="audit", required=True, metavar="AUDIT")

    def add(name: str, what: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=what, description=what, parents=[common])
        command.set_defaults(action=action)
        return command

    verify = add("verify", "prove that ledger, raw files and releases belong together, and name what does not")
    verify.add_argument("--head", metavar="HASH", help="also prove that the entry noted earlier is still in the chain")
    trace = add("trace", "follow a figure down to the answers, files and rows it comes from")
    trace.add_argument("edition", type=int, metavar="EDITION", help="the edition's year, such as 2024")
    trace.add_argument("--node", required=True, metavar="ID", help="indicator, sub-area, area or overall, such as I.3")
    figure = trace.add_mutually_exclusive_group(required=True)
    figure.add_argument("--segment", metavar="CUT/SEGMENT", help="a figure of a segment, such as size/small or all/all")
    figure.add_argument("--cluster", metavar="ID", help="the score of one cluster")
    trace.add_argument("--measure", metavar="NAME", help="with --segment: the figure, such as median (default)")
    trace.add_argument("--of", choices=["score", "value"], default="score", help="scores, or values of an indicator")
    trace.add_argument("--release", metavar="ID", help="the release it is in (default: the published one)")
    diff = add("diff", "list which answers, values, scores and ranks differ between two releases")
    diff.add_argument("before", metavar="RELEASE", help="a release kept, such as R000001, or the folder of one")
    diff.add_argument("after", metavar="RELEASE", help="the release to compare it with")
    diff.add_argument("--limit", type=int, default=20, metavar="N", help="rows to print of each kind (default 20)")
    history = add("history", "tell what the ledger knows: loads, releases, corrections, erasures")
    history.add_argument("edition", type=int, nargs="?", metavar="EDITION", help="only of this edition")
