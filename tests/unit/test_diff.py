"""The difference of two releases: rows are matched by what they are about, and every difference is told once."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from audit.diff import diff
from orchestration.paths import Home

ANSWERS = [
    (2022, "s", "r1", "budget", None, "K1", "5", 5.0, "given"),
    (2022, "s", "r1", "strategy", "written", "K1", "A1", 1.0, "given"),
    (2022, "s", "r1", "tools", "mail", "K1", "1", 1.0, "given"),
    (2022, "s", "r1", "tools", "chat", "K1", "0", 0.0, "given"),
    (2022, "s", "r2", "strategy", None, "K2", None, None, "blank"),
]
VALUES = [(2022, "K1", "I.1", 5.0, "reported", False), (2022, "K2", "I.1", None, "missing", False)]
SCORES = [(2022, "K1", "I.1", 1.0, 1), (2022, "K2", "I.1", None, None)]


def write(home: Home, name: str, answers=ANSWERS, values=VALUES, scores=SCORES, **described: object) -> None:
    folder = home.releases / name
    folder.mkdir(parents=True)
    with duckdb.connect(folder / "benchmarking.duckdb") as connection:
        connection.execute("create schema core")
        connection.execute(
            "create table core.fct_answer (edition_id integer, survey varchar, respondent_id varchar,"
            " question_id varchar, option_id varchar, cluster_id varchar, answer_text varchar, answer_number double,"
            " status varchar)"
        )
        connection.execute(
            "create table core.fct_indicator_value (edition_id integer, cluster_id varchar, node_id varchar,"
            " value double, status varchar, is_corrected boolean)"
        )
        connection.execute(
            "create table core.fct_score (edition_id integer, cluster_id varchar, node_id varchar, score double,"
            " rank integer)"
        )
        for table, rows in (("fct_answer", answers), ("fct_indicator_value", values), ("fct_score", scores)):
            for row in rows:
                connection.execute(f"insert into core.{table} values ({', '.join('?' * len(row))})", row)
    made_of = {"deliveries": {"2022": "d1"}, "reviewed": {"clusters/aliases.csv": "a"}, "code_version": "v"}
    release = {"release_id": name, "released_at": "1999-06-01T00:00:00Z"} | made_of | described
    (folder / "release.json").write_text(json.dumps(release))


def compared(home: Home, limit: int = 20) -> dict[str, Any]:
    return diff(home.releases / "R000001", home.releases / "R000002", limit)


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path)
    write(home, "R000001")
    return home


def test_what_did_not_change_is_not_told(home) -> None:
    write(home, "R000002", answers=ANSWERS[::-1])
    report = compared(home)
    assert [report[name] for name in ("inputs", "answers", "values", "scores", "ranks")] == [[]] * 5
    assert "the same deliveries and reviewed files, by the same code" in report["text"]


def test_another_option_of_a_single_choice_is_one_change(home) -> None:
    other = [*ANSWERS]
    other[1] = (2022, "s", "r1", "strategy", "none", "K1", "A2", 0.0, "given")
    other[4] = (2022, "s", "r2", "strategy", "written", "K2", "A1", 1.0, "given")
    write(home, "R000002", answers=other)
    first, second = compared(home)["answers"]
    assert (first["respondent_id"], first["change"], first["before"], first["after"]) == (
        "r1",
        "changed",
        {"option_id": "written", "answer_text": "A1", "answer_number": 1.0},
        {"option_id": "none", "answer_text": "A2", "answer_number": 0.0},
    )
    assert (second["respondent_id"], second["before"]["status"], second["after"]["option_id"]) == (
        "r2",
        "blank",
        "written",
    )


def test_options_of_a_multiple_choice_are_told_apart(home) -> None:
    other = [*ANSWERS]
    other[2] = (2022, "s", "r1", "tools", "mail", "K1", "0", 0.0, "given")
    other[3] = (2022, "s", "r1", "tools", "chat", "K1", "1", 1.0, "given")
    write(home, "R000002", answers=other)
    rows = compared(home)["answers"]
    assert [(row["option_id"], row["before"]["answer_text"], row["after"]["answer_text"]) for row in rows] == [
        ("chat", "0", "1"),
        ("mail", "1", "0"),
    ]


def test_added_and_removed_rows_are_told_whole_and_counted_by_edition(home) -> None:
    added = [(2024, *row[1:]) for row in VALUES]
    write(home, "R000002", values=[*VALUES[1:], *added], deliveries={"2022": "d1", "2024": "d2"})
    report = compared(home)
    assert report["counts"]["values"] == {"2022": {"removed": 1}, "2024": {"added": 2}}
    removed = report["values"][0]
    assert (removed["change"], removed["after"]) == ("removed", None)
    assert removed["before"] == {"value": 5.0, "status": "reported", "is_corrected": False}
    assert report["inputs"] == [{"what": "delivery of 2024", "before": None, "after": "d2"}]


def test_the_smallest_difference_is_told_and_a_missing_value_is_one(home) -> None:
    write(
        home,
        "R000002",
        values=[
            (2022, "K1", "I.1", 5.000000000000001, "reported", True),
            (2022, "K2", "I.1", 0.0, "blank_as_zero", False),
        ],
        scores=[(2022, "K1", "I.1", 1.0, 2), (2022, "K2", "I.1", 0.5, 1)],
        code_version="w",
    )
    report = compared(home, limit=1)
    assert [(row["before"], row["after"]) for row in report["values"]] == [
        ({"value": 5.0, "is_corrected": False}, {"value": 5.000000000000001, "is_corrected": True}),
        ({"value": None, "status": "missing"}, {"value": 0.0, "status": "blank_as_zero"}),
    ]
    assert [(row["cluster_id"], row["before"], row["after"]) for row in report["scores"]] == [
        ("K2", {"score": None}, {"score": 0.5})
    ]
    assert [(row["cluster_id"], row["before"], row["after"]) for row in report["ranks"]] == [
        ("K1", {"rank": 1}, {"rank": 2}),
        ("K2", {"rank": None}, {"rank": 1}),
    ]
    assert "2022 K1 I.1: rank 1 → 2\n  … and 1 more" in report["text"]
    assert "Other code_version: v → w" in report["text"]
