"""Reading a written sample delivery and scoring it: on its own, with nothing of the project's code."""

from __future__ import annotations

import csv
import math
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl

from sample import write_sample

ROOT = Path(__file__).parents[2]
CODEBOOK = ROOT / "ingestion" / "codebooks" / "2024"
FIGURES = ROOT / "sample" / "calibration" / "2024"


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


QUESTIONS = {row["question_id"]: row for row in read_rows(CODEBOOK / "questions.csv")}
OPTIONS = read_rows(CODEBOOK / "options.csv")
TOTALS = read_rows(CODEBOOK / "totals.csv")
INDICATORS = read_rows(FIGURES / "statistics.csv")
BLANK_MEANS = {row["indicator_id"]: row["blank_means"] for row in INDICATORS} | {"": "missing"}
COUNTS = read_rows(FIGURES / "counts.csv")
SHARES = read_rows(FIGURES / "option_shares.csv")
SCORES = {row["node_id"]: row for row in read_rows(FIGURES / "scores.csv")}
SEGMENTS = read_rows(FIGURES / "segments.csv")
REAL = read_rows(FIGURES / "real_clusters.csv")
COLUMN_TYPES = ("multiple_choice", "level")


def number(cell: object) -> float | None:
    """A cell's number: as stored in a workbook, or as Poles write it in a CSV."""
    if cell in (None, ""):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    return float(str(cell).replace("\u00a0", "").replace(" ", "").replace(",", "."))


class Sample:
    """The delivery as written: `cells[column header][cluster]`, and indicators and scores worked out from it."""

    def __init__(self, folder: Path) -> None:
        self.cells: dict[str, dict[str, object]] = {}
        (csv_file,) = folder.glob("ankieta_koordynatorow_*.csv")
        with csv_file.open(encoding="utf-8-sig", newline="") as file:
            self.coordinator = list(csv.DictReader(file, delimiter=";"))
        self._keep(self.coordinator, "id_klastra")
        self.titles = []
        for pattern in ("rejestr_klastrow_*.xlsx", "desk_research_*.xlsx"):
            (path,) = folder.glob(pattern)
            lines = [list(line) for line in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]
            self.titles += [str(line[0]) for line in lines[:2]]
            head = [str(name) for name in lines[2]]
            rows = [dict(zip(head, line, strict=True)) for line in lines[3:]]
            self._keep(rows, "Identyfikator klastra")
            if "rejestr" in pattern:
                self.clusters = [str(row["Identyfikator klastra"]) for row in rows]
        self.n = len(self.clusters)

    def _keep(self, rows: list[dict[str, object]], key: str) -> None:
        for row in rows:
            for name, cell in row.items():
                self.cells.setdefault(name, {})[str(row[key])] = cell

    def column(self, header: str) -> list[object]:
        return [self.cells[header][cluster] for cluster in self.clusters]

    def text(self, question_id: str) -> list[str]:
        return [str(cell or "") for cell in self.column(QUESTIONS[question_id]["header"])]

    def numbers(self, question_id: str) -> list[float | None]:
        """A question's numbers in the asked unit; an ordinal's score."""
        cells = self.column(QUESTIONS[question_id]["header"])
        if QUESTIONS[question_id]["type"] != "single_choice":
            return [number(cell) for cell in cells]
        values = {o["label_pl"]: float(o["value"]) for o in OPTIONS if o["question_id"] == question_id}
        return [values[str(cell)] for cell in cells]

    def option(self, question_id: str, option_id: str) -> list[float | None]:
        """Ticks, levels, or the number of further items named."""
        (option,) = [o for o in OPTIONS if (o["question_id"], o["option_id"]) == (question_id, option_id)]
        cells = self.column(option["header"])
        if option["is_other"] == "yes":
            return [float(len([i for i in str(cell).split(";") if i.strip()])) if cell else None for cell in cells]
        return [number(cell) for cell in cells]

    def question_sum(self, question_id: str) -> list[float | None]:
        """Ticks, levels and further items of a question added up; None where nothing was answered."""
        columns = [self.option(question_id, o["option_id"]) for o in OPTIONS if o["question_id"] == question_id]
        return [None if all(c is None for c in row) else sum(c or 0 for c in row) for row in zip(*columns, strict=True)]

    @cache  # noqa: B019 - a few samples only
    def indicator(self, indicator_id: str) -> np.ndarray:
        (rule,) = [row for row in INDICATORS if row["indicator_id"] == indicator_id]
        inputs, scale = rule["inputs"].split(";"), float(rule["scale"])
        result = []
        if rule["kind"] == "options":
            parts = list(zip(*(self.question_sum(q) for q in inputs), strict=True))
            return np.array([math.nan if all(p is None for p in row) else sum(p or 0 for p in row) for row in parts])
        columns = []
        for question_id in inputs:
            factor = float(QUESTIONS[question_id]["multiplier"] or 1)
            columns.append([None if x is None else x * factor for x in self.numbers(question_id)])
        for row in zip(*columns, strict=True):
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
        for row in INDICATORS:
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


def mean_of(columns: list[np.ndarray]) -> np.ndarray:
    stack = np.array(columns)
    known = ~np.isnan(stack)
    return np.where(known.any(0), np.nansum(stack, 0) / np.maximum(known.sum(0), 1), np.nan)


def printed(value: float, like: str) -> str:
    """`value` with as many decimals as `like`, halves up."""
    places = Decimal(1).scaleb(-len(like.partition(".")[2]))
    return str(Decimal(repr(round(value, 9))).quantize(places, ROUND_HALF_UP))


@cache
def make(folder: Path, seed: int, clusters: int = 42) -> Sample:
    """A sample of edition 2024 made once per test run."""
    write_sample(folder / f"{seed}_{clusters}", 2024, clusters, seed)
    return Sample(folder / f"{seed}_{clusters}")


def test_polish_numbers_are_read() -> None:
    assert [number(text) for text in ("1 711,9", "1\u00a0711", "0", "", None, 7)] == [
        1711.9,
        1711.0,
        0.0,
        None,
        None,
        7.0,
    ]


def test_figures_are_rounded_half_up_to_the_digits_printed() -> None:
    assert [printed(2.25, "0.0"), printed(0.25, "0.25"), printed(24.5, "24")] == ["2.3", "0.25", "25"]
