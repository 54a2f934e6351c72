"""The raw door on the surveys beside the benchmark: every check finds its fault, and names the respondent."""

from __future__ import annotations

import pytest

from .clean_editions import ITEMS, MEMBERS, NOW, assert_fails, result_of

# In the clean editions k1 has the members o-k1-1, o-k1-2 and o-k1-3; o-k1-1 has a project, o-k1-2 has none.
AGAIN = f"""
    insert into raw.answer by name
    select * replace ({{changed}}) from raw.answer where edition_id = {NOW} and {{where}}"""


def say(what: str, respondent: str, where: str = "true") -> str:
    """SQL that changes answers of one respondent."""
    return f"update raw.answer set {what} where edition_id = {NOW} and respondent_id = '{respondent}' and {where}"


def lose(where: str) -> str:
    """SQL that removes answers of the present edition."""
    return f"delete from raw.answer where edition_id = {NOW} and ({where})"


def rated(option: str | None, n_items: int = len(ITEMS)) -> str:
    """A change that rates the first items alike, and leaves the others blank."""
    first = ", ".join(f"'{item}'" for item in ITEMS[:n_items])
    value = {"low": 1, "high": 5}.get(str(option), "null")
    return (
        f"status = case when question_id in ({first}) then 'given' else 'blank' end, answer_text = '{option}', "
        f"option_id = case when question_id in ({first}) then '{option}' end, "
        f"answer_number = case when question_id in ({first}) then {value} end"
    )


# The answers of one member become those of another, but for how long it took.
COPIED = f"""
    update raw.answer as answer
    set status = other.status, option_id = other.option_id, answer_number = other.answer_number
    from raw.answer as other
    where
        answer.edition_id = {NOW} and answer.respondent_id = 'o-k5-3' and answer.question_id != 'duration'
        and other.edition_id = {NOW} and other.respondent_id = 'o-k5-1' and other.question_id = answer.question_id"""
NO_FUNDS = "status = 'blank', answer_number = null, answer_text = null"

