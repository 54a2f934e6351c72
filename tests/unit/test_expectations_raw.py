"""The raw door: each check finds its fault, names what is at fault, and leaves the other edition alone."""

from __future__ import annotations

import pytest

from expectations import intended_checks

from .clean_editions import NOW, assert_fails, keys_of, result_of
from .test_expectations_members import FAULTS as FAULTS_OF_MEMBERS

# The questions of k1 (answers_of(0): ticks no social network, so it is not asked which; strategy none).
ANSWER = f"update raw.answer set {{change}} where edition_id = {NOW} and cluster_id = '{{cluster}}' and {{where}}"


def change(what: str, cluster: str = "k1", where: str = "true") -> str:
    """SQL that changes answers of one cluster."""
    return ANSWER.format(change=what, cluster=cluster, where=where)


def lose(where: str, table: str = "answer") -> str:
    """SQL that removes rows of the present edition."""
    return f"delete from raw.{table} where edition_id = {NOW} and {where}"


PROVISIONAL = f"update raw.delivery set is_provisional = true where edition_id = {NOW}; "

FAULTS = [
    (
        "provisional_cluster_has_answered",
        PROVISIONAL + lose("cluster_id = 'k3' and survey = 'coordinator'"),
        [{"cluster_id": "k3", "survey": "coordinator"}],
    ),
    ("delivery_is_not_empty", lose("true"), [{"part": "clusters"}]),
    ("delivery_is_not_empty", lose("true", "question"), [{"part": "questions"}]),
    ("survey_has_a_file", lose("survey = 'desk_research'"), [{"survey": "desk_research"}]),
    ("answers_are_of_the_delivery", change("delivery_id = 'old'", "k2"), [{"delivery_id": "old"}]),
    (
        "cluster_is_in_every_survey",
        lose("cluster_id = 'k3' and survey = 'coordinator'"),
        [{"cluster_id": "k3", "survey": "coordinator"}],
    ),
    (
        "cluster_is_in_every_survey",
        change("cluster_id = 'unknown'", "k3", "survey = 'desk_research'"),
        [
            {"cluster_id": "k3", "survey": "desk_research"},
            {"cluster_id": "unknown", "survey": "coordinator"},
            {"cluster_id": "unknown", "survey": "register"},
        ],
    ),
    (
        "cluster_has_one_respondent",
        f"""insert into raw.answer by name
            select * replace ('again' as respondent_id) from raw.answer
            where edition_id = {NOW} and cluster_id = 'k2' and survey = 'coordinator'""",
        [{"cluster_id": "k2", "survey": "coordinator", "n_respondents": 2}],
    ),
    (
        "cluster_name_is_unique",
        change("answer_text = '  KLASTER   7 '", "k1", "question_id = 'cluster_name'"),
        [{"cluster_id": "k1", "name": "  KLASTER   7 "}, {"cluster_id": "k8", "name": "Klaster 7"}],
    ),
    (
        "question_is_in_the_codebook",
        change("question_id = 'budgett'", "k4", "question_id = 'budget'"),
        [{"survey": "coordinator", "question_id": "budgett", "n_questions": 0}],
    ),
    (
        "option_is_in_the_codebook",
        change("option_id = 'secret'", "k4", "question_id = 'strategy'"),
        [{"survey": "coordinator", "question_id": "strategy", "option_id": "secret"}],
    ),
    (
        "question_has_a_row_per_respondent",
        lose("cluster_id in ('k5', 'k6') and question_id = 'budget'"),
        [
            {"question_id": "budget", "cluster_id": "k5", "n_found": 0},
            {"question_id": "budget", "cluster_id": "k6", "n_found": 0},
        ],
    ),
    (
        "question_has_a_row_per_respondent",
        lose("cluster_id = 'k5' and option_id = 'website'"),
        [{"question_id": "tools", "option_id": "website", "cluster_id": "k5", "n_found": 0}],
    ),
    (
        "question_has_a_row_per_respondent",
        f"""insert into raw.answer select * from raw.answer
            where edition_id = {NOW} and cluster_id = 'k5' and question_id = 'budget'""",
        [{"question_id": "budget", "cluster_id": "k5", "n_found": 2}],
    ),
    (
        "answer_is_readable",
        change("status = 'rejected', answer_number = null, answer_text = 'dużo'", "k6", "question_id = 'budget'"),
        [{"question_id": "budget", "column_name": "budget", "cluster_id": "k6", "found": "dużo"}],
    ),
    (
        "rejected_cell_is_on_record",
        change("status = 'rejected', answer_number = null", "k6", "question_id = 'budget'"),
        [{"survey": "coordinator", "n_answers": 1, "n_cells": 0}],
    ),
    (
        "rejected_cell_is_on_record",
        f"""insert into raw.rejected_answer by name
            select 'L2' as load_id, {NOW} as edition_id, 'register' as survey""",
        [{"survey": "register", "n_answers": 0, "n_cells": 1}],
    ),
    (
        "given_answer_has_its_value",
        change("answer_number = null", "k6", "question_id = 'budget'"),
        [{"question_id": "budget", "cluster_id": "k6", "status": "given"}],
    ),
    (
        "given_answer_has_its_value",
        change("option_id = null", "k6", "question_id = 'strategy'"),
        [{"question_id": "strategy", "cluster_id": "k6"}],
    ),
    (
        "given_answer_has_its_value",
        change("status = 'blank'", "k6", "question_id = 'budget'"),
        [{"question_id": "budget", "cluster_id": "k6", "status": "blank"}],
    ),
    (
        "answer_is_possible",
        change("answer_number = -3", "k7", "question_id = 'budget'"),
        [{"question_id": "budget", "cluster_id": "k7", "answer_number": -3, "allowed": "0 to –"}],
    ),
    (
        "answer_is_plausible",
        change("answer_number = 5000.5", "k7", "question_id = 'budget'"),
        [{"question_id": "budget", "cluster_id": "k7", "answer_number": 5000.5, "allowed": "– to 5000"}],
    ),
    (
        "share_is_a_percentage",
        change("answer_number = 101", "k7", "question_id = 'export'"),
        [{"question_id": "export", "cluster_id": "k7", "answer_number": 101}],
    ),
    (
        "skipped_question_is_not_answered",
        change("status = 'given', answer_number = 1", "k1", "question_id = 'networks' and option_id = 'two'"),
        [{"question_id": "networks", "cluster_id": "k1", "n_answers": 1}],
    ),
    (
        "asked_question_is_not_skipped",
        change("status = 'skipped', answer_number = null", "k2", "question_id = 'networks'"),
        [{"question_id": "networks", "cluster_id": "k2", "n_skipped": 2}],
    ),
    (
        "asked_question_is_not_skipped",
        change("status = 'skipped', answer_number = null", "k1", "question_id = 'budget'"),
        [{"question_id": "budget", "cluster_id": "k1"}],
    ),
    (
        "required_answer_is_given",
        change("status = 'blank', option_id = null, answer_number = null", "k8", "question_id = 'strategy'"),
        [{"question_id": "strategy", "cluster_id": "k8", "status": "blank"}],
    ),
    (
        "required_answer_is_given",
        change("status = 'refused', answer_number = null", "k8", "question_id = 'members'"),
        [{"survey": "register", "question_id": "members", "cluster_id": "k8", "status": "refused"}],
    ),
    (
        "parts_do_not_exceed_the_whole",
        change("answer_number = 119", "k3", "question_id = 'enterprises'"),
        [{"cluster_id": "k3", "part_question_ids": "enterprises;institutes", "parts": 121, "whole": 120}],
    ),
]
# What looks like a fault and is none: (check, SQL).
NO_FAULTS = [
    ("parts_do_not_exceed_the_whole", change("answer_number = 118", "k3", "question_id = 'enterprises'")),
    # 0.1 + 0.2 is more than 0.3 as a double.
    (
        "parts_do_not_exceed_the_whole",
        change(
            "answer_number = case question_id when 'members' then .3 when 'institutes' then .1 else .2 end",
            "k3",
            "question_id in ('members', 'enterprises', 'institutes')",
        ),
    ),
    # Without the whole there is nothing to compare with.
    (
        "parts_do_not_exceed_the_whole",
        change("status = 'refused', answer_number = null", "k3", "question_id = 'members'"),
    ),
    # An unticked box where nothing was asked.
    (
        "skipped_question_is_not_answered",
        change("status = 'given', answer_number = 0", "k1", "question_id = 'networks'"),
    ),
    # Whether it was asked cannot be known when the filter question was unreadable.
    (
        "skipped_question_is_not_answered",
        change(
            "status = case question_id when 'tools' then 'rejected' else 'given' end, answer_number = 1",
            "k1",
            "question_id in ('tools', 'networks')",
        ),
    ),
    (
        "asked_question_is_not_skipped",
        change("status = 'blank', answer_number = null", "k2", "question_id = 'networks'"),
    ),
    (
        "required_answer_is_given",
        change("status = 'rejected', answer_number = null", "k8", "question_id = 'members'"),
    ),
    (
        "required_answer_is_given",
        change("status = 'blank', answer_number = null", "k8", "question_id = 'budget'"),
    ),
    ("answer_is_plausible", change("answer_number = 5000", "k7", "question_id = 'budget'")),
    (
        "answer_is_plausible",
        change("answer_number = -1, status = 'rejected'", "k7", "question_id = 'budget'"),
    ),
]


