"""Two small editions without a fault, which pass every check; the tests of each door spoil them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from statistics import fmean, median
from typing import Any

import duckdb
import pyarrow as pa

from expectations import CheckResult, DoorReport, intended_checks, run_door
from expectations.check import Check
from ingestion.raw_tables import create_raw_tables

BEFORE, NOW = 2029, 2031
LOADS = {BEFORE: "L1", NOW: "L2"}
CHECKED_AT = datetime(2031, 5, 6, 7, 8, 9)  # noqa: DTZ001  kept as UTC without zone
CLUSTERS = tuple(f"k{number}" for number in range(1, 9))
STRATEGIES = ("none", "written", "updated")
MEMBERS = 3  # of each cluster answer, as many as the editions ask for
RATINGS = ("low", "average", "high", "unsure")
ITEMS = tuple(f"item_{number}" for number in range(1, 13))
# survey, respondents, enters_benchmark
SURVEYS = (
    ("register", "clusters", True),
    ("coordinator", "clusters", True),
    ("desk_research", "clusters", True),
    ("audit", "clusters", False),
    ("opinions", "members", False),
)

# survey, question_id, type, unit, multiplier, asked_if, hard range, plausible range, required
QUESTIONS = (
    ("register", "cluster_name", "text", None, None, None, (None, None), (None, None), True),
    ("register", "members", "integer", "podmioty", 1, None, (1, None), (10, 1000), True),
    ("coordinator", "enterprises", "integer", "podmioty", 1, None, (0, None), (None, 800), True),
    ("coordinator", "institutes", "integer", "podmioty", 1, None, (0, None), (None, None), False),
    ("coordinator", "budget", "number", "tys. zł", 1000, None, (0, None), (None, 5000), False),
    ("coordinator", "export", "number", "%", 1, None, (0, 100), (None, 90), False),
    ("coordinator", "tools", "multiple_choice", None, None, None, (None, None), (None, None), False),
    (
        "coordinator",
        "networks",
        "multiple_choice",
        None,
        None,
        "tools:social",
        (None, None),
        (None, None),
        False,
    ),
    ("coordinator", "strategy", "single_choice", None, None, None, (None, None), (None, None), True),
    ("coordinator", "certified", "single_choice", None, None, None, (None, None), (None, None), False),
    ("desk_research", "languages", "integer", "liczba", 1, None, (0, None), (None, 28), True),
    ("audit", "page_title", "single_choice", None, None, None, (None, None), (None, None), False),
    ("audit", "audit_note", "free_text", None, None, None, (None, None), (None, None), False),
    *(("opinions", item, "single_choice", None, None, None, (None, None), (None, None), False) for item in ITEMS),
    ("opinions", "project", "single_choice", None, None, None, (None, None), (None, None), True),
    ("opinions", "funds", "number", "tys. zł", 1000, "project:yes", (0, None), (None, 900), False),
    ("opinions", "duration", "integer", "s", 1, None, (0, None), (120, None), False),
)
# Of numbered questionnaires: number of the question, and of the item of a matrix.
NUMBERS = {
    "page_title": (8, None),
    **{item: (1, place) for place, item in enumerate(ITEMS, 1)},
    "project": (2, None),
    "funds": (3, None),
}
OPTIONS = {
    "page_title": {"pass": 1, "fail": 0},
    **{item: {"low": 1, "average": 3, "high": 5, "unsure": None} for item in ITEMS},
    "project": {"yes": None, "no": None},
    "tools": {"website": None, "social": None, "other": None},
    "networks": {"one": None, "two": None},
    "strategy": {"none": 0, "written": 1, "updated": 2},
    "certified": {"no": 0, "yes": 1},
}
# node_id, parent, unit, value_type, kind, inputs, scale, blank_means
INDICATORS = (
    ("A.1.1", "tys. zł", "sum_pln", "value", "budget", 1000, "missing"),
    ("A.1.2", "%", "share", "value", "export", 1, "zero"),
    ("A.1.3", "liczba", "count", "options", "tools;networks", 1, "zero"),
    ("A.2.1", "kategoria", "ordinal", "value", "strategy", 1, "missing"),
    ("A.2.2", "tak/nie", "binary", "value", "certified", 1, "missing"),
    ("A.2.3", "liczba", "count", "value", "languages", 1, "missing"),
)
SUBAREAS = {"A.1": ("A.1.1", "A.1.2", "A.1.3"), "A.2": ("A.2.1", "A.2.2", "A.2.3")}
SCHEMA = """
    create schema core; create schema benchmark; create schema intermediate;
    create table intermediate.int_judge_answer_corrections (
        edition_id integer, correction_id varchar, found_before varchar, outcome varchar
    );
    create table intermediate.int_judge_indicator_corrections as from intermediate.int_judge_answer_corrections;
    create table core.dim_edition (
        edition_id integer, framework_id varchar, fence_factor double, quartile_method varchar
    );
    create table core.dim_node (
        framework_id varchar, node_id varchar, level varchar, unit varchar, value_type varchar,
        direction integer
    );
    create table core.dim_cluster_edition (edition_id integer, cluster_id varchar);
    create table core.fct_indicator_value (
        edition_id integer, cluster_id varchar, node_id varchar, value double, status varchar,
        is_corrected boolean
    );
    create table core.fct_score (
        edition_id integer, cluster_id varchar, node_id varchar, level varchar, score double,
        n_parts integer, n_parts_available integer
    );
    create table core.fct_normalisation_bound (
        edition_id integer, node_id varchar, n integer, minimum double, q3 double, maximum double,
        is_degenerate boolean
    );
    create table benchmark.score_distribution (
        edition_id integer, cut_id varchar, segment_id varchar, node_id varchar, level varchar, n integer,
        median double, mean double, benchmark double
    );