FAULTS = [
    # completeness
    (
        "cluster_is_in_surveys_beside_the_benchmark",
        lose("cluster_id = 'k4' and survey = 'audit'"),
        [{"cluster_id": "k4", "survey": "audit"}],
    ),
    (
        "provisional_cluster_has_answered",
        f"update raw.delivery set is_provisional = true where edition_id = {NOW};"
        + lose("cluster_id = 'k4' and survey in ('audit', 'opinions')"),
        [{"cluster_id": "k4", "survey": "audit"}],
    ),
    (
        "cluster_has_enough_respondents",
        lose("respondent_id = 'o-k2-3' or (cluster_id = 'k7' and survey = 'opinions')"),
        [
            {"cluster_id": "k2", "survey": "opinions", "n_respondents": 2, "minimum_respondents": MEMBERS},
            {"cluster_id": "k7", "survey": "opinions", "n_respondents": 0, "minimum_respondents": MEMBERS},
        ],
    ),
    (
        "respondents_do_not_exceed_members",
        f"""update raw.answer set answer_number = 2
            where edition_id = {NOW} and cluster_id = 'k6' and question_id = 'members'""",
        [{"cluster_id": "k6", "survey": "opinions", "n_respondents": 3, "n_members": 2}],
    ),
    (
        "question_is_answered_by_most",
        # 9 of 24 members, of those asked: more than a third.
        f"""update raw.answer set status = 'refused', option_id = null, answer_number = null
            where edition_id = {NOW} and question_id = 'item_4' and cluster_id in ('k1', 'k2', 'k3')""",
        [{"survey": "opinions", "question_id": "item_4", "n_asked": 24, "n_answered": 15}],
    ),
    (
        "question_is_answered_by_most",
        # 5 of the 12 members with a project; the others are not asked.
        f"""update raw.answer set {NO_FUNDS}
            where edition_id = {NOW} and question_id = 'funds' and status = 'given' and cluster_id <= 'k3'""",
        [{"survey": "opinions", "question_id": "funds", "n_asked": 12, "n_answered": 7}],
    ),
    (
        "question_is_answered_by_most",
        f"""update raw.answer set status = 'blank', option_id = null, answer_number = null
            where edition_id = {NOW} and question_id = 'page_title' and cluster_id in ('k1', 'k2', 'k3')""",
        [{"survey": "audit", "question_id": "page_title", "n_asked": 8, "n_answered": 5}],
    ),
    (
        "question_has_a_row_per_respondent",
        lose("respondent_id in ('o-k5-1', 'o-k5-3') and question_id = 'item_2'"),
        [
            {"survey": "opinions", "question_id": "item_2", "cluster_id": "k5", "respondent_id": "o-k5-1"},
            {"survey": "opinions", "question_id": "item_2", "cluster_id": "k5", "respondent_id": "o-k5-3"},
        ],
    ),
    (
        "required_answer_is_given",
        say("status = 'blank', option_id = null", "o-k8-2", "question_id = 'project'"),
        [{"question_id": "project", "cluster_id": "k8", "respondent_id": "o-k8-2", "status": "blank"}],
    ),
    # range
    (
        "answer_is_plausible",
        say("answer_number = 45", "o-k3-2", "question_id = 'duration'"),
        [{"question_id": "duration", "respondent_id": "o-k3-2", "answer_number": 45, "allowed": "120 to –"}],
    ),
    (
        "answer_is_plausible",
        say("answer_number = 100000", "o-k2-2", "question_id = 'funds'"),
        [{"question_id": "funds", "cluster_id": "k2", "respondent_id": "o-k2-2", "answer_number": 100000}],
    ),
    (
        "answer_is_possible",
        say("answer_number = -1", "o-k2-2", "question_id = 'funds'"),
        [{"question_id": "funds", "cluster_id": "k2", "respondent_id": "o-k2-2", "answer_number": -1}],
    ),
    # options and skip rules
    (
        "option_is_in_the_codebook",
        say("option_id = 'medium'", "o-k4-1", "question_id = 'item_1'"),
        [{"survey": "opinions", "question_id": "item_1", "option_id": "medium"}],
    ),
    (
        "answer_is_readable",
        say(
            "status = 'rejected', option_id = null, answer_number = null, answer_text = '7'",
            "o-k4-1",
            "question_id = 'item_1'",
        ),
        [{"question_id": "item_1", "cluster_id": "k4", "respondent_id": "o-k4-1", "found": "7"}],
    ),
    (
        "given_answer_has_its_value",
        say("option_id = null", "o-k4-1", "question_id = 'item_1'"),
        [{"question_id": "item_1", "cluster_id": "k4", "respondent_id": "o-k4-1", "status": "given"}],
    ),
    (
        "skipped_question_is_not_answered",
        say("status = 'given', answer_number = 7", "o-k1-2", "question_id = 'funds'"),
        [{"question_id": "funds", "cluster_id": "k1", "respondent_id": "o-k1-2", "n_answers": 1}],
    ),
    (
        "asked_question_is_not_skipped",
        say("status = 'skipped', answer_number = null", "o-k1-1", "question_id = 'funds'"),
        [{"question_id": "funds", "cluster_id": "k1", "respondent_id": "o-k1-1", "n_skipped": 1}],
    ),
    # uniqueness
    (
        "respondent_stands_once",
        AGAIN.format(changed="99 as row_number", where="respondent_id = 'o-k6-2'"),
        [{"survey": "opinions", "respondent_id": "o-k6-2", "clusters": "k6", "n_found": 2}],
    ),
    (
        "respondent_stands_once",
        say("respondent_id = 'o-k6-2'", "o-k7-2"),
        [{"survey": "opinions", "respondent_id": "o-k6-2", "clusters": "k6, k7", "n_found": 2}],
    ),
    (
        "cluster_has_one_respondent",
        AGAIN.format(changed="'again' as respondent_id", where="respondent_id = 'a-k2'"),
        [{"cluster_id": "k2", "survey": "audit", "n_respondents": 2}],
    ),
    (
        "respondents_of_a_cluster_differ",
        COPIED,
        [{"survey": "opinions", "cluster_id": "k5", "respondent_ids": "o-k5-1, o-k5-3", "n_found": 2}],
    ),
    # consistency
    (
        "respondent_tells_items_apart",
        say(rated("high"), "o-k3-3", "starts_with(question_id, 'item_')"),
        [{"survey": "opinions", "cluster_id": "k3", "respondent_id": "o-k3-3", "answer_text": "high", "n_rated": 12}],
    ),
    (
        "respondent_tells_items_apart",
        say(rated("unsure", 10), "o-k3-3", "starts_with(question_id, 'item_')"),
        [{"cluster_id": "k3", "respondent_id": "o-k3-3", "answer_text": "unsure", "n_rated": 10}],
    ),
]
# What looks like a fault and is none: (check, SQL).
NO_FAULTS = [
    ("cluster_is_in_every_survey", lose("cluster_id = 'k4' and survey in ('audit', 'opinions')")),
    ("cluster_is_in_surveys_beside_the_benchmark", lose("cluster_id = 'k4' and survey = 'opinions'")),
    (
        "respondents_do_not_exceed_members",
        f"""update raw.answer set answer_number = 3
            where edition_id = {NOW} and cluster_id = 'k6' and question_id = 'members'""",
    ),
    # How many members there are is not known.
    (
        "respondents_do_not_exceed_members",
        f"""update raw.answer set answer_number = null, status = 'refused'
            where edition_id = {NOW} and cluster_id = 'k6' and question_id = 'members'""",
    ),
    # 4 of 12 asked: a third.
    (
        "question_is_answered_by_most",
        f"""update raw.answer set {NO_FUNDS}
            where edition_id = {NOW} and question_id = 'funds' and respondent_id in
                (select respondent_id from raw.answer where edition_id = {NOW} and question_id = 'funds'
                    and status = 'given' order by respondent_id limit 4)""",
    ),
    # A note that nobody writes, and coordinators' blanks, which mean none.
    (
        "question_is_answered_by_most",
        f"""update raw.answer set {NO_FUNDS}
            where edition_id = {NOW} and question_id in ('audit_note', 'budget', 'duration')""",
    ),
    # The same answers, of members of two clusters.
    (
        "respondents_of_a_cluster_differ",
        COPIED.replace("other.respondent_id = 'o-k5-1'", "other.respondent_id = 'o-k2-1'"),
    ),
    # Alike, but of too few items to say so.
    ("respondent_tells_items_apart", say(rated("high", 9), "o-k3-3", "starts_with(question_id, 'item_')")),
    # One in 12 is rated otherwise.
    (
        "respondent_tells_items_apart",
        say(rated("high"), "o-k3-3", "starts_with(question_id, 'item_') and question_id != 'item_12'"),
    ),
]


