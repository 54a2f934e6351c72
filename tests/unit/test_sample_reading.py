"""Reading the written sample deliveries and scoring them: on its own, with nothing of the project's code."""

from __future__ import annotations

import csv
import math
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import openpyxl
import pyreadstat
import yaml

from sample import write_samples

ROOT = Path(__file__).parents[2]
EDITIONS = (2010, 2012, 2014, 2018, 2020, 2022, 2024)
CALIBRATED = (2022, 2024)
COLUMN_TYPES = ("multiple_choice", "level")


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Book:
    """What an edition asked, and the figures published about it, as the files say."""

    def __init__(self, edition: int) -> None:
        codebook = ROOT / "ingestion" / "codebooks" / str(edition)
        figures = ROOT / "sample" / "calibration" / str(edition)
        self.edition = edition
        self.yml = yaml.safe_load((codebook / "edition.yml").read_text(encoding="utf-8"))
        self.questions = {row["question_id"]: row for row in read_rows(codebook / "questions.csv")}
        self.options = read_rows(codebook / "options.csv")
        self.totals = read_rows(codebook / "totals.csv")
        self.rules = read_rows(codebook / "rules.csv")
        self.counts = read_rows(figures / "counts.csv")
        if edition in CALIBRATED:
            self.indicators = read_rows(figures / "statistics.csv")
            self.shares = read_rows(figures / "option_shares.csv")
            self.scores = {row["node_id"]: row for row in read_rows(figures / "scores.csv")}

    def options_of(self, question_id: str) -> list[dict[str, str]]:
        return [option for option in self.options if option["question_id"] == question_id]

    @property
    def refusals(self) -> list[str]:
        return self.yml["refusals"]


BOOKS = {edition: Book(edition) for edition in EDITIONS}
FIGURES = ROOT / "sample" / "calibration" / "2024"
SEGMENTS = read_rows(FIGURES / "segments.csv")
REAL = read_rows(FIGURES / "real_clusters.csv")


def number(cell: object, decimal: str = ",") -> float | None:
    """A cell's number: as stored in a workbook, or as text with spaces between thousands."""
    if cell in (None, ""):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    return float(str(cell).replace("\u00a0", "").replace(" ", "").replace(decimal, "."))


def read_survey(folder: Path, survey: dict[str, object]) -> tuple[list[str], list[dict[str, object]]]:
    """The lines above the headers, and a row of cells per respondent, by header."""
    (path,) = folder.glob(str(survey["file_pattern"]))
    if survey["format"] == "csv":
        with path.open(encoding=str(survey["encoding"]), newline="") as file:
            return [], list(csv.DictReader(file, delimiter=str(survey["delimiter"])))
    if survey["format"] == "sav":
        frame, meta = pyreadstat.read_sav(path, apply_value_formats=True)
        titles = [meta.file_label, " ".join(meta.notes)]
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return titles, [{name: cell if cell != "" else None for name, cell in row.items()} for row in rows]
    sheet = openpyxl.load_workbook(path)[str(survey["sheet"])]
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    head = int(survey["header_row"]) - 1  # type: ignore[call-overload]
    titles = [str(line[0]) for line in lines[:head]]
    return titles, [dict(zip(map(str, lines[head]), line, strict=True)) for line in lines[head + 1 :]]


