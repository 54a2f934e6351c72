"""The published figures a sample is calibrated to: `calibration/<edition>/*.csv`, each row with its source.

statistics.csv     indicators: how they are built from questions, n, and mean, median, benchmark as printed
counts.csv         further statements ("22 clusters above 0"); `held=no` where another figure contradicts them
option_shares.csv  share (%) of `base` clusters that ticked an option (of a level question: its highest level)
segments.csv       sizes of the segments
opinions.csv       respondents of the survey of members, shares (%), means, clusters represented; `assumed` or printed
accessibility.csv  how many sites passed each criterion of the website audit
scores.csv         distribution of the scores of every sub-area, area and overall
characteristics.csv   who the members are, labels and the like (`sample.membership`); not published where `assumed`
real_clusters.csv  the public register, so that no made-up cluster repeats a real one

Of an edition without published statistics there is counts.csv alone. A row of no indicator is about questions, their
ids joined by `;`, and in base units (persons, zł); kinds `n_missing` and `rest` are told in `sample.totals`. A row of
an indicator is in the unit its figures are printed in. `assumed` names the figures of a row that are not published.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

CALIBRATION = Path(__file__).parent / "calibration"


class CalibrationMissing(ValueError):
    """No sample can be made of this edition: there are no published figures for it."""


@dataclass(frozen=True)
class Indicator:
    """One indicator. Statistics are texts as printed (their digits tell the precision), empty when not printed.

    `step` is the grid the values lie on, in the published unit.
    """

    indicator_id: str
    subarea_id: str
    kind: str
    inputs: tuple[str, ...]
    scale: float
    blank_is_zero: bool
    step: float
    n: int
    missing_among: str
    mean: str
    median: str
    benchmark: str

    @property
    def tolerance(self) -> float:
        """How far the mean may lie from the printed one and still be printed so."""
        return 0.45 * 10.0 ** -len(self.mean.partition(".")[2])


@dataclass(frozen=True)
class Fact:
    """A count (or total, mean, minimum) of an indicator, or of one of its questions when `question_id` is set."""

    indicator_id: str
    question_id: str
    kind: str
    threshold: float
    value: float


@dataclass(frozen=True)
class Segment:
    """A segment of a cut, its bounds (None: open) and its number of clusters."""

    cut_id: str
    segment_id: str
    lower: int | None
    upper: int | None
    clusters: int


@dataclass(frozen=True)
class Opinions:
    """What is published of an edition's survey of members; shares and means by question."""

    respondents: int
    at_least: int  # in each cluster
    shares: dict[str, dict[str, float]]  # question → option → % of the answers
    means: dict[str, float]  # of ratings 1, 3 and 5
    mean_numbers: dict[str, float]
    clusters_choosing: dict[str, int]  # in how many clusters anyone chose the question's best option


@dataclass(frozen=True)
class Calibration:
    """All figures of one edition."""

    indicators: tuple[Indicator, ...]
    facts: tuple[Fact, ...]
    shares: dict[str, dict[str, float]]  # question → option → number of clusters
    segments: tuple[Segment, ...]
    scores: dict[str, tuple[float, ...]]  # node → minimum, Q1, median, mean, Q3, benchmark
    real_clusters: tuple[dict[str, str], ...]
    sites_passing: dict[str, int]  # criterion of the website audit → number of sites
    characteristics: dict[tuple[str, str], float]  # question or option, kind of figure → figure
    opinions: Opinions | None  # None: members were not surveyed

    def segments_of(self, cut_id: str) -> list[Segment]:
        """The segments of a cut, in their order."""
        return [segment for segment in self.segments if segment.cut_id == cut_id]

    def facts_of(self, indicator_id: str, question_id: str = "") -> list[Fact]:
        """What holds for an indicator as a whole, or for one of its questions."""
        return [f for f in self.facts if f.indicator_id == indicator_id and f.question_id == question_id]

    def figure(self, question_id: str, kind: str) -> float | None:
        """A question's own total, mean or count, if one is published."""
        return next((f.value for f in self.facts if f.question_id == question_id and f.kind == kind), None)


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file; none of a file that is not there."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _opinions(path: Path) -> Opinions | None:
    rows = _rows(path)
    if not rows:
        return None
    by_kind: dict[str, dict[str, float]] = {}
    shares: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["kind"] == "share":
            shares.setdefault(row["question_id"], {})[row["option_id"]] = float(row["value"])
        else:
            by_kind.setdefault(row["kind"], {})[row["question_id"]] = float(row["value"])
    return Opinions(
        int(by_kind["respondents"][""]),
        int(by_kind["respondents_at_least"][""]),
        shares,
        by_kind.get("mean", {}),
        by_kind.get("mean_number", {}),
        {question_id: int(n) for question_id, n in by_kind.get("clusters", {}).items()},
    )


def calibrated_editions(root: Path = CALIBRATION) -> list[int]:
    """The editions there are published figures for, ascending."""
    return sorted(int(path.name) for path in root.iterdir() if (path / "counts.csv").is_file())


def load_calibration(edition_id: int, root: Path = CALIBRATION) -> Calibration:
    """Read the figures of an edition. Raises CalibrationMissing when there are none."""
    folder = root / str(edition_id)
    if not (folder / "counts.csv").is_file():
        known = ", ".join(map(str, calibrated_editions(root))) or "none"
        raise CalibrationMissing(
            f"No sample can be made of edition {edition_id}: {folder} holds no published figures to calibrate to; "
            f"editions that have them: {known}"
        )
    indicators = tuple(
        Indicator(
            row["indicator_id"],
            row["subarea_id"],
            row["kind"],
            tuple(row["inputs"].split(";")),
            float(row["scale"]),
            row["blank_means"] == "zero",
            float(row["step"]),
            int(row["n"]),
            row["missing_among"],
            *(row[name] for name in ("mean", "median", "benchmark")),
        )
        for row in _rows(folder / "statistics.csv")
    )
    # Overruled statements stay in the file, for the record; yearly means still tell how years share a sum.
    facts = tuple(
        Fact(
            row["indicator_id"],
            row["question_id"],
            row["kind"],
            float(row["threshold"] or 0),
            float(row["value"] or 0),
        )
        for row in _rows(folder / "counts.csv")
        if row["held"] == "yes" or row["kind"] == "mean"
    )
    shares: dict[str, dict[str, float]] = {}
    for row in _rows(folder / "option_shares.csv"):
        number = float(row["share_pct"]) * int(row["base"]) / 100
        shares.setdefault(row["question_id"], {})[row["option_id"]] = number
    return Calibration(
        indicators,
        facts,
        shares,
        tuple(
            Segment(
                row["cut_id"],
                row["segment_id"],
                _whole(row["lower"]),
                _whole(row["upper"]),
                int(row["clusters"]),
            )
            for row in _rows(folder / "segments.csv")
        ),
        {
            row["node_id"]: tuple(float(row[m]) for m in ("min", "q1", "median", "mean", "q3", "benchmark"))
            for row in _rows(folder / "scores.csv")
        },
        tuple(_rows(folder / "real_clusters.csv")),
        {row["question_id"]: int(row["n_passing"]) for row in _rows(folder / "accessibility.csv")},
        {
            (row["option_id"] or row["question_id"], row["kind"]): float(row["value"])
            for row in _rows(folder / "characteristics.csv")
        },
        _opinions(folder / "opinions.csv"),
    )
