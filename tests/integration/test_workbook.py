"""The annex as a workbook: its figures beside figures computed here from facts and scores, read by another library."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import duckdb
import numpy as np
import pytest
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.annex import Column, Sheet
from orchestration.tables import attach
from orchestration.workbook import HIDDEN, _write_sheet, write_workbooks
from tests.integration.test_packages import release_of

# The segments of Tables 18–36, in the order of the report.
SEGMENTS = [
    ("all", "all"),
    *(("age", segment) for segment in ("before_2010", "2010_2014", "2015_2020")),
    *(("kkk_status", segment) for segment in ("kkk", "non_kkk")),
    *(
        ("industry", segment)
        for segment in (
            "biotechnology_medicine",
            "chemistry_construction_circular",
            "education_food_tourism",
            "ict",
            "automotive_aviation_transport",
            "metal_machinery_materials",
        )
    ),
    *(("size", segment) for segment in ("small", "medium", "large", "very_large")),
    *(("strategy", segment) for segment in ("none", "written_not_updated", "written_updated")),
]
SCORE_HEADINGS = ["Kod", "Obszar, podobszar", "Minimum", "Kwartyl 1", "Mediana", "Średnia", "Kwartyl 3", "Benchmark"]
MEASURES = "minimum, q1, median, mean, q3, benchmark"


def read(path: Path) -> dict[str, list[list[object]]]:
    """All cells by sheet, from the first row on."""
    workbook = CalamineWorkbook.from_path(path)
    return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names}


@pytest.fixture(scope="module")
def study(built) -> dict[str, list[list[object]]]:
    """The study team's workbook."""
    return read(built.published / "annex_2024.xlsx")


@pytest.fixture(scope="module")
def public(built) -> dict[str, list[list[object]]]:
    """Everybody's workbook."""
    return read(built.published / "public" / "annex_2024.xlsx")


@pytest.fixture(scope="module")
def everything(built) -> duckdb.DuckDBPyConnection:
    """The study team's database."""
    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        yield connection


def six(values: list[float]) -> list[float]:
    """Minimum, quartiles, median, mean and maximum as numpy has them."""
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    return [min(values), q1, median, np.mean(values), q3, max(values)]


def test_there_is_a_sheet_for_every_table_and_a_contents_sheet(built, study, public) -> None:
    release = release_of(built.published.resolve())
    for workbook in (study, public):
        assert list(workbook) == ["Spis tabel", *(f"Tabela {number}" for number in range(13, 38))]
        contents = workbook["Spis tabel"]
        said = " ".join(str(row[0]) for row in contents[:5])
        assert SYNTHETIC_NOTICE in said and release.release_id in said and release.deliveries[2024] in said
        assert [row[0] for row in contents[6:]] == list(workbook)[1:]
        assert all(str(row[1]) for row in contents[6:])
        assert all(workbook[name][1][0] == SYNTHETIC_NOTICE for name in list(workbook)[1:])
    assert "Tylko dla zespołu badania" in str(study["Spis tabel"][2][0])
    assert "Dla każdego" in str(public["Spis tabel"][2][0])


def test_scores_are_those_of_the_clusters_of_the_segment(study, everything) -> None:
    members = defaultdict(set)
    for cut, segment, cluster in everything.execute(
        "select cut_id, segment_id, cluster_id from core.cluster_segment where edition_id = 2024"
    ).fetchall():
        members[cut, segment].add(cluster)
    scores = defaultdict(dict)
    for node, cluster, score in everything.execute(
        "select node_id, cluster_id, score from core.fct_score"
        " where edition_id = 2024 and level != 'indicator' and score is not null"
    ).fetchall():
        scores[node][cluster] = score
        members["all", "all"].add(cluster)
    assert len(SEGMENTS) == 19 and len(scores) == 25
    for number, segment in enumerate(SEGMENTS, start=18):
        _, _, headings, *rows = study[f"Tabela {number}"]
        assert headings == SCORE_HEADINGS
        assert {row[0] for row in rows} == scores.keys() and len(rows) == 25
        for node, _, *figures in rows:
            expected = six([score for cluster, score in scores[node].items() if cluster in members[segment]])
            assert figures == pytest.approx(expected, abs=1e-12), (number, node)


def test_indicators_are_those_of_the_facts(study, everything) -> None:
    values = defaultdict(list)
    for node, value in everything.execute(
        "select node_id, value from core.fct_indicator_value where edition_id = 2024 and value is not null"
    ).fetchall():
        values[node].append(float(value))
    seen = []
    for number, area in enumerate(("I", "II", "III", "IV", "V"), start=13):
        _, _, headings, *rows = study[f"Tabela {number}"]
        assert headings == ["Kod", "Wskaźnik", "Jednostka", "Liczba klastrów", "Średnia", "Mediana", "Benchmark"]
        for node, label, unit, *figures in rows:
            assert node.split(".")[0] == area and label
            if node.count(".") == 1:
                assert [unit, *figures] == [""] * 5
                continue
            seen.append(node)
            of = values[node]
            assert unit and figures == pytest.approx([len(of), np.mean(of), np.median(of), max(of)], rel=1e-12), node
    assert len(seen) == len(set(seen)) == 90


