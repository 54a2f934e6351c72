"""The list of problems: one table, told in two languages, as text, as a page and as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingestion.ledger import Ledger
from ingestion.problem import MOST_ALIKE, DeliveryRefused, Problem, ProblemList
from ingestion.problem_page import as_csv, as_page, render
from ingestion.problem_table import table_of
from ingestion.problem_text import WIDTH, as_terminal_text
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.command import _refusing_in
from orchestration.loading import Installation
from orchestration.paths import Home
from orchestration.problem_commands import NoSuchLoad, problems

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
HOSTILE = '<script>alert("x")</script>'

FOUND = [
    Problem("respondent_repeated", "b.csv", 9, "id", said={"id": "r1", "other_row": 2}),
    Problem("not_an_option", "b.csv", 3, "Q4", "Dane", {"found": f"'{HOSTILE}'", "options": "=1+1 | {{ 7*7 }}"}),
    Problem("file_missing", "inbox/a_*.csv", said={"survey": "a", "pattern": "a_*.csv", "files": ""}),
    Problem("cluster_unknown", "a.csv", 5, "klaster", said={"cluster": "=HYPERLINK(1)"}),
]
ENTRIES = [problem.as_dict() for problem in FOUND]
# As the ledger had it before problems had kinds.
OLD = {
    "file": "old.csv", "row": 7, "column": "P01", "rank": 5, "reason": "the answer is not a number",
    "found": "'dużo'", "expected": "a number", "hint": "Correct the cell.",
}  # fmt: skip


def test_errors_come_first_and_in_them_what_to_fix_first() -> None:
    lines = table_of(ENTRIES, "en")
    assert [(line.number, line.severity, line.file, line.row) for line in lines] == [
        (1, "error", "inbox/a_*.csv", None),
        (2, "error", "a.csv", 5),
        (3, "error", "b.csv", 3),
        (4, "warning", "b.csv", 9),
    ]
    assert [line.reason for line in table_of(ENTRIES, "pl")] == [
        "ankieta a wymaga jednego pliku",
        "nieznany klaster",
        "odpowiedź nie jest żadną z opcji",
        "ten sam wiersz występuje dwa razy, odczytano go raz",
    ]


@pytest.mark.parametrize("language", ["en", "pl"])
def test_entries_from_before_are_told_as_they_were(language) -> None:
    renamed = ENTRIES[3] | {"kind": "no_longer_known", "reason": "as told then"}
    lacking = ENTRIES[3] | {"said": {}, "reason": "as told then, too"}
    lines = table_of([OLD, renamed, lacking], language)
    assert {line.reason for line in lines} == {"the answer is not a number", "as told then", "as told then, too"}
    assert [line.severity for line in lines] == ["error"] * 3
    assert (lines[-1].row, lines[-1].column, lines[-1].hint) == (7, "P01", "Correct the cell.")


def test_many_alike_are_folded_and_stay_as_severe_as_they_are() -> None:
    found = ProblemList()
    for row in range(2, MOST_ALIKE + 12):
        found.add(Problem("implausible", "a.csv", row, "Q1", said={"found": str(row), "least": "1", "most": "…"}))
    assert not found.has_errors
    *kept, more = list(found)
    assert len(kept) == MOST_ALIKE
    assert (more.kind, more.severity, more.found) == ("more_warnings_alike", "warning", "10 more")
    assert more.expected == "the answer is out of the usual range"
    assert more.told("pl").expected == "odpowiedź jest poza zwykłym zakresem"


def test_the_text_is_grouped_and_as_wide_as_a_terminal() -> None:
    text = as_terminal_text(table_of(ENTRIES, "pl"), "pl")
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "Błędy, z powodu których dostawa jest odrzucona: 3\n\n  inbox/a_*.csv\n    1. ankieta a wymaga" in text
    assert "  b.csv, arkusz Dane\n    3. wiersz 3, kolumna Q4: odpowiedź nie jest żadną z opcji\n" in text
    assert f"       Znaleziono: '{HOSTILE}'\n       Oczekiwano: =1+1" in text
    assert "Ostrzeżenia, do sprawdzenia: 1" in text
    assert as_terminal_text([], "en") == "No problem was found."


def test_the_text_steers_no_terminal() -> None:
    entry = ENTRIES[3] | {"file": "a\x1b[2J.csv", "said": {"cluster": "\x1b]0;x\x07\r"}}
    text = as_terminal_text(table_of([entry], "en"), "en")
    assert text.replace("\n", "").isprintable()
    assert "\\x1b[2J" in text


def test_the_csv_is_the_table_and_holds_no_formula() -> None:
    text = as_csv(ENTRIES, "en", is_sample=True)
    assert text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert header[:7] == ["no", "severity", "file", "sheet", "row", "column", "what is wrong"] and header[-1] == "data"
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1][7] == "'=HYPERLINK(1)" and rows[2][8] == "'=1+1 | {{ 7*7 }}"
    assert {row[-1] for row in rows} == {SYNTHETIC_NOTICE}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


class Tags(HTMLParser):
    """The tags of a page, and its text by the language of the section it stands in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("html", "section"):
            self.language = str(dict(attrs)["lang"])

    def handle_data(self, data: str) -> None:
        self.text[self.language] = self.text.get(self.language, "") + data