@pytest.mark.parametrize(("check_id", "spoil", "keys"), FAULTS)
def test_a_fault_of_a_respondent_is_found_and_named(editions, check_id: str, spoil: str, keys: list[dict]) -> None:
    editions.execute(spoil)
    assert_fails(editions, check_id, keys)


@pytest.mark.parametrize(("check_id", "spoil"), NO_FAULTS)
def test_what_is_no_fault_passes(editions, check_id: str, spoil: str) -> None:
    editions.execute(spoil)
    result = result_of(editions, check_id)
    assert result.status == "pass", result.failing_keys


def test_without_surveys_beside_the_benchmark_their_checks_are_not_applicable(editions) -> None:
    for table in ("survey", "question", "answer"):
        editions.execute(f"delete from raw.{table} where edition_id = {NOW} and survey in ('audit', 'opinions')")
    for check_id in (
        "cluster_is_in_surveys_beside_the_benchmark",
        "question_is_answered_by_most",
        "cluster_has_enough_respondents",
        "respondents_do_not_exceed_members",
        "respondents_of_a_cluster_differ",
        "respondent_tells_items_apart",
    ):
        assert result_of(editions, check_id).status == "not_applicable", check_id


def test_what_members_say_stops_no_publication(editions) -> None:
    """But for what cannot be: two rows of one respondent, an option or a number that there is not."""
    critical = {"respondent_stands_once", "answer_is_possible", "option_is_in_the_codebook"}
    for check_id in ("cluster_has_enough_respondents", "respondents_of_a_cluster_differ", "answer_is_plausible"):
        assert result_of(editions, check_id).severity == "warning"
    assert {result_of(editions, check_id).severity for check_id in critical} == {"critical"}
