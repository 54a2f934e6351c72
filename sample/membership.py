"""Who the members of the fictitious clusters are, and what else describes a cluster beside the indicators.

Calibrated to `characteristics.csv`. Kinds of members add up to the members, sizes of enterprises to the enterprises.
"""

from __future__ import annotations

import numpy as np

from ingestion.codebook import Codebook
from sample.answers import Answers
from sample.calibration import Calibration
from sample.marginals import Vector, fit_sum
from sample.profile import Profile

# Parts of a whole, of which the last is what the others leave; the first kinds of members are known already.
KINDS = (
    "local_government_units",
    "business_support_institutions",
    "non_governmental_organisations",
    "other_members",
)
SIZES = ("micro_enterprises", "small_enterprises", "medium_enterprises", "large_enterprises")
TURNOVER = ("new_members", "resigned_members")
PRESENT = ("accredited_innovation_centres", "digital_innovation_hubs")
LABELS = ("gold", "silver", "bronze")
SPECIALISATIONS = {
    "biotechnology_medicine": ("healthy_society", "biotechnology_chemistry"),
    "chemistry_construction_circular": ("circular_economy", "smart_construction", "biotechnology_chemistry", "energy"),
    "education_food_tourism": ("agrifood_forestry", "creative_technologies"),
    "ict": ("ict", "electronics_photonics", "creative_technologies"),
    "automotive_aviation_transport": ("green_transport", "automation_robotics", "marine_technologies"),
    "metal_machinery_materials": ("advanced_materials", "automation_robotics"),
}
FURTHER = 0.45  # chance that a cluster names a further specialisation of its industry
REACH = 0.97  # share of members in the coordinator's voivodeship that the least spread clusters come near


def describe(codebook: Codebook, calibration: Calibration, profile: Profile, rng: np.random.Generator) -> Answers:
    """Answers of all clusters to the edition's questions about them; none where it has no figures of the kind."""
    if not calibration.characteristics:
        return {}
    figures, members = calibration.characteristics, profile.members
    numbers = _divide(KINDS, members - profile.enterprises - profile.science_institutions, figures, rng)
    numbers |= _divide(SIZES, profile.enterprises, figures, rng)
    for name in TURNOVER:
        wanted = members * rng.uniform(0.4, 1.6, len(members))
        numbers[name] = _fitted(wanted, np.zeros(len(members)), np.floor(members / 2), figures[name, "total"])
    numbers["members_in_coordinator_voivodeship"] = _near(members, figures, rng)
    for name in PRESENT:
        has_one = _most(profile.maturity + rng.normal(0, 0.7, len(members)), figures[name, "n_positive"])
        numbers[name] = has_one * (1.0 + (rng.random(len(members)) < 0.2))
    answers: Answers = {(name, None): cells.astype(object) for name, cells in numbers.items()}
    answers["eucles_label", None] = _labels(profile, figures, rng)
    return answers | _specialisations(codebook, profile, rng)


def _fitted(wanted: Vector, low: Vector, high: Vector, total: float) -> Vector:
    return fit_sum(wanted * total / max(wanted.sum(), 1), low, high, total)


def _most(wish: Vector, number: float) -> np.ndarray:
    """Which have the strongest wish: so many."""
    chosen = np.zeros(len(wish), bool)
    chosen[np.argsort(-wish, kind="stable")[: int(number)]] = True
    return chosen


def _divide(
    names: tuple[str, ...], whole: Vector, figures: dict[tuple[str, str], float], rng: np.random.Generator
) -> dict[str, Vector]:
    """Parts that add up to the whole in every cluster, each to its total; the last is what is left."""
    left, parts = whole.copy(), {}
    for name in names[:-1]:
        has_some = left > 0
        if (name, "n_positive") in figures:
            has_some = _most(left * rng.uniform(0.5, 1.5, len(left)), figures[name, "n_positive"])
        low = np.minimum(has_some, left) if (name, "n_positive") in figures else np.zeros(len(left))
        high = np.where(has_some, left, 0)
        parts[name] = _fitted(high * rng.uniform(0.6, 1.4, len(left)), low, high, figures[name, "total"])
        left = left - parts[name]
    return parts | {names[-1]: left}


def _near(members: Vector, figures: dict[tuple[str, str], float], rng: np.random.Generator) -> Vector:
    """Members in the coordinator's voivodeship: mean and median of the clusters' shares as printed."""
    n, name = len(members), "members_in_coordinator_voivodeship"
    mean, median = figures[name, "mean_pct"] / 100, figures[name, "median_pct"] / 100
    near = np.rint(members * median)
    # In the middle are the clusters whose size allows a share closest to the median.
    order = np.argsort(np.abs(near / members - median), kind="stable")
    n_middle = 2 - n % 2
    middle, others = order[:n_middle], rng.permutation(order[n_middle:])
    below, above = others[: len(others) // 2], others[len(others) // 2 :]
    least, most = (near[middle] / members[middle]).min(), (near[middle] / members[middle]).max()
    near[above] = np.ceil(members[above] * (most + (REACH - most) * rng.random(len(above))))
    lack = n * mean - (near / members)[middle].sum() - (near / members)[above].sum()
    fall = (len(below) * least - lack) * _parts_of_one(len(below), rng)
    near[below] = np.floor(members[below] * np.clip(least - fall, 0, least))
    for i in below[np.argsort(-members[below], kind="stable")]:  # the largest can take up the finest rest
        rest = np.rint((n * mean - (near / members).sum()) * members[i])
        near[i] = np.clip(near[i] + rest, 0, np.floor(members[i] * least))
    return near


def _parts_of_one(n: int, rng: np.random.Generator) -> Vector:
    parts = rng.uniform(0.1, 1.9, n)
    return parts / parts.sum()


def _labels(profile: Profile, figures: dict[tuple[str, str], float], rng: np.random.Generator) -> np.ndarray:
    order = np.argsort(-(profile.maturity + rng.normal(0, 0.5, len(profile.maturity))), kind="stable")
    held = np.full(len(order), "none", object)
    names = np.repeat(LABELS, [int(figures[name, "n_chosen"]) for name in LABELS])
    held[order[: len(names)]] = names
    return held


def _specialisations(codebook: Codebook, profile: Profile, rng: np.random.Generator) -> Answers:
    """The first specialisation of the industry, and some of the others."""
    ticks: Answers = {}
    for option in codebook.options_of["national_smart_specialisations"]:
        place = [
            own.index(option.option_id) if option.option_id in own else -1
            for own in (SPECIALISATIONS[str(industry)] for industry in profile.industry)
        ]
        further = rng.random(len(place)) < FURTHER
        cells = np.array([int(at == 0 or (at > 0 and more)) for at, more in zip(place, further, strict=True)], object)
        ticks["national_smart_specialisations", option.option_id] = cells
    return ticks


def settle(answers: Answers) -> None:
    """Make (in place) the parts of a whole add up to it once the answers were made larger or smaller."""
    for known, names, whole in (
        (("enterprises", "science_institutions"), KINDS, "members"),
        ((), SIZES, "enterprises"),
    ):
        if (names[0], None) in answers:
            left = answers[whole, None] - sum(answers[name, None] for name in known)
            for name in names[:-1]:
                answers[name, None] = np.minimum(answers[name, None], left)
                left = left - answers[name, None]
            answers[names[-1], None] = left