def test_the_page_is_in_both_languages_and_escaped() -> None:
    page = Tags(as_page(ENTRIES, "Dostawa <2024>", "pl", is_sample=True))
    names = [name for name, _ in page.tags]
    assert "script" not in names and "2024" not in names and names.count("section") == 2
    assert dict(page.tags)["html"] == {"lang": "pl"}
    checked = [attrs["id"] for tag, attrs in page.tags if tag == "input" and "checked" in attrs]
    assert checked == ["show-pl"]
    for language, reason in (("pl", "nieznany klaster"), ("en", "the cluster is unknown")):
        assert reason in page.text[language] and HOSTILE in page.text[language] and "{{ 7*7 }}" in page.text[language]
    assert SYNTHETIC_NOTICE in page.text["pl"]
    assert not any(name in ("src", "href", "onclick") for _, attrs in page.tags for name in attrs)


def test_a_browser_shows_one_language_without_any_script(tmp_path: Path) -> None:
    """Without what the other language says the page looks the same; without what this one says it does not."""
    whole = as_page(ENTRIES, "Delivery", "pl")
    start, end = (re.search(pattern, whole).start() for pattern in ('<section lang="en">', "</body>"))
    pages = {
        "whole": whole,
        "polish": whole[:start] + whole[end:],
        "english": whole.replace("nieznany klaster", ""),
    }
    shots = {}
    for name, page in pages.items():
        path, shot = tmp_path / f"{name}.html", tmp_path / f"{name}.png"
        path.write_text(page, encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
        subprocess.run([BROWSER, *options, f"--screenshot={shot}", path.as_uri()], check=True, capture_output=True)
        shots[name] = shot.read_bytes()
    assert shots["whole"] == shots["polish"] != shots["english"]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_the_list_of_a_load_is_kept_and_shown_in_any_form(codebooks, delivery, clusters, tmp_path) -> None:
    delivery.rows[0][5] = "dużo"
    delivery.write()
    installation = Installation(Home(tmp_path), codebooks)
    with pytest.raises(Exception, match="is refused"):
        installation.load(1999, "run")
    delivery.rows[0][5] = "5"
    delivery.rows.append([*delivery.rows[1]])
    delivery.write()
    installation.load(1999, "run")
    refused = problems(installation.home, "L000001", "pl", "text")
    assert refused["counts"] == {"error": 1, "warning": 0, "note": 0}
    assert refused["text"].startswith(f"Ładowanie L000001, edycja 1999: odrzucono\n{SYNTHETIC_NOTICE}\n")
    assert "wiersz 2, kolumna Q1: odpowiedź nie jest liczbą" in refused["text"]
    last = problems(installation.home, None, "en", "csv")
    assert last["load_id"] == "L000002" and "r2, the same as row 3" in last["text"]
    assert json.loads(json.dumps(last["problems"]))[0]["said"] == {"id": "r2", "other_row": 3}
    with pytest.raises(NoSuchLoad, match="L000001, L000002"):
        problems(installation.home, "L000009", "en", "text")


def test_no_load_yet_is_said(tmp_path) -> None:
    with pytest.raises(NoSuchLoad, match="no load yet"):
        problems(Home(tmp_path), None, "en", "text")
    assert not Ledger(Home(tmp_path).ledger).loads()


def test_the_list_says_that_data_are_made_up() -> None:
    for form in ("text", "html", "csv"):
        assert (SYNTHETIC_NOTICE in render(ENTRIES, "t", "en", form, True).replace("&#39;", "'")) is True
        assert SYNTHETIC_NOTICE not in render(ENTRIES, "t", "en", form, False)


def test_a_load_is_refused_in_the_language_asked_for() -> None:
    def load() -> dict:
        try:
            raise DeliveryRefused(1999, FOUND)
        except DeliveryRefused as error:
            raise RuntimeError("told in English") from error

    with pytest.raises(RuntimeError, match="Dostawa edycji 1999 jest odrzucona, nic nie załadowano"):
        _refusing_in("pl", load)
    with pytest.raises(RuntimeError, match="told in English"):
        _refusing_in("en", load)
