"""What the documentation says can be typed in works as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import PROJECT

PAGES = sorted([PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")])


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "```sql" in page.read_text(encoding="utf-8")], ids=lambda p: p.name
)
def test_every_query_of_a_page_gives_rows(all_editions, page: Path) -> None:
    blocks = re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        for query in (query for block in blocks for query in block.split(";") if query.strip()):
            assert connection.execute(query).fetchall(), query


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (page.parent / link).exists()] == []
