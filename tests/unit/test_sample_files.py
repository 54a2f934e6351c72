"""Every sample delivery obeys its codebook, is marked as synthetic and is the same for the same seed."""

from __future__ import annotations

import csv
import io
import itertools
import math
import zipfile
from functools import partial

import pytest

from sample import CalibrationMissing, write_sample, write_samples
from tests.unit.test_sample_reading import BOOKS, COLUMN_TYPES, EDITIONS, REAL, Sample, make, read_survey

SEEDS = (2024, 1, 2, 7, 99, 12345)
SIZES = [*((seed, None) for seed in SEEDS), (3, 1), (4, 10), (5, 300), pytest.param(6, 5000, marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return partial(make, tmp_path_factory.getbasetemp() / "samples")  # one folder for all modules: made once


def clash_with_real(sample: Sample) -> list[object]:
    """Clusters that share founding year, place and PKD division, or the name, with a real one."""
    key = ("founded_year", "voivodeship", "pkd_division")
    real = {tuple(str(row[name]) for name in key) for row in REAL}
    here = zip(*([text.replace(" ", "") for text in sample.text(name)] for name in key), strict=True)
    names = set(sample.text("cluster_name")) & {row["name"] for row in REAL}
    return [row for row in here if row in real] + list(names)


def faults(sample: Sample) -> list[object]:
    """Whatever breaks the codebook, whatever the number of clusters."""
    wrong: list[object] = []
    for question_id, question in sample.book.questions.items():
        if question["survey"] not in sample.rows:
            continue  # members': see test_sample_members.py
        own = sample.book.options_of(question_id)
        if question["type"] in COLUMN_TYPES:
            ticks = [sample.option(question_id, o["option_id"]) for o in own if o["is_other"] != "yes"]
            allowed = (None, 0, 1, 2) if question["type"] == "level" else (None, 0, 1)
            for i, row in enumerate(zip(*ticks, strict=True)):
                if any(cell not in allowed for cell in row) or len({cell is None for cell in row}) > 1:
                    wrong.append((question_id, i, row))
            answered = [row[0] is not None for row in zip(*ticks, strict=True)]
        elif question["type"] == "single_choice":
            labels = [o[name] for o in own for name in ("label_pl", "code")]
            wrong += [(question_id, text) for text in sample.text(question_id) if text and text not in labels]
            answered = [bool(text) for text in sample.text(question_id)]
        elif question["type"] in ("text", "free_text"):
            answered = [bool(text) for text in sample.text(question_id)]
        else:
            cells = sample.numbers(question_id)
            answered = [cell is not None for cell in cells]
            low = max(float(question["plausible_minimum"] or 0), float(question["hard_minimum"] or 0))
            high = min(float(question["plausible_maximum"] or math.inf), float(question["hard_maximum"] or math.inf))
            for cell in (cell for cell in cells if cell and not math.isnan(cell)):
                if not low <= cell <= high or (question["type"] == "integer" and cell % 1):
                    wrong.append((question_id, cell))
        if question["required"] == "yes" and not all(answered):
            wrong.append((question_id, "required, but blank"))
        if question["asked_if_question"]:
            asked = was_asked(sample, question)
            wrong += [(question_id, "skip rule", a, b) for a, b in zip(asked, answered, strict=True) if b and not a]
    for total in sample.book.totals:
        parts = [sample.numbers(q) for q in total["part_question_ids"].split(";")]
        for *row, whole in zip(*parts, sample.numbers(total["whole_question_id"]), strict=True):
            if whole is not None and sum(x or 0 for x in row) > whole:
                wrong.append((total, row, whole))
    return wrong


def was_asked(sample: Sample, question: dict[str, str]) -> list[bool]:
    parent, wanted = question["asked_if_question"], question["asked_if_option"].split(";")
    if sample.book.questions[parent]["type"] == "single_choice":
        labels = [o["label_pl"] for o in sample.book.options_of(parent) if o["option_id"] in wanted]
        return [text in labels for text in sample.text(parent)]
    return [any(x == 1 for x in row) for row in zip(*(sample.option(parent, o) for o in wanted), strict=True)]


@pytest.mark.parametrize(("seed", "clusters"), SIZES)
def test_every_sample_is_valid(made, seed, clusters):
    samples = made(seed, clusters)
    for edition in EDITIONS:
        sample = samples[edition]
        assert all(len(rows) == sample.n for rows in sample.rows.values())
        assert clusters is None or sample.n == clusters
        assert len(set(sample.text("cluster_name"))) == sample.n
        assert clash_with_real(sample) == [], edition
        assert faults(sample) == [], edition


@pytest.mark.parametrize("clusters", [10, None])
def test_every_file_says_that_it_is_synthetic(made, clusters):
    samples = made(2024, clusters)
    assert all(path.stem.endswith("_syntetyczne") for path in samples.files)
    for edition in EDITIONS:
        sample = samples[edition]
        for survey in sample.book.yml["surveys"].values():
            lines, rows = read_survey(sample.folder, survey)
            assert {row[survey["data_kind_column"]] for row in rows} == {"syntetyczne"}
            assert {str(row[survey["edition_column"]]) for row in rows} == {str(edition)}
            titles = " ".join(lines)
            assert survey["format"] == "csv" or ("DANE SYNTETYCZNE" in titles and "SYNTHETIC DATA" in titles)


def test_each_edition_comes_in_its_own_format(made):
    samples = made(2024)
    content = {path.parent.name + "/" + path.name.split("_20")[0]: path.read_bytes() for path in samples.files}
    assert len(samples.files) == len(content) == 19
    text = content["2024/ankieta_koordynatorow"].decode("utf-8-sig")
    assert text.startswith("id_odpowiedzi;data_wyslania;jezyk;status;")
    assert content["2024/ankieta_koordynatorow"].startswith(b"\xef\xbb\xbf")
    assert text.count("\r\n") == text.count("\n") == 43
    cells = list(itertools.chain.from_iterable(csv.reader(io.StringIO(text, newline=""), delimiter=";")))
    assert any(" " in cell and "," in cell and number_like(cell) for cell in cells)
    assert any("; " in cell for cell in cells)
    assert "" in cells
    with pytest.raises(UnicodeDecodeError):
        content["2012/ankieta"].decode("utf-8")
    assert "Nr klastra" in content["2012/ankieta"].decode("cp1250")
    assert content["2014/koordynatorzy"].startswith(b"$FL2")
    plain = content["2018/ankieta"].decode("utf-8")
    assert plain.startswith("id,")
    assert "1 " not in {cell[:2] for line in csv.reader(io.StringIO(plain)) for cell in line if number_like(cell)}
    with zipfile.ZipFile(io.BytesIO(content["2022/badanie_klastrow"])) as workbook:
        assert len([name for name in workbook.namelist() if name.startswith("xl/worksheets/sheet")]) == 3
    assert samples[2010].clusters == samples[2010].text("cluster_name")
    assert samples[2018].clusters == [f"2018-{number:02d}" for number in range(1, 41)]


def number_like(cell: str) -> bool:
    return cell.replace(" ", "").replace(",", "").isdigit()


@pytest.mark.parametrize("clusters", [None, 60])
def test_same_seed_same_bytes_and_other_seeds_other_answers(made, tmp_path, clusters):
    first = made(7, clusters)
    again = write_samples({e: tmp_path / str(e) for e in EDITIONS}, tmp_path / "clusters", clusters, seed=7)
    other = made(99, clusters)
    for one, two, three in zip(first.files, again, other.files, strict=True):
        assert one.name == two.name == three.name
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes() != three.read_bytes()
    for name in ("aliases.csv", "lineage.csv"):
        assert (first.who_is_who / name).read_bytes() == (tmp_path / "clusters" / name).read_bytes()


def test_an_edition_without_figures_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(CalibrationMissing, match=r"edition 1999.*2024"):
        write_sample(tmp_path / "out", tmp_path / "clusters", edition_id=1999)
    with pytest.raises(ValueError, match="at least 1 cluster"):
        write_sample(tmp_path / "out", tmp_path / "clusters", 2024, clusters=0)
    assert list(tmp_path.iterdir()) == []


def test_all_editions_are_tested():
    assert set(BOOKS) == set(EDITIONS)