"""


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows by the names of their columns; columns that no row names are null."""
    connection.register("batch", pa.Table.from_pylist(list(rows)))
    connection.execute(f"insert into {table} by name select * from batch")
    connection.unregister("batch")


def answers_of(place: int) -> dict[str, Any]:
    """What the cluster at a place of CLUSTERS answers; every indicator has a spread and no outlier."""
    social = place % 2
    return {
        "cluster_name": f"Klaster {place}",
        "members": 100 + 10 * place,
        "enterprises": 50 + place,
        "institutes": 2,
        "budget": 100.0 + 50 * place,
        "export": 5.0 + 5 * place,
        "tools": {"website": 1, "social": social, "other": place % 4},
        "networks": {"one": 1, "two": place // 4} if social else None,
        "strategy": STRATEGIES[place % 3],
        "certified": "yes" if place >= 4 else "no",
        "languages": place,
        "page_title": "pass" if place % 2 else "fail",
        "audit_note": "brak uwag",
    }


def opinion_of(place: int, member: int) -> dict[str, Any]:
    """What a member (1 to MEMBERS) of the cluster at a place answers."""
    project = "yes" if (place + member) % 2 else "no"
    return {item: RATINGS[(member * number + place) % 4] for number, item in enumerate(ITEMS)} | {
        "project": project,
        "funds": 100.0 * member if project == "yes" else None,
        "duration": 600 + place,
    }


def _codebook(edition: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    questions, options = [], []
    for position, (survey, name, kind, unit, multiplier, asked_if, hard, plausible, required) in enumerate(QUESTIONS):
        question, _, option = (asked_if or "").partition(":")
        own = {"edition_id": edition, "survey": survey, "question_id": name, "position": position}
        ranges = {"hard_minimum": hard[0], "hard_maximum": hard[1]}
        ranges |= {"plausible_minimum": plausible[0], "plausible_maximum": plausible[1]}
        rule = {
            "asked_if_question": question or None,
            "asked_if_option": option or None,
            "required": required,
        }
        header = {"header": name, "type": kind, "unit": unit, "multiplier": multiplier}
        header |= dict(zip(("question_no", "item_no"), NUMBERS.get(name, (None, None)), strict=True))
        questions.append(own | header | rule | ranges)
        for place, (option_id, value) in enumerate(OPTIONS.get(name, {}).items()):
            options.append(own | {"option_id": option_id, "position": place, "value": value, "is_other": False})
    return questions, options


def _answers(edition: int) -> list[dict[str, Any]]:
    rows = []
    for place, cluster in enumerate(CLUSTERS):
        respondents = [("", place + 2, answers_of(place))]
        members = [(f"-{m}", place * MEMBERS + m + 1, opinion_of(place, m)) for m in range(1, MEMBERS + 1)]
        asked = [(question, who) for question in QUESTIONS for who in respondents + members if question[1] in who[2]]
        for (survey, name, kind, *_), (suffix, row_number, said) in asked:
            own = {"edition_id": edition, "survey": survey, "cluster_id": cluster, "question_id": name}
            own |= {"respondent_id": f"{survey[0]}-{cluster}{suffix}", "row_number": row_number, "column_name": name}
            own |= {
                "delivery_id": f"d{edition}",
                "file_sha256": f"{survey}-{edition}",
                "file_name": f"{survey}.csv",
            }
            answer = said[name]
            own |= {"answer_text": None if answer is None else str(answer)}
            if kind == "multiple_choice":
                for option_id in OPTIONS[name]:
                    number = None if answer is None else float(answer[option_id])
                    status = "skipped" if answer is None else "given"
                    own |= {"column_name": f"{name}_{option_id}"}
                    rows.append(own | {"option_id": option_id, "answer_number": number, "status": status})
                continue
            option = {"option_id": answer} if kind == "single_choice" else {}
            number = OPTIONS[name][answer] if option else None if "text" in kind else answer
            rows.append(
                own
                | {"option_id": None, "status": "skipped" if answer is None else "given"}
                | {"answer_number": None if number is None else float(number)}
                | option
            )
    return rows


def _value(inputs: str, said: Mapping[str, Any]) -> float:
    """An indicator's value: numbers as answered, ticks added up, the value of the option chosen."""
    total = 0.0
    for name in inputs.split(";"):
        answer = said[name]
        if isinstance(answer, dict):
            total += sum(answer.values())
        elif answer is not None:
            total += OPTIONS[name][answer] if isinstance(answer, str) else answer
    return total


def _core(edition: int) -> dict[str, list[dict[str, Any]]]:
    """Values, bounds, scores and distributions of the edition: no value is beyond a fence."""
    values = {
        (node, cluster): _value(inputs, answers_of(place))
        for node, _, _, _, inputs, _, _ in INDICATORS
        for place, cluster in enumerate(CLUSTERS)
    }
    scores: dict[tuple[str, str], float] = {}
    bounds = []
    for node, *_ in INDICATORS:
        own = [values[node, cluster] for cluster in CLUSTERS]
        low, high = min(own), max(own)
        bound = {"edition_id": edition, "node_id": node, "n": len(own), "minimum": low, "maximum": high}
        bounds.append(bound | {"q3": high, "is_degenerate": False})
        scores |= {(node, cluster): (values[node, cluster] - low) / (high - low) for cluster in CLUSTERS}
    for cluster in CLUSTERS:
        for whole, parts in {**SUBAREAS, "A": tuple(SUBAREAS), "overall": ("A",)}.items():
            scores[whole, cluster] = fmean(scores[part, cluster] for part in parts)
    level = {"A.1": "subarea", "A.2": "subarea", "A": "area", "overall": "overall"}
    rows: dict[str, list[dict[str, Any]]] = {"core.fct_normalisation_bound": bounds}
    rows["core.dim_cluster_edition"] = [{"edition_id": edition, "cluster_id": cluster} for cluster in CLUSTERS]
    rows["core.fct_indicator_value"] = [
        {"edition_id": edition, "node_id": node, "cluster_id": cluster, "value": value, "status": "reported"}
        for (node, cluster), value in values.items()
    ]
    rows["core.fct_score"] = [
        {"edition_id": edition, "node_id": node, "cluster_id": cluster, "score": score}
        | {"level": level.get(node, "indicator")}
        | ({"n_parts": 3, "n_parts_available": 3} if node in SUBAREAS else {"n_parts": None, "n_parts_available": None})
        for (node, cluster), score in scores.items()
    ]
    nodes = {node for node, _ in scores}
    rows["benchmark.score_distribution"] = [
        {"edition_id": edition, "cut_id": "all", "segment_id": "all", "node_id": node, "n": len(CLUSTERS)}
        | {
            "level": level.get(node, "indicator"),
            "median": median(own),
            "mean": fmean(own),
            "benchmark": max(own),
        }
        for node in sorted(nodes)
        for own in [[scores[node, cluster] for cluster in CLUSTERS]]
    ]
    return rows


def make_clean(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill an empty database with both editions, from the raw tables to the distributions."""
    create_raw_tables(connection)
    connection.execute(SCHEMA)
    nodes = [
        {"node_id": node, "level": "indicator", "unit": unit, "value_type": kind} for node, unit, kind, *_ in INDICATORS
    ]
    nodes += [{"node_id": node, "level": "subarea", "unit": None, "value_type": None} for node in SUBAREAS]
    insert(connection, "core.dim_node", [node | {"framework_id": "f", "direction": 1} for node in nodes])
    for edition, load in LOADS.items():
        own = {"edition_id": edition}
        delivery = own | {
            "delivery_id": f"d{edition}",
            "load_id": load,
            "is_sample": True,
            "is_provisional": False,
        }
        questions, options = _codebook(edition)
        rules = [
            own | {"node_id": node, "kind": kind, "inputs": inputs, "scale": scale, "blank_means": blank}
            for node, _, _, kind, inputs, scale, blank in INDICATORS
        ]
        totals = [own | {"part_question_ids": "enterprises;institutes", "whole_question_id": "members"}]
        settings = own | {"framework_id": "f", "fence_factor": 1.5, "quartile_method": "inclusive"}
        surveys = [
            own | {"survey": survey, "respondents": respondents, "enters_benchmark": enters}
            for survey, respondents, enters in SURVEYS
        ]
        insert(connection, "raw.delivery", [delivery])
        insert(connection, "raw.survey", surveys)
        insert(connection, "raw.edition_setting", [own | {"minimum_respondents": MEMBERS}])
        insert(connection, "raw.question", questions)
        insert(connection, "raw.option", options)
        insert(connection, "raw.total", totals)
        insert(connection, "raw.indicator_rule", rules)
        insert(connection, "raw.answer", _answers(edition))
        # The number of enterprises of k1 is a correction of what was delivered otherwise.
        correction = own | {"correction_id": "c", "cluster_id": "k1", "question_id": "enterprises"}
        insert(connection, "raw.correction", [correction | {"status": "accepted", "expected_before": "5"}])
        judged = {"correction_id": "c", "found_before": "5", "outcome": "applied"}
        insert(connection, "intermediate.int_judge_answer_corrections", [own | judged])
        insert(connection, "core.dim_edition", [settings])
        for table, rows in _core(edition).items():
            insert(connection, table, rows)
    connection.execute(
        """create table core.fct_answer as
        select *, cluster_id = 'k1' and question_id = 'enterprises' as is_corrected from raw.answer"""
    )


def run(
    connection: duckdb.DuckDBPyConnection, door: str, checks: Sequence[Check] | None = None, **changes: Any
) -> DoorReport:
    """Run a door, or some checks of it, as the jobs do."""
    arguments: dict[str, Any] = {"run_id": "run-1", "load_ids": LOADS, "checked_at": CHECKED_AT} | changes
    return run_door(door, connection, checks=checks, **arguments)


def check_named(check_id: str) -> Check:
    """One of the intended checks."""
    return next(check for check in intended_checks() if check.check_id == check_id)


@contextmanager
def clean_editions() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of the two editions, to be spoilt at will."""
    with duckdb.connect() as connection:
        make_clean(connection)
        yield connection


def keys_of(result: CheckResult) -> list[dict[str, Any]]:
    """What failed, as objects."""
    return json.loads(result.failing_keys)


def result_of(connection: duckdb.DuckDBPyConnection, check_id: str, edition: int = NOW) -> CheckResult:
    """What one check says of an edition."""
    check = check_named(check_id)
    report = run(connection, check.door, [check])
    return next(row for row in report.results if row.edition_id == edition)


def assert_fails(connection: duckdb.DuckDBPyConnection, check_id: str, expected: list[dict[str, Any]]) -> None:
    """The check fails just the keys expected (which may leave out evidence) of NOW, and passes BEFORE."""
    check = check_named(check_id)
    before, now = run(connection, check.door, [check]).results
    assert before.status in ("pass", "not_applicable"), before.observed
    assert now.status == "fail", now.observed
    assert now.n_failed == len(expected), now.failing_keys
    found = [{name: key.get(name) for name in wanted} for key, wanted in zip(keys_of(now), expected, strict=True)]
    assert found == expected, now.failing_keys
