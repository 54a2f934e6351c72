"""The list of problems as a file to send on: a page in both languages, or CSV for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from ingestion.csv_file import csv_text
from ingestion.html_template import html_template
from ingestion.problem import LANGUAGES, Language
from ingestion.problem_table import WORDS, Entry, count_by_severity, table_of
from ingestion.problem_text import as_terminal_text
from ingestion.synthetic import SYNTHETIC_NOTICE

Format = Literal["text", "html", "csv"]
FORMATS: tuple[Format, ...] = ("text", "html", "csv")


def as_page(entries: Sequence[Entry], title: str, language: Language, is_sample: bool = False) -> str:
    """One HTML file in both languages, `language` being shown first; nothing is fetched, and no script is needed."""
    return html_template(Path(__file__).with_name("problems.html.j2")).render(
        title=title,
        language=language,
        tables={name: table_of(entries, name) for name in LANGUAGES},
        words=WORDS,
        counts=count_by_severity(entries),
        notice=SYNTHETIC_NOTICE if is_sample else "",
    )


def as_csv(entries: Sequence[Entry], language: Language, is_sample: bool = False) -> str:
    """The table as CSV; of made-up data with a column that says so."""
    notice = [SYNTHETIC_NOTICE] if is_sample else []
    header = [*WORDS[language].columns, *(["data"] if is_sample else [])]
    return csv_text(header, [(*line.cells(language), *notice) for line in table_of(entries, language)])


def render(
    entries: Sequence[Entry], title: str, language: Language, form: Format = "text", is_sample: bool = False
) -> str:
    """The list in one of the formats, without a line break at its end."""
    if form == "html":
        return as_page(entries, title, language, is_sample)
    if form == "csv":
        return as_csv(entries, language, is_sample).rstrip("\r\n")
    head = [title, SYNTHETIC_NOTICE, ""] if is_sample else [title, ""]
    return "\n".join([*head, as_terminal_text(table_of(entries, language), language)])
