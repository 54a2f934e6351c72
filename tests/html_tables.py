"""Reading a page as a person sees it: its text, the cells of its tables, where its links lead."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNCLOSED = {"meta", "br", "input", "link", "hr", "img"}


class Page(HTMLParser):
    """A page: `shown` is its text, `tables` the cells of the tables with an id, `totals` the counts of its tiles.

    Asserts that its elements are closed in order.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.totals: dict[str, int] = {}
        self._open: list[str] = []
        self._text: list[str] = []
        self._table: list[list[str]] = []
        self._kind = ""
        self.feed(text)
        self.shown = " ".join(" ".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if tag not in _UNCLOSED:
            self._open.append(tag)
        if tag == "a":
            self.links.append(str(given.get("href")))
        if tag == "table":
            self._table = self.tables.setdefault(given.get("id") or "", [])
        if tag == "tr":
            self._table.append([])
        if tag in ("td", "th"):
            self._table[-1].append("")
        self._kind = given.get("data-kind") or self._kind

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self._text.append(data)
        if {"td", "th"} & set(self._open):
            self._table[-1][-1] = re.sub(r"\s+", " ", self._table[-1][-1] + data).strip()
        if self._open[-1:] == ["strong"] and self._open[-2:-1] == ["li"]:
            self.totals[self._kind] = int(data)
