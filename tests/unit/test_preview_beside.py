"""Surveys beside the benchmark before a delivery is loaded: members are respondents, what they lack is a warning."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.codebook import Codebook, load_codebook
from ingestion.identity import load_identities
from ingestion.preview import Preview, preview
from orchestration.edition_commands import dry_run
from orchestration.paths import Home

SURVEYS = """\
  opinions:
    title: Members
    file_pattern: "members_*.csv"
    format: csv
    respondent_column: response
    cluster_column: cluster
    edition_column: edition
    data_kind_column: kind
    respondents: members
    enters_benchmark: false
  audit:
    title: Audit
    file_pattern: "audit_*.csv"
    format: csv
    respondent_column: cluster
    cluster_column: cluster
    edition_column: edition
    data_kind_column: kind
    enters_benchmark: false
synthetic_data_kind"""
QUESTIONS = """\
opinions,member_amount,1,M1,number,Kwota,Amount,tys. zł,1000,,,,,,,,yes
audit,accessibility_1,1,A1,integer,Tytuł,Title,,,,,,,,,,no
"""
# How many members of each cluster answer; K3 has no website either.
MEMBERS = {"K1": 5, "K2": 2}
# Their ids are those of coordinators' responses as well.
OPINIONS = [
    f"{'r' if cluster == 'K1' else 's'}{number};{cluster};1999;synthetic;{number * 10}"
    for cluster, n in MEMBERS.items()
    for number in range(1, n + 1)
]


@pytest.fixture
def asked(codebooks: Path) -> Codebook:
    """The small codebook with two surveys beside the benchmark."""
    described, questions = codebooks / "1999" / "edition.yml", codebooks / "1999" / "questions.csv"
    text = described.read_text(encoding="utf-8")
    described.write_text(re.sub("^synthetic_data_kind", SURVEYS, text, flags=re.MULTILINE), encoding="utf-8")
    questions.write_text(questions.read_text(encoding="utf-8") + QUESTIONS, encoding="utf-8")
    return load_codebook(1999, codebooks)


@pytest.fixture
def look(asked, delivery, clusters) -> Callable[..., Preview]:
    """What a delivery with these opinions and audits would bring."""

    def write_and_look(opinions: list[str], is_provisional: bool = False) -> Preview:
        delivery.rows[2][10] = "pisemna"
        inbox = delivery.write()
        for name, header, lines in (
            ("members_1.csv", "response;cluster;edition;kind;M1", opinions),
            ("audit_1.csv", "cluster;edition;kind;A1", ["K1;1999;synthetic;1", "K2;1999;synthetic;0"]),
        ):
            (inbox / name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8-sig")
        return preview(asked, inbox, load_identities(clusters), is_provisional)

    return write_and_look


@pytest.mark.parametrize("is_provisional", [False, True])
def test_members_are_counted_and_clusters_with_too_few_are_told(look, is_provisional: bool) -> None:
    seen = look(OPINIONS, is_provisional)
    assert seen.problems == ()
    assert {name: survey.n_respondents for name, survey in seen.surveys.items()} == {
        "audit": 2, "coordinator": 3, "opinions": 7, "register": 3,
    }  # fmt: skip
    assert seen.surveys["opinions"].too_few == {"K2": 2, "K3": 0}
    assert seen.answered_all == {"K1", "K2", "K3"}, "what is beside the benchmark does not count"
    assert seen.warnings == (
        "audit: nothing of K3",
        "opinions: 2 of 3 clusters have fewer respondents than the edition asks for: K2 (2), K3 (0)",
    )


def test_a_required_answer_is_that_of_one_respondent(look) -> None:
    """Another member's answer, and a coordinator's of the same id, do not stand for it."""
    seen = look([*OPINIONS, "r7;K1;1999;synthetic;b.d.", "r8;K2;1999;synthetic;5"])
    (problem,) = seen.problems
    assert (problem.reason, problem.row, problem.column) == ("a required answer is missing", 9, "M1")


def test_the_same_member_twice_and_an_unknown_cluster_are_refused(look) -> None:
    seen = look([*OPINIONS, "r1;K1;1999;synthetic;5", "r9;K9;1999;synthetic;5"])
    assert [(p.rank, p.row, p.reason) for p in seen.problems] == [
        (4, 9, "a respondent stands twice, with different answers"),
        (4, 10, "the cluster is unknown"),
    ]


def test_the_dry_run_says_so(look, codebooks, tmp_path, monkeypatch) -> None:
    look(OPINIONS)
    monkeypatch.setenv("CLUSTERBENCH_CODEBOOKS", str(codebooks))
    accepted, report = dry_run(Home(tmp_path), 1999, None, is_provisional=False)
    assert accepted
    assert report["surveys"]["opinions"]["clusters_with_too_few"] == {"K2": 2, "K3": 0}
    assert "Clusters    3 in the register, 3 have answered every survey of the benchmark" in report["text"]
    assert "  opinions         7 respondents, 7 answers, 7 given; 2 of 3 clusters" in report["text"]
    assert f"Warnings    2\n  {report['warnings'][0]}\n  {report['warnings'][1]}\n" in report["text"]
