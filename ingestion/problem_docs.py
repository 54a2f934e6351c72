"""The kinds of problem as tables of docs/deliveries.md, which `python -m ingestion.problem_docs` brings up to date."""

from __future__ import annotations

import re
from pathlib import Path

from ingestion.problem import Kind, kinds

PATH = Path(__file__).parents[1] / "docs" / "deliveries.md"
BEGIN, END = "<!-- kinds: made by python -m ingestion.problem_docs -->", "<!-- end of kinds -->"

RANKS = {
    1: "The set of files",
    2: "A file as a whole",
    3: "Columns",
    4: "Respondents and clusters",
    5: "Answers",
}


def _cell(text: str) -> str:
    """A text as a cell of a table in Markdown; what stands in braces differs from problem to problem."""
    return re.sub(r"\{(\w+)(?:![rs])?\}", r"‹\1›", text).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _row(name: str, kind: Kind) -> str:
    english, polish = kind.words["en"], kind.words["pl"]
    cells = (english["reason"], polish["reason"], english["expected"], english["hint"])
    return f"| `{name}` | {kind.severity} | {' | '.join(_cell(cell) for cell in cells)} |"


def kinds_as_markdown() -> str:
    """A table for each rank, in the order in which they are told."""
    parts = []
    for rank, title in RANKS.items():
        parts += [
            f"### {rank}. {title}",
            "",
            "| kind | severity | what is wrong | co jest źle | expected | what to do |",
            "|---|---|---|---|---|---|",
            *(_row(name, kind) for name, kind in kinds().items() if kind.rank == rank),
            "",
        ]
    return "\n".join(parts)


def brought_up_to_date(page: str) -> str:
    """The page with its tables as the kinds are now."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{kinds_as_markdown()}\n{END}{after}"


if __name__ == "__main__":
    PATH.write_text(brought_up_to_date(PATH.read_text(encoding="utf-8")), encoding="utf-8")
