"""Going back in time: who the clusters of an edition were, from the next later edition they or others took part in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.codebook import Codebook
from ingestion.identity import Lineage
from sample.calibration import Calibration
from sample.identities import number_of
from sample.marginals import Vector, fit_sum
from sample.profile import LEAST_ENTERPRISES, Profile, least_size, standard

LOYALTY = 0.9  # how much of a cluster's maturity goes back to the edition before
BELOW, ABOVE = 0.06, 0.09  # how far the share of enterprises of a cluster lies from that of all


@dataclass(frozen=True)
class Descent:
    """For each cluster of an edition: the row of the later edition it takes after, and how large it is beside it.

    That row is the cluster itself; or what it became part of or was split into; or a cluster that joined the study
    after it left, so that those who leave are in all as large as those who join. `most`: the members it has in the
    next edition it takes part in (infinite: in none).
    """

    row: np.ndarray
    share: Vector
    most: Vector


def descend(
    earlier: list[int], later: list[int], sizes: dict[int, float], events: list[Lineage], rng: np.random.Generator
) -> Descent:
    """Find out whom the clusters `earlier` take after among those of the `later` edition.

    `sizes`: the members of every cluster in the earliest of the later editions that it takes part in.
    """
    place = {number: row for row, number in enumerate(later)}
    after: dict[int, list[int]] = {}  # predecessor → its successors
    for event in events:
        after.setdefault(number_of(event.predecessor_cluster_id), []).append(number_of(event.successor_cluster_id))
    successors = [number for numbers in after.values() for number in numbers]
    joined = [row for number, row in place.items() if number not in {*earlier, *successors}]
    joined.sort(key=lambda row: -sizes[later[row]])
    left = iter(rng.permutation([number for number in earlier if number not in place and number not in after]))
    donor = {int(number): joined[i % len(joined)] for i, number in enumerate(left)}
    rows, shares = [], []
    for number in earlier:
        share = 1.0
        if number in after:
            row = place[after[number][0]]
            whole = sum(sizes[successor] for successor in after[number])
            share = whole / sizes[later[row]] / successors.count(after[number][0])
        else:
            row = place.get(number, donor.get(number, 0))
        rows.append(row)
        shares.append(share)
    return Descent(np.array(rows), np.array(shares), np.array([sizes.get(number, np.inf) for number in earlier]))


def earlier_sizes(
    later: Profile, descent: Descent, calibration: Calibration, codebook: Codebook, rng: np.random.Generator
) -> tuple[Vector, Vector, Vector]:
    """Members, enterprises and science institutions: the published totals, and no cluster larger than it became."""
    row, n = descent.row, len(descent.row)
    before = np.where(np.isinf(descent.most), later.members[row] * descent.share, descent.most)
    total = calibration.figure("members", "total") or before.sum()
    wanted = before * rng.uniform(0.85, 1.1, n)
    wanted *= total / wanted.sum()
    high = np.minimum(descent.most, 3 * wanted + 20)
    question = next(q for q in codebook.questions if q.question_id == "members")
    low = np.minimum(high, question.plausible_minimum or 1)
    leader = int(np.argmax(np.minimum(wanted, high)))
    low[leader] = max(low[leader], min(high[leader], least_size(calibration, codebook)))
    members = fit_sum(wanted, low, high, total)
    enterprise_total = calibration.figure("enterprises", "total") or 0.84 * total
    usual = enterprise_total / total
    share = (later.enterprises / later.members)[row] + rng.normal(0, 0.02, n)
    low = np.ceil(members * max(usual - BELOW, 0))
    low[leader] = max(low[leader], np.ceil(LEAST_ENTERPRISES * members[leader]) if calibration.indicators else 0)
    high = np.maximum(low, np.floor(members * min(usual + ABOVE, 0.97)))
    enterprises = fit_sum(members * share, low, high, enterprise_total)
    return members, enterprises, _science(later, descent, members, members - enterprises, calibration, rng)


def _science(
    later: Profile, descent: Descent, members: Vector, room: Vector, calibration: Calibration, rng: np.random.Generator
) -> Vector:
    wanted = later.science_institutions[descent.row] * members / later.members[descent.row]
    wanted = np.minimum(wanted + rng.random(len(wanted)), room)
    total = calibration.figure("science_institutions", "total")
    if total is None:
        return np.floor(wanted)
    none = int(calibration.figure("science_institutions", "n_zero") or 0)
    has_some = np.ones(len(wanted), bool)
    has_some[np.argsort(wanted, kind="stable")[:none]] = False
    high = np.where(has_some, room, 0)
    return fit_sum(wanted * total / wanted.sum(), np.minimum(has_some, high), high, total)


def earlier_maturity(later: Profile, descent: Descent, rng: np.random.Generator) -> Vector:
    """The latent that answers follow, one edition earlier."""
    noise = np.sqrt(1 - LOYALTY**2) * rng.normal(size=len(descent.row))
    return standard(LOYALTY * later.maturity[descent.row] + noise)