def test_opinions_are_those_of_the_respondents(study, everything) -> None:
    """Questions with one choice, counted from the answers: the share of those who chose among those who answered."""
    chosen, valid = defaultdict(set), defaultdict(set)
    for question, option, respondent, number in everything.execute(
        "select question_edition.question_no, answer.answer_text, answer.respondent_id, answer.answer_number"
        " from core.fct_answer as answer inner join core.question_edition using (edition_id, question_id)"
        " where edition_id = 2024 and answer.survey = 'member_opinion' and question_no in (1, 2, 3)"
        " and answer.status = 'given'"
    ).fetchall():
        valid[question].add(respondent)
        chosen[question, option or number].add(respondent)
    _, _, headings, *rows = study["Tabela 37"]
    assert headings[:6] == ["Nr pytania", "Pozycja", "Pytanie", "Odpowiedź", "Ważne odpowiedzi", "Udział"]
    for question in (1, 2, 3):
        printed = [(row[4], row[5]) for row in rows if row[0] == question]
        assert {n for n, _ in printed} == {len(valid[question])}
        counted = sorted(len(who) / len(valid[question]) for (of, _), who in chosen.items() if of == question)
        assert sorted(share for _, share in printed if share) == pytest.approx(counted, abs=1e-12)
    ((n_rows,),) = everything.execute(
        "select count(*) from survey.member_opinion where edition_id = 2024 and cut_id = 'all'"
    ).fetchall()
    assert len(rows) == n_rows
    with_rating = [row[7] for row in rows if row[7] != ""]
    assert with_rating and all(1 <= rating <= 5 for rating in with_rating)


def test_the_public_workbook_shows_what_the_public_database_shows(built, public) -> None:
    n_hidden = n_shown = 0
    with duckdb.connect(built.published / "public.duckdb", read_only=True) as connection:
        for number, segment in enumerate(SEGMENTS, start=18):
            expected = {
                node: [HIDDEN if figure is None else figure for figure in figures]
                for node, *figures in connection.execute(
                    f"select node_id, {MEASURES} from benchmark.score_distribution"
                    " where edition_id = 2024 and cut_id = ? and segment_id = ? and level != 'indicator'",
                    segment,
                ).fetchall()
            }
            assert {row[0]: row[2:] for row in public[f"Tabela {number}"][3:]} == expected
            n_hidden += sum(figures.count(HIDDEN) for figures in expected.values())
            n_shown += sum(len(figures) - figures.count(HIDDEN) for figures in expected.values())
        for number in range(13, 18):
            expected = {
                node: [HIDDEN if figure is None else figure for figure in figures]
                for node, *figures in connection.execute(
                    "select node_id, n, mean, median, benchmark from benchmark.indicator_statistic"
                    " where edition_id = 2024 and cut_id = 'all'"
                ).fetchall()
            }
            for node, _, unit, *figures in public[f"Tabela {number}"][3:]:
                assert not unit or figures == expected[node], node
        opinions = connection.execute(
            "select n_valid, share from survey.member_opinion where edition_id = 2024 and cut_id = 'all'"
            " and option_id is not null"
        ).fetchall()
    shown = [(row[4], row[5]) for row in public["Tabela 37"][3:] if row[3]]
    assert sorted(map(str, shown)) == sorted(
        str((HIDDEN if n is None else float(n), HIDDEN if share is None else share)) for n, share in opinions
    )
    assert n_hidden > 500 and n_shown > 500


def test_figures_are_shown_with_the_decimals_that_are_printed(built) -> None:
    workbook = load_workbook(built.published / "annex_2024.xlsx")
    assert workbook["Tabela 24"]["C4"].number_format == "0.00"
    formats = {
        row[0].value: [cell.number_format for cell in row[3:7]] for row in workbook["Tabela 13"].iter_rows(min_row=4)
    }
    # The report prints 5.2, 3.5 and 16 people in a coordinator's team.
    assert formats["I.1.4"] == ["#,##0", "#,##0.0", "#,##0.0", "#,##0"]
    assert workbook["Tabela 37"]["F4"].number_format == "0.0%"
    panes = {name: workbook[name].freeze_panes for name in workbook.sheetnames}
    assert panes == {name: {"Spis tabel": "A7", "Tabela 37": "E4"}.get(name, "C4") for name in workbook.sheetnames}
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def test_a_text_that_looks_like_a_formula_is_a_text(built) -> None:
    sheet = Sheet("Tabela 1", "=A1", [Column("Nazwa"), Column("Liczba")], 1, [[("=HYPERLINK(1)", None), (-1.5, "0.0")]])
    target = Workbook().active
    _write_sheet(target, sheet, release_of(built.published.resolve()))
    assert [target["A4"].value, target["A4"].data_type] == ["'=HYPERLINK(1)", "s"]
    assert [target["B4"].value, target["B4"].data_type] == [-1.5, "n"]


def test_the_same_release_is_the_same_file_whenever_it_is_written(built, tmp_path) -> None:
    folder = built.published.resolve()
    with duckdb.connect() as connection:
        attach(connection, built.work_file, "work")
        for is_public, name in ((False, "annex_2024.xlsx"), (True, "public/annex_2024.xlsx")):
            (written,) = write_workbooks(connection, tmp_path, release_of(folder), is_public)
            assert written.read_bytes() == (folder / name).read_bytes()