class Sample:
    """A delivery as written: cells by question and cluster, and indicators and scores worked out from them."""

    def __init__(self, folder: Path, edition: int) -> None:
        self.folder, self.book = folder, BOOKS[edition]
        self.titles: dict[str, list[str]] = {}
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.cells: dict[str, dict[str, dict[str, object]]] = {}
        for name, survey in self.book.yml["surveys"].items():
            if survey.get("respondents") == "members":
                continue  # see test_sample_members.py
            self.titles[name], self.rows[name] = read_survey(folder, survey)
            self.cells[name] = {str(row[survey["cluster_column"]]): row for row in self.rows[name]}
            assert len(self.cells[name]) == len(self.rows[name])
        self.clusters = list(self.cells["register"])
        self.n = len(self.clusters)
        assert all(set(rows) == set(self.clusters) for rows in self.cells.values())

    def column(self, survey: str, header: str) -> list[object]:
        return [self.cells[survey][cluster][header] for cluster in self.clusters]

    def answers(self, question_id: str) -> list[object]:
        question = self.book.questions[question_id]
        return self.column(question["survey"], question["header"])

    def text(self, question_id: str) -> list[str]:
        return [str(cell or "") for cell in self.answers(question_id)]

    def decimal(self, question_id: str) -> str:
        return self.book.yml["surveys"][self.book.questions[question_id]["survey"]].get("decimal", ",")

    def numbers(self, question_id: str) -> list[float | None]:
        """A question's numbers in the asked unit; an ordinal's score; None for a blank, NaN for "no answer"."""
        cells = self.answers(question_id)
        if self.book.questions[question_id]["type"] == "single_choice":
            values = {o["label_pl"]: float(o["value"]) for o in self.book.options_of(question_id)}
            return [values[str(cell)] for cell in cells]
        mark = self.decimal(question_id)
        return [math.nan if cell in self.book.refusals else number(cell, mark) for cell in cells]

    def base(self, question_id: str) -> list[float | None]:
        """A question's numbers in base units."""
        factor = float(self.book.questions[question_id]["multiplier"] or 1)
        return [None if x is None else x * factor for x in self.numbers(question_id)]

    def total(self, question_ids: str) -> float:
        """What the answers to questions (joined by `;`) add up to, in base units."""
        return sum(x for q in question_ids.split(";") for x in self.base(q) if x is not None and not math.isnan(x))

    def option(self, question_id: str, option_id: str) -> list[float | None]:
        """Ticks, levels, or the number of further items named."""
        (option,) = [o for o in self.book.options_of(question_id) if o["option_id"] == option_id]
        cells = self.column(option["survey"], option["header"])
        if option["is_other"] == "yes":
            return [float(len([i for i in str(cell).split(";") if i.strip()])) if cell else None for cell in cells]
        if self.book.questions[question_id]["type"] == "level":
            return [number(cell) for cell in cells]
        words = {word: 1.0 for word in self.book.yml["ticked"]} | {word: 0.0 for word in self.book.yml["unticked"]}
        return [None if cell in (None, "") else words[str(cell)] for cell in cells]

    def question_sum(self, question_id: str) -> list[float | None]:
        """Ticks, levels and further items of a question added up; None where nothing was answered."""
        columns = [self.option(question_id, o["option_id"]) for o in self.book.options_of(question_id)]
        return [None if all(c is None for c in row) else sum(c or 0 for c in row) for row in zip(*columns, strict=True)]

    @cache  # noqa: B019 - a few samples only
    def indicator(self, indicator_id: str) -> np.ndarray:
        (rule,) = [row for row in self.book.indicators if row["indicator_id"] == indicator_id]
        inputs, scale = rule["inputs"].split(";"), float(rule["scale"])
        if rule["kind"] == "options":
            parts = list(zip(*(self.question_sum(q) for q in inputs), strict=True))
            return np.array([math.nan if all(p is None for p in row) else sum(p or 0 for p in row) for row in parts])
        result = []
        for row in zip(*(self.base(question_id) for question_id in inputs), strict=True):
            if rule["blank_means"] == "missing" and any(x is None for x in row):
                result.append(math.nan)
                continue
            total = sum(x or 0.0 for x in row)
            result.append((total / len(row) if rule["kind"] == "mean" else total) / scale)
        return np.array(result)

    @cache  # noqa: B019
    def scores(self) -> dict[str, np.ndarray]:
        """Scores of sub-areas, areas (mean of their indicators) and overall."""
        groups: dict[str, list[np.ndarray]] = {}
        for row in self.book.indicators:
            x = self.indicator(row["indicator_id"])
            known = np.sort(x[~np.isnan(x)])
            q1, q3 = np.percentile(known, 25), np.percentile(known, 75)
            upper = min(known[-1], q3 + 1.5 * (q3 - q1))
            upper = upper if upper > known[0] else known[-1]
            score = (np.minimum(x, upper) - known[0]) / (upper - known[0])
            for node in (row["subarea_id"], row["subarea_id"].split(".")[0]):
                groups.setdefault(node, []).append(score)
        scored = {node: mean_of(columns) for node, columns in groups.items()}
        scored["overall"] = mean_of([scored[area] for area in ("I", "II", "III", "IV", "V")])
        return scored


class Samples:
    """The deliveries of all editions of one seed, each read when it is looked at, and who is who."""

    def __init__(self, folder: Path, seed: int, clusters: int | None) -> None:
        self.folder = folder
        self.who_is_who = folder / "clusters"
        self.files = write_samples({e: folder / str(e) for e in EDITIONS}, self.who_is_who, clusters, seed)
        self._read: dict[int, Sample] = {}

    def __getitem__(self, edition: int) -> Sample:
        if edition not in self._read:
            self._read[edition] = Sample(self.folder / str(edition), edition)
        return self._read[edition]

    @cached_property
    def aliases(self) -> list[dict[str, str]]:
        return read_rows(self.who_is_who / "aliases.csv")

    def identities(self, edition: int) -> dict[str, int]:
        """The stable id of each cluster of an edition, and its row."""
        known: dict[str, str] = {}
        for row in sorted(self.aliases, key=lambda row: int(row["from_edition"])):
            if int(row["from_edition"]) <= edition:
                known[row["name"]] = row["cluster_id"]
        return {known[name]: row for row, name in enumerate(self[edition].text("cluster_name"))}


def mean_of(columns: list[np.ndarray]) -> np.ndarray:
    stack = np.array(columns)
    known = ~np.isnan(stack)
    return np.where(known.any(0), np.nansum(stack, 0) / np.maximum(known.sum(0), 1), np.nan)


def printed(value: float, like: str) -> str:
    """`value` with as many decimals as `like`, halves up."""
    places = Decimal(1).scaleb(-len(like.partition(".")[2]))
    return str(Decimal(repr(round(float(value), 9))).quantize(places, ROUND_HALF_UP))


@cache
def make(folder: Path, seed: int, clusters: int | None = None) -> Samples:
    """The samples of a seed, made once per test run."""
    return Samples(folder / f"{seed}_{clusters}", seed, clusters)


def test_polish_numbers_are_read() -> None:
    cells = ("1 711,9", "1\u00a0711", "0", "", None, 7)
    assert [number(cell) for cell in cells] == [1711.9, 1711.0, 0.0, None, None, 7.0]
    assert number("1711.9", ".") == 1711.9


def test_figures_are_rounded_half_up_to_the_digits_printed() -> None:
    assert [printed(2.25, "0.0"), printed(0.25, "0.25"), printed(24.5, "24")] == ["2.3", "0.25", "25"]
