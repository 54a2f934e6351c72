"""The codebooks of all editions: they load, claim no more than is published, and a damaged one is refused."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest

from ingestion.answers import SourceFile
from ingestion.codebook import Codebook, editions, load_codebook
from ingestion.framework import Node, framework_path
from ingestion.identity import Alias, Identities
from ingestion.question_map import CODEBOOKS, NOT_ASKED, PATH, as_csv, question_map
from ingestion.rows import CodebookError, read_rows
from ingestion.table import Cell, Choice, Table
from tests.readings import read_all_tables

EDITIONS = editions(CODEBOOKS)
BEFORE_2022 = [edition for edition in EDITIONS if edition < 2022]
PAGE = (PATH.parent / "editions.md").read_text(encoding="utf-8")
MONEY = {"zł": 1, "tys. zł": 1_000, "mln zł": 1_000_000}


@cache
def codebook_of(edition: int) -> Codebook:
    """The codebook that the repository holds for an edition."""
    return load_codebook(edition, CODEBOOKS)


def framework(framework_id: str) -> tuple[Node, ...]:
    """The nodes of a framework."""
    return read_rows(framework_path(CODEBOOKS, framework_id), Node)


def test_there_is_a_codebook_for_every_edition_of_the_study() -> None:
    assert EDITIONS == [2010, 2012, 2014, 2018, 2020, 2022, 2024]


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_asks_what_every_edition_has(edition: int) -> None:
    codebook = codebook_of(edition)
    asked = {question.question_id: question for question in codebook.questions}
    register = {"cluster_name", "coordinator_name", "founded_year", "members", "voivodeship", "pkd_division"}
    assert register <= {question.question_id for question in codebook.questions_of("register")}
    coordinator = {"enterprises", "science_institutions", "cluster_budget_year_1", "cluster_budget_year_2"}
    assert coordinator <= {question.question_id for question in codebook.questions_of("coordinator")}
    assert not asked["coordinator_name"].required
    assert ("industry" in asked) == ("industry" in {cut.cut_id for cut in codebook.cuts})
    assert ("kkk_status" in asked) == (edition > 2015), "the status was introduced in 2015"
    assert ("kkk_plans" in asked) == (edition == 2024)
    assert asked["founded_year"].hard_maximum <= edition


@pytest.mark.parametrize("edition", EDITIONS)
def test_wording_unit_multiplier_and_reference_year_agree(edition: int) -> None:
    codebook = codebook_of(edition)
    years = {codebook.settings.period_from, codebook.settings.period_to}
    for question in codebook.questions:
        if question.unit in MONEY:
            assert question.multiplier == MONEY[question.unit], question.question_id
            assert question.wording_pl.endswith(f"(w {question.unit})"), question.wording_pl
            assert question.wording_en.endswith(f"(in {question.unit})"), question.wording_en
        named = {int(year) for year in re.findall(r"\b20\d\d\b", f"{question.wording_pl} {question.wording_en}")}
        assert named == ({question.reference_year} if question.reference_year else set()), question.question_id
        assert question.reference_year is None or question.reference_year in years


@pytest.mark.parametrize("edition", EDITIONS)
def test_headers_can_stand_in_the_file_they_are_for(edition: int) -> None:
    codebook = codebook_of(edition)
    for name, survey in codebook.surveys.items():
        for header, question, option in codebook.answer_columns(name):
            assert header == " ".join(header.split())
            assert header.startswith(question.header)
            if survey.format == "csv":
                label = option.label_pl if option else ""
                assert f"{header}{question.wording_pl}{label}".encode(survey.encoding or "utf-8")
            if survey.format == "sav":
                assert re.fullmatch(r"[A-Z][A-Z0-9_]{0,31}", header)


def test_the_formats_that_deliveries_come_in_are_all_there() -> None:
    surveys = {edition: codebook_of(edition).surveys for edition in EDITIONS}
    found = {(s.format, s.encoding, s.delimiter, s.decimal) for own in surveys.values() for s in own.values()}
    assert {format for format, *_ in found} == {"csv", "xlsx", "sav"}
    assert {("csv", "cp1250", ";", ","), ("csv", "utf-8", ",", "."), ("csv", "utf-8-sig", ";", ",")} <= found
    for edition, sheets in ((2022, 3), (2010, 2)):
        of_clusters = [survey for survey in surveys[edition].values() if survey.respondents == "clusters"]
        assert len({survey.file_pattern for survey in of_clusters}) == 1
        assert len({survey.sheet for survey in of_clusters}) == sheets


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_indicator_made_of_other_answers_than_today_is_not_called_comparable(edition: int) -> None:
    today, codebook = codebook_of(2024), codebook_of(edition)
    types = {question.question_id: question.type for question in codebook.questions}
    types_today = {question.question_id: question.type for question in today.questions}
    rules_today = {rule.node_id: rule for rule in today.rules}
    conformance = {row.node_id: row for row in codebook.conformance}
    for rule in codebook.rules:
        row = conformance[rule.node_id]
        if row.today_node_id is None:
            assert not set(rule.question_ids) <= types_today.keys(), f"{rule.node_id} is asked today as well"
            continue
        now = rules_today[row.today_node_id]
        same = (rule.kind, rule.inputs) == (now.kind, now.inputs)
        same = same and all(types[name] == types_today[name] for name in rule.question_ids)
        assert row.comparability == ("comparable" if same else "changed"), rule.node_id


def test_what_an_edition_did_not_ask_has_no_rule() -> None:
    without = {
        edition: {node.node_id for node in codebook.nodes if node.level == "indicator"}
        - {rule.node_id for rule in codebook.rules}
        for edition in EDITIONS
        for codebook in [codebook_of(edition)]
    }
    assert without == {edition: {"I.1.1"} if edition == 2012 else set() for edition in EDITIONS}


def test_patents_are_applications_only_and_circular_economy_areas_uncounted_in_2022() -> None:
    codebook = codebook_of(2022)
    (rule,) = [rule for rule in codebook.rules if rule.node_id == "III.2.7"]
    assert rule.question_ids == ["industrial_property_rights_applications"]
    assert "industrial_property_rights_rights" in {question.question_id for question in codebook.questions}
    changed = {row.node_id: row.variant for row in codebook.conformance if row.comparability != "comparable"}
    assert changed == {"III.2.7": "applications_only", "IV.3.1": "actions_only"}


def test_nothing_before_2022_is_called_published_but_what_the_sources_state() -> None:
    published = {
        framework_id: {node.node_id for node in framework(framework_id) if node.provenance == "published"}
        for framework_id in {codebook_of(edition).settings.framework_id for edition in BEFORE_2022}
    }
    areas = ["I", "II", "III", "IV", "V"]
    assert published == {
        "pl_2010": set(areas), "pl_2012": set(areas[:4]), "pl_2018": set(), "pl_2020": set(areas),
    }  # fmt: skip
    for edition in EDITIONS:
        cuts = {cut.cut_id: cut.provenance for cut in codebook_of(edition).cuts}
        assert edition == 2024 or {cut for cut, known in cuts.items() if known == "published"} == {"all"}


def test_every_sub_area_of_2020_has_an_indicator_and_two_have_no_counterpart_today() -> None:
    nodes = framework("pl_2020")
    parents = {node.parent_node_id for node in nodes if node.level == "indicator"}
    assert {node.node_id for node in nodes if node.level == "subarea"} == parents
    new = [row.node_id for row in codebook_of(2020).conformance if row.comparability == "new"]
    assert new == ["II.4.3", "II.6.2"]


def test_the_page_about_editions_counts_what_the_frameworks_have() -> None:
    rows = re.findall(r"^\| (pl_\d+) \| ([\d, ]+) \| ((?:\d+ \| ?)+)$", PAGE, re.MULTILINE)
    on_page = {name: (years, [int(number) for number in re.findall(r"\d+", counts)]) for name, years, counts in rows}
    used: dict[str, list[str]] = {}
    for edition in EDITIONS:
        used.setdefault(codebook_of(edition).settings.framework_id, []).append(str(edition))
    found = {}
    for framework_id, years in used.items():
        nodes = framework(framework_id)
        levels, known = Counter(node.level for node in nodes), Counter(node.provenance for node in nodes)
        counts = [levels[level] for level in ("area", "subarea", "indicator")]
        found[framework_id] = (", ".join(years), counts + [known[p] for p in ("published", "inferred", "assumed")])
    assert on_page == found


def test_the_page_about_editions_tells_the_bounds_and_cuts() -> None:
    header, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.split("## Cuts and segments")[1].split("## Conformance")[0].splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ]
    on_page = {row[0].split(",")[0]: dict(zip(map(int, header[1:]), row[1:], strict=True)) for row in rows}
    for edition in EDITIONS:
        codebook = codebook_of(edition)
        cuts = {cut.cut_id for cut in codebook.cuts} - {"all"}
        assert cuts == {cut for cut, said in on_page.items() if said[edition] != "–"}
        for cut in cuts:
            segments = [segment for segment in codebook.segments if segment.cut_id == cut]
            said = on_page[cut][edition]
            if cut in ("size", "age"):
                assert said == ", ".join(f"{s.lower_bound:.0f}" for s in segments if s.lower_bound)
                assert [s.upper_bound for s in segments[:-1]] == [s.lower_bound - 1 for s in segments[1:]]
            else:
                assert said in ("yes", str(len(segments)))


# --- damaged copies ---------------------------------------------------------------------------------------------------


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _drop(key: str) -> Callable[[list[dict[str, str]]], None]:
    def change(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if next(iter(row.values())) != key]

    return change


def _set(number: int, column: str, value: str) -> Callable[[list[dict[str, str]]], None]:
    """Change a cell of the row that a person calls `number`."""

    def change(rows: list[dict[str, str]]) -> None:
        rows[number - 2][column] = value

    return change


DAMAGES = {
    "a node without conformance": ("2020/conformance.csv", _drop("II.4.3"), "no row for II.4.3"),
    "a node twice": ("2010/conformance.csv", _set(4, "node_id", "I"), "row 4: I stands already in row 3"),
    "a today's node that does not exist": (
        "2018/conformance.csv", _set(5, "today_node_id", "I.1.9"), "row 5: I.1.1 is a indicator, today's I.1.9 is",
    ),
    "changed without saying how": ("2022/conformance.csv", _set(3, "comparability", "changed"), "row 3: `changed`"),
    "an unknown question in a rule": (
        "2014/rules.csv", _set(2, "inputs", "employment"), "row 2: I.1.1 is made of 'employment', which the edition",
    ),
    "a rule of no indicator": ("2012/rules.csv", _set(3, "node_id", "I.9.9"), "row 3: I.9.9 is not an indicator"),
    "a cut on an attribute not asked": (
        "2012/cuts.csv", _set(3, "attribute", "kkk_status"), "row 3: cut size looks at 'kkk_status'",
    ),
    "a segment of no cut": ("2012/segments.csv", _set(2, "cut_id", "status"), "row 2: there is no cut status"),
    "a question twice": (
        "2010/questions.csv", _set(5, "question_id", "cluster_name"), "row 5: cluster_name stands already in row 2",
    ),
    "a question of no survey": ("2010/questions.csv", _set(5, "survey", "web"), "row 5: members is of survey 'web'"),
    "a header twice": (
        "2018/questions.csv", _set(12, "header", "p01"), "row 12: the header 'p01' stands already in",
    ),
    "a header twice among options": (
        "2020/options.csv", _set(28, "header", "Q7_1"), "row 28: the header 'Q7_1' stands already in",
    ),
    "a header of the response": (
        "2018/questions.csv", _set(10, "header", "edycja"), "row 10: the header 'edycja' stands already in",
    ),
    "a condition that is no option": (
        "2020/questions.csv", _set(29, "asked_if_option", "portals"), "row 29: social_networks depends on 'portals'",
    ),
    "an option of no question": (
        "2014/options.csv", _set(4, "question_id", "region"), "row 4: 'region' is not a question",
    ),
    "a class of numbers without its lowest": (
        "2022/options.csv", _set(144, "value", ""), "row 144: option none of specialised_bodies, a class of numbers,",
    ),
    "a characteristic of a question not asked": (
        "2020/characteristics.csv", _set(2, "question_id", "firms"), "row 2: 'firms' is not a question",
    ),
    "a number chosen": (
        "2020/characteristics.csv", _set(5, "question_id", "members"),
        "row 5: members is a question of type integer; a choice needs single_choice or multiple_choice",
    ),
    "a characteristic's category twice": (
        "2010/characteristics.csv", _set(3, "position", "1"), "row 3: member_type/1 stands already in row 2",
    ),
    "a choice with a category": (
        "2012/characteristics.csv", _set(5, "category", "pomorskie"), "row 5: a choice must have no category",
    ),
    "a count of nothing": (
        "2024/characteristics.csv", _set(3, "whole_question_id", ""), "row 3: a count must have a whole_question_id",
    ),
    "an unknown whole": ("2022/totals.csv", _set(3, "whole_question_id", "all"), "row 3: 'all' is not a question"),
    "a node under none": ("frameworks/pl_2012.csv", _set(4, "parent_node_id", "X"), "row 4: I.1 is a subarea under"),
    "a provenance that is none": (
        "frameworks/pl_2018.csv", _set(9, "provenance", "guessed"), "row 9, column provenance: found 'guessed'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_codebook_is_refused_with_file_and_row(damage: str, tmp_path: Path) -> None:
    place, change, expected = DAMAGES[damage]
    root = tmp_path / "codebooks"
    shutil.copytree(CODEBOOKS, root)
    rows = _rows(root / place)
    change(rows)
    _write(root / place, rows)
    edition = {"frameworks/pl_2012.csv": 2012, "frameworks/pl_2018.csv": 2018}.get(place) or int(place[:4])
    with pytest.raises(CodebookError) as refusal:
        load_codebook(edition, root)
    assert str(root / place) in str(refusal.value)
    assert expected in str(refusal.value)


# --- clusters without ids ---------------------------------------------------------------------------------------------


def test_a_column_that_names_the_cluster_and_is_an_answer_is_read_for_both(tmp_path: Path) -> None:
    codebook = codebook_of(2010)
    tables = {}
    for name, survey in codebook.surveys.items():
        columns = list(codebook.answer_columns(name))
        headers = tuple(dict.fromkeys([*survey.head_columns, *(header for header, _, _ in columns)]))
        given = {survey.cluster_column: "Klaster Źródło", survey.edition_column: "2010"}
        given |= {survey.data_kind_column: codebook.synthetic_data_kind, "Rok założenia klastra": "2005"}
        cells = tuple(Cell(given.get(header)) for header in headers)
        file = SourceFile(name, "benchmarking_2010.xlsx", "ab", 1, "xlsx", "2010-01-01T00:00:00Z")
        tables[name] = (file, Table(headers, Choice("xlsx"), partial(iter, [(3, cells)])))
    known = Identities(tmp_path, (Alias(name="Klaster Źródło", cluster_id="K001", from_edition=2010, note=""),))

    reading = read_all_tables(codebook, tables, known)

    # Hardly anything is answered; that is all.
    assert {problem.kind for problem in reading.problems} == {"clusters_not_answered", "required_missing"}
    given = {a.question_id: (a.cluster_id, a.answer_text) for a in reading.answers if a.status == "given"}
    assert given == {"cluster_name": ("K001", "Klaster Źródło"), "founded_year": ("K001", "2005")}
    assert {answer.cluster_id for answer in reading.answers} == {"K001"}
    assert {answer.respondent_id for answer in reading.answers} == {"Klaster Źródło"}


# --- the map of questions ---------------------------------------------------------------------------------------------


def test_the_committed_map_of_questions_is_what_the_codebooks_say() -> None:
    text = as_csv(question_map([codebook_of(edition) for edition in EDITIONS]))
    assert PATH.read_text(encoding="utf-8") == text, "Write docs/questions.csv anew: python -m ingestion.question_map"


def test_the_map_has_a_row_per_question_and_says_what_was_not_asked() -> None:
    codebooks = {edition: codebook_of(edition) for edition in EDITIONS}
    rows = {row["question_id"]: row for row in question_map(list(codebooks.values()))}
    asked = {edition: {q.question_id: q for q in codebook.questions} for edition, codebook in codebooks.items()}
    assert rows.keys() == {question_id for questions in asked.values() for question_id in questions}
    for question_id, row in rows.items():
        assert list(row)[3:] == [str(edition) for edition in reversed(EDITIONS)]
        for edition in EDITIONS:
            said = row[str(edition)]
            assert (said == NOT_ASKED) == (question_id not in asked[edition])
            assert said == NOT_ASKED or said.startswith(asked[edition][question_id].header)


def test_the_map_tells_header_type_and_unit_of_each_edition() -> None:
    rows = {row["question_id"]: row for row in question_map([codebook_of(edition) for edition in (2024, 2014, 2020)])}
    budget = rows["cluster_budget_year_1"]
    assert list(budget)[3:] == ["2024", "2020", "2014"]
    assert budget["2014"] == "P06_BUDZET_2012: number, zł"
    assert budget["wording_en"] == "Cluster budget (at the disposal of the coordinator) – year 2022 (in tys. zł)"
    cooperation = rows["rd_cooperation_intensity"]
    assert cooperation["2024"] == "P66…: multiple_choice, 5 options"
    assert cooperation["2020"] == "Q36: single_choice, 3 options"
    assert cooperation["2014"] == NOT_ASKED
    assert rows["media_publications"]["2024"] == NOT_ASKED
