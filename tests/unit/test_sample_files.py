"""Every sample delivery obeys the codebook, is marked as synthetic and is the same for the same seed."""

from __future__ import annotations

import csv
import itertools
import math
from functools import partial

import pytest

from sample import CalibrationMissing, write_sample
from tests.unit.test_sample_reading import (
    COLUMN_TYPES,
    INDICATORS,
    OPTIONS,
    QUESTIONS,
    REAL,
    ROOT,
    TOTALS,
    Sample,
    make,
    read_rows,
)

SEEDS = (2024, 1, 2, 7, 99, 12345)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return partial(make, tmp_path_factory.mktemp("samples"))


def clash_with_real(sample: Sample) -> list[object]:
    key = ("members", "founded_year", "voivodeship", "pkd_division")
    real = {tuple(str(row[name]) for name in key) for row in REAL}
    voivodeships = {o["label_pl"] for o in OPTIONS if o["question_id"] == "voivodeship"}
    assert set(sample.text("voivodeship")) <= voivodeships
    here = zip(*(sample.text(name) for name in key), strict=True)
    names = set(sample.text("cluster_name")) & {row["name"] for row in REAL}
    return [row for row in here if row in real] + list(names)


def faults(sample: Sample) -> list[object]:
    """Whatever breaks the codebook, whatever the number of clusters."""
    wrong: list[object] = []
    for question_id, question in QUESTIONS.items():
        own = [o for o in OPTIONS if o["question_id"] == question_id]
        if question["type"] in COLUMN_TYPES:
            columns = {o["option_id"]: sample.option(question_id, o["option_id"]) for o in own}
            allowed = (None, 0, 1, 2) if question["type"] == "level" else (None, 0, 1)
            ticks = [
                c for o, c in columns.items() if not any(x["is_other"] == "yes" and x["option_id"] == o for x in own)
            ]
            for i, row in enumerate(zip(*ticks, strict=True)):
                if any(cell not in allowed for cell in row) or len({cell is None for cell in row}) > 1:
                    wrong.append((question_id, i, row))
            answered = [row[0] is not None for row in zip(*ticks, strict=True)]
        elif question["type"] == "single_choice":
            labels = [o["label_pl"] for o in own]
            wrong += [(question_id, text) for text in sample.text(question_id) if text not in labels]
            answered = [True] * sample.n
        elif question["type"] == "text":
            answered = [bool(text) for text in sample.text(question_id)]
        else:
            cells = sample.numbers(question_id)
            answered = [cell is not None for cell in cells]
            low = max(float(question["plausible_minimum"] or 0), float(question["hard_minimum"] or 0))
            high = min(float(question["plausible_maximum"] or math.inf), float(question["hard_maximum"] or math.inf))
            for cell in filter(None, cells):
                if not low <= cell <= high or (question["type"] == "integer" and cell % 1):
                    wrong.append((question_id, cell))
        if question["required"] == "yes" and not all(answered):
            wrong.append((question_id, "required, but blank"))
        if question["asked_if_question"]:
            asked = was_asked(sample, question)
            wrong += [(question_id, "skip rule", a, b) for a, b in zip(asked, answered, strict=True) if b and not a]
    for total in TOTALS:
        parts = [sample.numbers(q) for q in total["part_question_ids"].split(";")]
        for *row, whole in zip(*parts, sample.numbers(total["whole_question_id"]), strict=True):
            if whole is not None and sum(x or 0 for x in row) > whole:
                wrong.append((total, row, whole))
    return wrong


def was_asked(sample: Sample, question: dict[str, str]) -> list[bool]:
    parent, wanted = question["asked_if_question"], question["asked_if_option"].split(";")
    if QUESTIONS[parent]["type"] == "single_choice":
        labels = [o["label_pl"] for o in OPTIONS if o["question_id"] == parent and o["option_id"] in wanted]
        return [text in labels for text in sample.text(parent)]
    return [any(x == 1 for x in row) for row in zip(*(sample.option(parent, o) for o in wanted), strict=True)]


@pytest.mark.parametrize(
    ("seed", "clusters"),
    [*((seed, 42) for seed in SEEDS), (3, 1), (4, 10), (5, 300), pytest.param(6, 5000, marks=pytest.mark.slow)],
)
def test_every_sample_is_valid(made, seed, clusters):
    sample = made(seed, clusters)
    assert sample.n == len(set(sample.clusters)) == len(sample.coordinator) == clusters
    assert all(cluster[0].isalpha() for cluster in sample.clusters)
    assert len(set(sample.text("cluster_name"))) == clusters
    assert clash_with_real(sample) == []
    assert faults(sample) == []


@pytest.mark.parametrize("clusters", [10, 42])
def test_every_file_says_that_it_is_synthetic(made, clusters):
    sample = made(2024, clusters)
    assert {row["rodzaj_danych"] for row in sample.coordinator} == {"syntetyczne"}
    assert set(sample.column("Rodzaj danych")) == {"syntetyczne"}
    assert [t for t in sample.titles if "DANE SYNTETYCZNE" in t and "SYNTHETIC DATA" in t] == sample.titles[::2]


def test_the_csv_is_as_a_survey_platform_writes_it(tmp_path):
    write_sample(tmp_path)
    (path,) = tmp_path.glob("*.csv")
    content = path.read_bytes()
    assert content.startswith(
        b"\xef\xbb\xbfid_odpowiedzi;data_wyslania;jezyk;status;edycja;id_klastra;rodzaj_danych;P01;"
    )
    assert content.count(b"\r\n") == content.count(b"\n") == 43
    text = content.decode("utf-8-sig")
    cells = list(itertools.chain.from_iterable(csv.reader(text.splitlines(), delimiter=";")))
    assert any(" " in cell and "," in cell and number_like(cell) for cell in cells)
    assert any("; " in cell for cell in cells)
    assert "" in cells


def number_like(cell: str) -> bool:
    return cell.replace(" ", "").replace(",", "").isdigit()


def test_same_seed_same_bytes_and_other_seeds_other_answers(tmp_path):
    for clusters in (42, 60):
        first = write_sample(tmp_path / f"a{clusters}", clusters=clusters, seed=5)
        again = write_sample(tmp_path / f"b{clusters}", clusters=clusters, seed=5)
        other = write_sample(tmp_path / f"c{clusters}", clusters=clusters, seed=6)
        assert len(first) == 3
        for one, two, three in zip(first, again, other, strict=True):
            assert one.name == two.name == three.name
            assert one.read_bytes() == two.read_bytes() != three.read_bytes()


def test_an_edition_without_figures_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(CalibrationMissing, match=r"edition 1999.*2024"):
        write_sample(tmp_path / "out", edition_id=1999)
    with pytest.raises(ValueError, match="at least 1 cluster"):
        write_sample(tmp_path / "out", clusters=0)
    assert not (tmp_path / "out").exists()


def test_the_indicators_are_built_as_the_project_builds_them():
    rules = read_rows(ROOT / "dbt_project" / "seeds" / "indicator_rule.csv")
    ours = {row["indicator_id"]: row for row in INDICATORS}
    asked = [rule for rule in rules if rule["node_id"] in ours]
    assert len(asked) == len(ours)
    for rule in asked:
        own = ours[rule["node_id"]]
        assert [own[k] for k in ("kind", "inputs", "blank_means")] == [
            rule[k] for k in ("kind", "inputs", "blank_means")
        ]
        assert float(own["scale"]) == float(rule["scale"])
