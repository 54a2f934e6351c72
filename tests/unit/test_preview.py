"""A delivery beside its codebook, before it is loaded: every difference, and what would come in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingestion.codebook import Codebook, load_codebook
from ingestion.identity import load_identities
from ingestion.manifest import write_manifest
from ingestion.preview import Preview, preview
from ingestion.similar import propose


@pytest.fixture
def codebook(codebooks: Path) -> Codebook:
    """The small codebook, which here requires the last answer."""
    questions = codebooks / "1999" / "questions.csv"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(re.sub("(?m)^(coordinator,strategy.*),no$", r"\1,yes", text), encoding="utf-8")
    return load_codebook(1999, codebooks)


def look(codebook, inbox: Path, clusters: Path, is_provisional: bool = False) -> Preview:
    return preview(codebook, inbox, load_identities(clusters), is_provisional)


def complete(delivery) -> None:
    """The third respondent left a required question blank."""
    delivery.rows[2][10] = "pisemna"


def test_a_clean_delivery_has_no_differences_and_is_counted(codebook, delivery, clusters) -> None:
    complete(delivery)
    seen = look(codebook, delivery.write(), clusters)
    assert seen.problems == ()
    assert seen.clusters == seen.answered_all == {"K1", "K2", "K3"}
    assert seen.is_sample
    counts = {name: (s.n_respondents, s.n_answers, s.n_given) for name, s in seen.surveys.items()}
    assert counts == {"coordinator": (3, 18, 10), "register": (3, 6, 6)}


def test_nothing_is_written_anywhere(codebook, delivery, clusters, tmp_path) -> None:
    delivery.write()
    before = sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    look(codebook, delivery.folder, clusters)
    assert sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_all_differences_are_listed_whatever_else_is_wrong(codebook, delivery, clusters) -> None:
    """A column that is not there hides neither the cells nor the names beside it."""
    delivery.headers[5] = "Q1b"
    delivery.rows[0][10] = "może"
    delivery.rows[1][2] = "1997"
    delivery.register[2][3] = "Klaster Żurawi"
    seen = look(codebook, delivery.write(), clusters)
    assert [(p.rank, p.reason) for p in seen.problems] == [
        (2, "rows are of another edition, this one first"),
        (3, "a column is missing"),
        (3, "a column is unknown"),
        (4, "the cluster's name is not in the alias file"),
        (5, "the answer is not one of the answer options"),
        (5, "a required answer is missing"),
    ]
    hints = {problem.reason: problem.hint for problem in seen.problems}
    assert "Did you mean the column 'Q1b' (80 % alike)?" in hints["a column is missing"]
    assert "Is it meant for 'Q1' (80 % alike)?" in hints["a column is unknown"]
    assert "Klaster Żurawi,K3,1999,    if it is Klaster Żuraw (" in hints["the cluster's name is not in the alias file"]
    assert [vars(proposal) for proposal in seen.surveys["coordinator"].proposals] == [
        {"missing": "Q1", "unknown": "Q1b", "similarity": 80.0}
    ]


def test_a_missing_file_does_not_hide_what_is_wrong_in_the_others(codebook, delivery, clusters) -> None:
    delivery.rows[0][5] = "dużo"
    inbox = delivery.write()
    (inbox / "register_1.xlsx").unlink()
    reasons = [problem.reason for problem in look(codebook, inbox, clusters).problems]
    assert reasons[0] == "survey register needs one file"
    assert "the answer is not a number" in reasons


def test_who_has_not_answered_is_told_unless_fieldwork_goes_on(codebook, delivery, clusters) -> None:
    complete(delivery)
    delivery.rows[1][5:] = ["", "", "", "", "", ""]  # the platform has a row of K2, and K2 has answered nothing
    del delivery.rows[2]
    inbox = delivery.write()
    (problem,) = look(codebook, inbox, clusters).problems
    assert problem.reason == "2 of 3 clusters of the register have not answered"
    assert problem.found == "no response of K2, K3"
    seen = look(codebook, inbox, clusters, is_provisional=True)
    assert seen.problems == ()
    assert seen.answered_all == seen.surveys["coordinator"].answered == {"K1"}


def test_the_manifest_is_verified(codebook, delivery, clusters) -> None:
    complete(delivery)
    inbox = delivery.write()
    write_manifest(inbox)
    assert look(codebook, inbox, clusters).problems == ()
    delivery.rows[0][5] = "5"
    delivery.write()
    assert "the file is not the one in the manifest" in [p.reason for p in look(codebook, inbox, clusters).problems]


def test_every_name_is_proposed_once_and_the_most_alike_first() -> None:
    got = propose(["P14_2022", "P14_2023", "Dział PKD"], ["P14_2024", "P14_2025", "dzial PKD", "uwagi"])
    assert [(p.missing, p.unknown) for p in got] == [
        ("Dział PKD", "dzial PKD"),
        ("P14_2022", "P14_2024"),
        ("P14_2023", "P14_2025"),
    ]
    assert propose(["Kwota"], ["uwagi"]) == []
