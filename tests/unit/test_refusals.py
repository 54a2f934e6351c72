"""What is refused, or warned of, when a delivery is read: each with the cell it stands in and what was found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.codebook import Codebook, load_codebook
from ingestion.identity import load_identities
from ingestion.preview import preview
from ingestion.problem import DeliveryRefused, Problem
from ingestion.respondents import is_test
from orchestration.loading import Installation
from orchestration.paths import Home


def with_codebook(codebooks: Path, **changes: tuple[str, str]) -> Codebook:
    """The small codebook with parts of its files replaced: file → (pattern, replacement)."""
    for name, (pattern, replacement) in changes.items():
        path = codebooks / "1999" / {"edition": "edition.yml"}.get(name, f"{name}.csv")
        text, n = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert n, f"nothing to change in {name}"
        path.write_text(text, encoding="utf-8")
    return load_codebook(1999, codebooks)


@pytest.fixture
def found(delivery, clusters) -> Callable[[Codebook], list[Problem]]:
    """What is wrong with the delivery as it is now."""
    return lambda codebook: list(preview(codebook, delivery.write(), load_identities(clusters)).problems)


def told(problems: list[Problem]) -> list[tuple]:
    return [(p.kind, p.row, p.column, p.found) for p in problems]


# --- respondents ------------------------------------------------------------------------------------------------------


def test_the_same_row_twice_is_read_once(codebook, delivery, found, clusters) -> None:
    once = preview(codebook, delivery.write(), load_identities(clusters)).surveys["coordinator"]
    delivery.rows.append([*delivery.rows[0]])
    delivery.rows[-1][1] = "1999-06-30"  # sent again: what is answered counts
    assert told(found(codebook)) == [("respondent_repeated", 5, "response", "r1, the same as row 2")]
    twice = preview(codebook, delivery.folder, load_identities(clusters)).surveys["coordinator"]
    assert (twice.n_answers, twice.n_given) == (once.n_answers, once.n_given)


def test_the_same_respondent_with_different_answers_is_refused_with_what_differs(codebook, delivery, found) -> None:
    delivery.rows.append([*delivery.rows[0][:10], "A2"])
    assert told(found(codebook)) == [("respondent_twice", 5, "response", "r1, also in row 2; the rows differ in Q4")]


def test_a_cluster_that_has_answered_under_two_ids_is_refused(codebook, delivery, found) -> None:
    delivery.rows.append(["r4", *delivery.rows[0][1:]])
    assert told(found(codebook)) == [("cluster_twice", 5, "cluster", "K1, also in row 2; the rows differ in response")]


@pytest.mark.parametrize("name", ["test", "TEST-1", "próba 2", "Klaster testowy", "test_3"])
def test_who_tries_the_survey_out_is_known_by_the_name(codebook, delivery, found, name: str) -> None:
    delivery.rows[0][0] = name
    assert told(found(codebook)) == [("test_response", 2, "response", name)]


@pytest.mark.parametrize("name", ["Klaster Badań i Testów", "Attest", "r1", "Próbnik", ""])
def test_other_names_are_not_taken_for_tests(codebook, name: str) -> None:
    assert not is_test(name, codebook.test_words)


def test_a_cluster_called_a_test_is_refused_unless_the_edition_says_otherwise(
    codebooks, codebook, delivery, found
) -> None:
    delivery.register[0][3] = "TEST"
    assert [p.kind for p in found(codebook)] == ["name_unknown", "test_response"]
    real = with_codebook(codebooks, edition=("^item_separator", "test_words: []\nitem_separator"))
    assert [p.kind for p in found(real)] == ["name_unknown"]


def test_a_response_that_was_never_finished_is_refused_if_it_says_anything(codebooks, delivery, found) -> None:
    asked = with_codebook(
        codebooks,
        edition=(r"^    metadata_columns: \[sent\]", "    status_column: sent\n    finished_statuses: [done, '']"),
    )
    for row, status in zip(delivery.rows, ["Done", "started", ""], strict=True):
        row[1] = status
    assert told(found(asked)) == [("response_unfinished", 3, "sent", "status started")]
    delivery.rows[1][5:] = [""] * 6
    assert [p.kind for p in found(asked)] == ["clusters_not_answered"]


def test_a_response_from_outside_the_fieldwork_is_refused(codebooks, delivery, found) -> None:
    days = "    sent_column: sent\n    fieldwork_from: 1999-05-01\n    fieldwork_to: 1999-05-02"
    asked = with_codebook(codebooks, edition=(r"^    metadata_columns: \[sent\]", days))
    assert told(found(asked)) == [("sent_outside_fieldwork", 4, "sent", "1999-05-03")]
    delivery.rows[2][1] = "02.05.1999 23:59:59"
    assert found(asked) == []
    delivery.rows[0][1], delivery.rows[1][1] = "30.04.1999", "wczoraj"
    assert [p.found for p in found(asked)] == ["30.04.1999", "wczoraj"]
    assert found(asked)[0].expected == "a day from 1999-05-01 to 1999-05-02"


# --- clusters and surveys ---------------------------------------------------------------------------------------------


def test_an_unknown_cluster_comes_with_the_nearest_one(codebooks, delivery, found) -> None:
    for row, name in zip((*delivery.register, *delivery.rows), ["kl-01", "kl-02", "kl-03"] * 2, strict=True):
        row[0 if row in delivery.register else 3] = name
    codebook = load_codebook(1999, codebooks)
    assert found(codebook) == []
    delivery.rows[1][3] = "KL 02"
    problem = next(p for p in found(codebook) if p.kind == "cluster_unknown_near")
    assert (problem.row, problem.found) == (3, "KL 02")
    assert problem.hint.startswith("Is kl-02 meant?")
    assert problem.told("pl").hint.startswith("Czy chodzi o kl-02?")


def test_the_file_of_another_survey_is_one_problem(codebooks, delivery, found) -> None:
    """The coordinators' answers in a file that is called the analysts'."""
    analysts = (
        '  analysts:\n    title: Analysts\n    file_pattern: "analysts_*.csv"\n    format: csv\n    delimiter: ";"\n'
        "    respondent_column: cluster\n    cluster_column: cluster\n    edition_column: edition\n"
        "    data_kind_column: kind\n    enters_benchmark: false\nsynthetic_data_kind"
    )
    more = "".join(f"analysts,a{n},{n},A{n},integer,A,A,,1,,,,,,,,no\n" for n in range(1, 9))
    asked = with_codebook(codebooks, edition=("^synthetic_data_kind", analysts), questions=(r"\Z", more))
    inbox = delivery.write()
    (inbox / "analysts_1.csv").write_bytes((inbox / "coordinators_1.csv").read_bytes())
    (problem,) = found(asked)
    assert (problem.kind, problem.file) == ("other_survey", "analysts_1.csv")
    assert problem.found == "100% of the columns of survey coordinator, 27% of those of analysts"
    assert "coordinators_*.csv" in problem.hint


# --- cells ------------------------------------------------------------------------------------------------------------


def test_a_count_is_never_negative_though_the_codebook_names_no_bound(codebooks, delivery, found) -> None:
    asked = with_codebook(codebooks, questions=("^(register,members.*),1,,,1000,", r"\1,,,,1000,"))
    delivery.register[1][4] = -1
    (problem,) = found(asked)
    assert (problem.kind, problem.row, problem.expected) == ("below_possible", 4, "at least 0")


def test_a_value_beyond_the_usual_is_taken_with_a_warning(codebooks, delivery, found, clusters, tmp_path) -> None:
    asked = with_codebook(codebooks, questions=("^(register,members.*),1000,yes", r"\1,39,yes"))
    (problem,) = found(asked)
    assert told([problem]) == [("implausible", 5, "members", "'40'")]
    assert (problem.severity, problem.expected) == ("warning", "usually from … to 39")
    load = Installation(Home(tmp_path), codebooks).load(1999, "run")
    assert load.is_accepted
    assert [(kept["kind"], kept["row"]) for kept in load.problems] == [("implausible", 5)]


def test_an_answer_to_a_skipped_question_is_refused_and_an_unticked_box_is_none(codebook, delivery, found) -> None:
    """Networks are asked of who ticks the second tool."""
    delivery.rows[1][9] = "0"
    assert found(codebook) == []
    delivery.rows[1][9] = "1"
    (problem,) = found(codebook)
    assert told([problem]) == [("answer_to_skipped", 3, "Q3_1", "'1'")]
    assert problem.expected == "a blank: by the answer to Q2 the question was not asked"
    delivery.rows[1][7] = "może"
    assert [p.kind for p in found(codebook)] == ["not_a_tick"], "what was asked cannot be said"


def test_parts_above_their_whole_are_told_once_with_both_cells_across_files(codebooks, delivery, found) -> None:
    more = (
        "coordinator,firms,5,Q5,integer,F,F,podmioty,1,,,,0,,,,no\n"
        "coordinator,labs,6,Q6,integer,L,L,podmioty,1,,,,0,,,,no\n"
    )
    totals = "firms,members\nfirms;labs,members\n"
    asked = with_codebook(codebooks, questions=(r"\Z", more), totals=(r"\Z", totals))
    delivery.headers += ["Q5", "Q6"]
    for row, parts in zip(delivery.rows, [("15", "6"), ("31", "2"), ("40", "")], strict=True):
        row += parts
    first, second = found(asked)
    assert told([first]) == [
        ("part_above_whole", 2, "Q5", "Q5 15 + Q6 6 = 21, above 20 in column members (row 3 of register_1.xlsx)")
    ]
    assert told([second]) == [
        ("part_above_whole", 3, "Q5", "Q5 31 = 31, above 30 in column members (row 4 of register_1.xlsx)")
    ]


# --- one list for both ------------------------------------------------------------------------------------------------


def test_a_load_and_a_dry_run_tell_the_same_list(codebooks, delivery, clusters, tmp_path) -> None:
    codebook = with_codebook(codebooks, questions=("^(coordinator,strategy.*),no$", r"\1,yes"))
    delivery.rows[1][2] = "1997"
    delivery.rows[1][9] = "1"
    delivery.rows.append([*delivery.rows[1]])
    del delivery.rows[0]
    inbox = delivery.write()
    dry = list(preview(codebook, inbox, load_identities(clusters)).problems)
    assert [p.kind for p in dry] == [
        "other_edition", "clusters_not_answered", "answer_to_skipped", "required_missing", "respondent_repeated",
    ]  # fmt: skip
    installation = Installation(Home(tmp_path), codebooks)
    with pytest.raises(DeliveryRefused) as refused:
        installation.load(1999, "run")
    assert refused.value.problems == dry
    kept = installation.ledger.loads()[-1]
    assert (kept.outcome, kept.is_sample) == ("refused", True)
    assert [dict(each) for each in kept.problems] == [problem.as_dict() for problem in dry]


def test_a_file_that_is_missing_hides_nothing_from_the_load(codebooks, delivery, clusters, tmp_path) -> None:
    delivery.rows[0][5] = "dużo"
    inbox = delivery.write()
    (inbox / "register_1.xlsx").unlink()
    dry = preview(load_codebook(1999, codebooks), inbox, load_identities(clusters)).problems
    with pytest.raises(DeliveryRefused) as refused:
        Installation(Home(tmp_path), codebooks).load(1999, "run")
    assert [p.kind for p in refused.value.problems] == ["file_missing", "not_a_number"]
    assert refused.value.problems == list(dry)


def test_of_a_provisional_delivery_clusters_may_be_missing(codebooks, delivery, clusters, tmp_path) -> None:
    del delivery.rows[0]
    delivery.write()
    installation = Installation(Home(tmp_path), codebooks)
    with pytest.raises(DeliveryRefused):
        installation.load(1999, "run")
    assert installation.load(1999, "run", is_provisional=True).is_accepted


def test_an_unknown_cluster_is_not_told_as_one_that_has_not_answered_as_well(codebook, delivery, found) -> None:
    delivery.rows[1][3] = "Q9"
    assert [p.kind for p in found(codebook)] == ["cluster_unknown"]
    del delivery.rows[2]
    assert [p.kind for p in found(codebook)] == ["cluster_unknown", "clusters_not_answered"]
