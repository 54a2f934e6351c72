"""Who the fictitious clusters are: size, age, status, industry, place; sizes of all segments as published."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from ingestion.codebook import Codebook
from sample.calibration import Calibration
from sample.marginals import Vector, fit_sum

LEAST_ENTERPRISES, MOST_ENTERPRISES = 0.78, 0.93  # share of the members
WEIGHTS = {"size": 0.4, "kkk": 0.45, "age": 0.4, "chance": 0.35}
AGE_AND_SIZE = 0.25  # correlation wished for between age and the logarithm of size, nearest of so many orders drawn
ORDERS = 30


@dataclass(frozen=True)
class Profile:
    """One entry per cluster in every array; `maturity` is the latent that answers follow (mean 0, spread 1)."""

    members: Vector
    enterprises: Vector
    science_institutions: Vector
    founded_year: Vector
    age_counts_from: Vector
    kkk: np.ndarray
    industry: np.ndarray
    pkd_division: np.ndarray
    maturity: Vector

    @property
    def wholes(self) -> dict[str, Vector]:
        """The questions whose answers other answers are parts of."""
        return {"members": self.members, "enterprises": self.enterprises}

    def of(self, rows: np.ndarray) -> Profile:
        """The profile of these rows."""
        return Profile(*(getattr(self, field.name)[rows] for field in fields(self)))


def _members(calibration: Calibration, largest: float, rng: np.random.Generator) -> Vector:
    """Members, ascending: so many in each size band, and the published total."""
    bands = calibration.segments_of("size")
    low = np.concatenate([np.full(band.clusters, band.lower or 1, float) for band in bands])
    high = np.concatenate([np.full(band.clusters, band.upper or largest, float) for band in bands])
    low[-1] = largest
    total = calibration.figure("members", "total") or 0.0
    # Spread evenly over each band, with some chance: the counts of enterprises need clusters all along it.
    place = np.concatenate([(np.arange(b.clusters) + rng.random(b.clusters)) / b.clusters for b in bands])
    draw = place ** np.where(high < largest, 1.0, 2.5)
    return np.sort(fit_sum(low + draw * (high - low), low, high, total))


def _labels(calibration: Calibration, cut_id: str) -> np.ndarray:
    segments = calibration.segments_of(cut_id)
    return np.repeat([segment.segment_id for segment in segments], [segment.clusters for segment in segments])


def standard(values: Vector) -> Vector:
    """The values with mean 0 and spread 1."""
    return (values - values.mean()) / (values.std() or 1.0)


def least_size(calibration: Calibration, codebook: Codebook) -> int:
    """The fewest members that leave room for the largest number of enterprises published."""
    parts = {t.part_question_ids for t in codebook.totals if t.whole_question_id == "enterprises"}
    leaders = [float(i.benchmark) for i in calibration.indicators if i.inputs[0] in parts and i.benchmark]
    return math.ceil(max(leaders, default=0) / LEAST_ENTERPRISES)


def draw_profile(calibration: Calibration, codebook: Codebook, rng: np.random.Generator) -> Profile:
    """Draw the calibrated number of clusters; the largest has room for the largest number of enterprises published."""
    n = sum(segment.clusters for segment in calibration.segments_of("size"))
    largest = math.ceil(least_size(calibration, codebook) * rng.uniform(1.02, 1.2))
    members = _members(calibration, largest, rng)
    earliest = min(int(row["founded_year"]) for row in calibration.real_clusters)
    last = codebook.edition_id - 1
    bands = [
        rng.integers(band.lower or earliest, (band.upper or last) + 1, band.clusters)
        for band in calibration.segments_of("age")
    ]
    size = standard(np.log(members))
    years = np.concatenate(bands).astype(float)
    orders = [rng.permutation(years) for _ in range(ORDERS)]
    year = min(orders, key=lambda order: abs(np.mean(size * standard(-order)) - AGE_AND_SIZE))
    founded = year.copy()
    again = np.argmax(year)  # one cluster was founded again; its age counts from before
    founded[again] = min(year[again] + 3, last)
    age = standard(-year)
    kkk = np.zeros(n, bool)
    wish = size + 0.3 * age + rng.normal(0, 0.4, n)
    holders = next(s.clusters for s in calibration.segments_of("kkk_status") if s.segment_id == "kkk")
    kkk[np.argsort(-wish, kind="stable")[:holders]] = True
    maturity = WEIGHTS["size"] * size + WEIGHTS["kkk"] * standard(kkk.astype(float)) + WEIGHTS["age"] * age
    maturity += rng.normal(0, WEIGHTS["chance"], n)
    industry = rng.permutation(_labels(calibration, "industry"))
    divisions = {
        name: sorted({row["pkd_division"] for row in calibration.real_clusters if row["industry"] == name})
        for name in set(industry)
    }
    pkd = np.array([rng.choice(divisions[name]) for name in industry])
    share = np.clip(rng.normal(0.84, 0.04, n), LEAST_ENTERPRISES, MOST_ENTERPRISES)
    total = calibration.figure("enterprises", "total") or 0.0
    enterprises = fit_sum(members * share, np.ceil(members * LEAST_ENTERPRISES), np.floor(members * 0.97), total)
    science = np.minimum(np.rint(members * rng.uniform(0.02, 0.08, n)), members - enterprises)
    science_total = calibration.figure("science_institutions", "total") or science.sum()
    science = fit_sum(science, np.zeros(n), members - enterprises, science_total)
    return Profile(members, enterprises, science, founded, year, kkk, industry, pkd, standard(maturity))
