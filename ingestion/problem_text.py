"""The list of problems for a terminal: grouped by severity and file, in lines that can be read."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby

from ingestion.problem import Language
from ingestion.problem_table import WORDS, Line

WIDTH = 110
# How far the parts of a problem stand in, below its number.
_INDENT = " " * 7


def printable(text: str) -> str:
    """The text without what steers a terminal: a cell or a file name may hold anything."""
    return "".join(char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in text)


def _part(name: str, text: str, width: int) -> list[str]:
    """A named part of a problem, wrapped; its own line breaks are kept."""
    first, *others = printable(text).split("\n")
    head = f"{_INDENT}{name + ':':<{width}} "
    kept = {"width": WIDTH, "break_on_hyphens": False, "break_long_words": False}
    lines = textwrap.wrap(first, initial_indent=head, subsequent_indent=" " * len(head), **kept) or [head.rstrip()]
    return [*lines, *(" " * len(head) + other.strip() for other in others)]


def _place(line: Line, language: Language) -> str:
    words = WORDS[language]
    row = f"{words.row} {line.row}" if line.row else ""
    column = f"{words.column} {' '.join(line.column.split())}" if line.column else ""
    return ", ".join(filter(None, (row, column)))


def as_terminal_text(lines: Sequence[Line], language: Language) -> str:
    """The whole list as text, `WIDTH` characters wide unless a word is longer."""
    words = WORDS[language]
    if not lines:
        return words.no_problem
    names = [f"{name[0].upper()}{name[1:]}" for name in words.columns[-3:]]
    width = max(len(name) for name in names) + 1
    told: list[str] = []
    for severity, group in groupby(lines, key=lambda line: line.severity):
        alike = list(group)
        told += [f"{words.groups[severity]}: {len(alike)}", ""]
        for (file, sheet), in_file in groupby(alike, key=lambda line: (line.file, line.sheet)):
            told.append("  " + printable(f"{file}, {words.sheet} {sheet}" if sheet else file))
            for line in in_file:
                place = _place(line, language)
                what = printable(f"{place}: {line.reason}" if place else line.reason)
                head = f"{line.number:>5}. "
                told += textwrap.wrap(
                    what,
                    WIDTH,
                    initial_indent=head,
                    subsequent_indent=_INDENT,
                    break_on_hyphens=False,
                    break_long_words=False,
                )
                for name, text in zip(names, (line.found, line.expected, line.hint), strict=True):
                    told += _part(name, text, width)
            told.append("")
    return "\n".join(told).rstrip()
