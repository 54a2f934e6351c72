"""The website audit of the clusters: as many sites meet each criterion as published, by one good site after another."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from ingestion.codebook import Codebook
from sample.answers import Answers
from sample.calibration import Calibration

CHANCE = 0.7  # beside the quality of the site (spread 1), what makes it meet a criterion
DAYS = 30  # how long the auditors were at work


def audit_sites(codebook: Codebook, calibration: Calibration, n: int, rng: np.random.Generator) -> Answers:
    """The audit of the sites of `n` clusters, where the edition had one: criteria, the auditor's note and the day."""
    if not calibration.sites_passing:
        return {}
    quality = rng.normal(size=n)
    names = {question.question_id: question.wording_pl for question in codebook.questions}
    answers: Answers = {}
    to_correct: list[list[str]] = [[] for _ in range(n)]
    for question_id, n_passing in calibration.sites_passing.items():
        wish = quality + rng.normal(0, CHANCE, n)
        cells = np.full(n, "fail", object)
        cells[np.argsort(-wish, kind="stable")[:n_passing]] = "pass"
        answers[question_id, None] = cells
        for site in np.flatnonzero(cells == "fail"):
            to_correct[site].append(names[question_id])
    notes = ["Do poprawy: " + "; ".join(failed) if failed else None for failed in to_correct]
    days = [date(codebook.edition_id, 10, 1) + timedelta(days=int(day)) for day in rng.integers(0, DAYS, n)]
    return answers | {
        ("accessibility_note", None): np.array(notes, object),
        ("accessibility_audit_date", None): np.array([day.isoformat() for day in days], object),
    }