@pytest.mark.parametrize(("check_id", "spoil", "keys"), FAULTS)
def test_a_fault_is_found_and_named(editions, check_id: str, spoil: str, keys: list[dict]) -> None:
    editions.execute(spoil)
    assert_fails(editions, check_id, keys)


@pytest.mark.parametrize(("check_id", "spoil"), NO_FAULTS)
def test_what_is_no_fault_passes(editions, check_id: str, spoil: str) -> None:
    editions.execute(spoil)
    result = result_of(editions, check_id)
    assert result.status == "pass", result.failing_keys


def test_editions_of_two_kinds_are_refused(editions) -> None:
    editions.execute(f"update raw.delivery set is_sample = false where edition_id = {NOW}")
    results = [result_of(editions, "deliveries_are_of_one_kind", edition) for edition in (2029, NOW)]
    assert [(row.status, row.severity) for row in results] == [("fail", "critical")] * 2
    assert [keys_of(row) for row in results] == [
        [{"is_sample": True, "n_of_other_kind": 1}],
        [{"is_sample": False, "n_of_other_kind": 1}],
    ]


def test_a_provisional_delivery_may_lack_respondents_and_is_held_to_nothing_of_theirs(editions) -> None:
    editions.execute(PROVISIONAL + lose("cluster_id = 'k3' and survey = 'coordinator'"))
    assert result_of(editions, "cluster_is_in_every_survey").status == "not_applicable"
    assert result_of(editions, "provisional_cluster_has_answered").severity == "warning"
    for check_id in ("required_answer_is_given", "question_has_a_row_per_respondent"):
        assert result_of(editions, check_id).status == "pass"


def test_a_skip_rule_may_look_at_another_survey(editions) -> None:
    editions.execute(
        f"""update raw.question set asked_if_question = 'certified', asked_if_option = 'yes'
            where edition_id = {NOW} and question_id = 'languages'"""
    )
    not_certified = [{"question_id": "languages", "cluster_id": f"k{number}"} for number in (2, 3, 4)]
    # k1 answered 0, which says as little as an unticked box.
    assert_fails(editions, "skipped_question_is_not_answered", not_certified)


def test_answers_of_an_edition_that_was_not_delivered_are_a_fault(editions) -> None:
    editions.execute(lose("true", "delivery"))
    assert result_of(editions, "answers_are_of_the_delivery").status == "fail"


def test_every_check_of_the_door_has_a_fault_here() -> None:
    tried = {check_id for check_id, _, _ in (*FAULTS, *FAULTS_OF_MEMBERS)} | {"deliveries_are_of_one_kind"}
    assert tried == {check.check_id for check in intended_checks("raw")}
