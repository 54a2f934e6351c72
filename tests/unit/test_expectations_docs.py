"""Data Docs: every result is on a page, no page needs anything from elsewhere, synthetic data are called so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from expectations import DOORS, DoorReport, build_data_docs, intended_checks
from ingestion.synthetic import SYNTHETIC_NOTICE

from .clean_editions import NOW, clean_editions, run

# Elements that make a browser fetch something, and the attribute that says what.
FETCHING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}


class Page(HTMLParser):
    """What a page links to and fetches, the ids it has, and whether its elements are closed in order."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text = path.read_text(encoding="utf-8")
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        if tag in FETCHING:
            self.fetched.append(f"{tag} {given.get(FETCHING[tag])}")
        if tag not in ("meta", "input", "br", "hr", "img", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag


@pytest.fixture(scope="module")
def spoilt() -> Iterator[duckdb.DuckDBPyConnection]:
    """Editions with a critical fault, a warning and a check that cannot be run."""
    with clean_editions() as connection:
        connection.execute(f"""
            update raw.answer set answer_number = -1
            where edition_id = {NOW} and question_id = 'budget' and cluster_id in ('k1', 'k2');
            update raw.answer set answer_text = '<script>alert(1)</script>'
            where edition_id = {NOW} and question_id = 'cluster_name' and cluster_id in ('k3', 'k4');
            update core.fct_indicator_value set value = 700
            where edition_id = {NOW} and node_id = 'A.1.1' and cluster_id = 'k8';
            alter table core.fct_score drop n_parts
        """)
        yield connection


@pytest.fixture(scope="module")
def reports(spoilt) -> list[DoorReport]:
    """What the doors say of them."""
    return [run(spoilt, door) for door in DOORS]


@pytest.fixture
def pages(reports, tmp_path) -> dict[str, Page]:
    """Every page by file name."""
    index = build_data_docs(reports, tmp_path / "data_docs")
    assert index == tmp_path / "data_docs" / "index.html"
    return {path.name: Page(path) for path in index.parent.rglob("*") if path.is_file()}


def test_there_is_an_index_and_a_page_per_door_and_edition(pages) -> None:
    expected = {f"{door}_{edition}.html" for door in DOORS for edition in (2029, NOW)}
    assert set(pages) == {"index.html"} | expected


def test_every_check_has_a_section_with_its_result(pages) -> None:
    for check in intended_checks():
        page = pages[f"{check.door}_{NOW}.html"]
        assert check.check_id in page.ids
        assert check.description.split("'")[0] in page.text
    assert pages[f"facts_{NOW}.html"].text.count("<section") == len(intended_checks("facts"))


def test_great_expectations_renders_the_expectation(pages) -> None:
    assert "values must be less than or equal to" in pages[f"raw_{NOW}.html"].text
    assert "2 unexpected values found" in pages[f"raw_{NOW}.html"].text


def test_what_failed_is_shown_by_its_keys(pages) -> None:
    section = pages[f"raw_{NOW}.html"].text.split('<section id="answer_is_possible"')[1].split("</section>")[0]
    assert re.search(r"<td>budget</td><td>k1</td><td>c-k1</td><td>-1</td><td>0 to –</td>", section)


def test_what_could_not_be_run_or_is_not_applicable_is_shown_too(pages) -> None:
    assert "not run" in pages[f"scores_{NOW}.html"].text
    assert "n_parts" in pages[f"scores_{NOW}.html"].text
    assert "there is no earlier edition with the same framework" in pages["scores_2029.html"].text


def test_the_index_links_to_what_did_not_pass(pages) -> None:
    index = pages["index.html"]
    quality = "../data_quality/index.html"
    assert quality in index.links
    for link in index.links:
        if link == quality:
            continue
        name, _, anchor = link.partition("#")
        assert name in pages
        assert not anchor or anchor in pages[name].ids
    assert f"raw_{NOW}.html#answer_is_possible" in index.links
    assert f"facts_{NOW}.html#value_is_within_the_fence" in index.links
    assert f"scores_{NOW}.html#half_of_the_parts_are_available" in index.links
    assert f"scores_{NOW}.html#indicator_has_a_spread" not in index.links


def test_no_page_fetches_anything(pages) -> None:
    for name, page in pages.items():
        assert page.fetched == [], name
        assert not re.search(r"https?:|@import|url\(|javascript:", page.text), name


def test_pages_are_well_formed_and_answers_cannot_be_markup(pages) -> None:
    for name, page in pages.items():
        assert page.open == [], name
        assert len(page.ids) == len(set(page.ids)), name
        assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in pages[f"raw_{NOW}.html"].text


def test_synthetic_data_are_called_so_on_every_page(reports, tmp_path) -> None:
    def noticed(folder: Path) -> set[bool]:
        return {escape(SYNTHETIC_NOTICE) in path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}

    build_data_docs(reports, tmp_path / "seen")
    assert noticed(tmp_path / "seen") == {True}
    build_data_docs([replace(report, is_sample=False) for report in reports], tmp_path / "real")
    assert noticed(tmp_path / "real") == {False}
    build_data_docs(reports, tmp_path / "told", is_sample=False)
    assert noticed(tmp_path / "told") == {False}


def test_earlier_pages_do_not_stay(reports, tmp_path) -> None:
    build_data_docs(reports, tmp_path / "docs")
    build_data_docs(reports[:1], tmp_path / "docs")
    assert {path.name for path in (tmp_path / "docs").iterdir()} == {
        "index.html",
        "raw_2029.html",
        f"raw_{NOW}.html",
    }


def test_a_door_run_twice_is_shown_as_it_was_last(reports, tmp_path) -> None:
    with clean_editions() as connection:
        build_data_docs([*reports, run(connection, "raw")], tmp_path / "docs")
    assert "answer_is_possible" not in (tmp_path / "docs" / "index.html").read_text(encoding="utf-8")


def test_without_any_report_there_is_still_an_index(tmp_path) -> None:
    assert "No check was run" in build_data_docs([], tmp_path / "docs").read_text(encoding="utf-8")
