"""Which of the names that nobody expected may stand for one that is missing: proposals for a person, never taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Below this share of equal letters, a proposal would only mislead.
LEAST_SIMILARITY = 60.0


@dataclass(frozen=True)
class Proposal:
    """An unknown name that may be meant for a missing one; `similarity` in %, 100 being the same letters."""

    missing: str
    unknown: str
    similarity: float


def propose(missing: Sequence[str], unknown: Sequence[str]) -> list[Proposal]:
    """For each missing name the unknown one most like it, the most alike first; each name is used once."""
    if not (missing and unknown):
        return []
    # Imported here: only a delivery whose columns differ pays for it.
    from rapidfuzz import fuzz, utils

    alike = (
        Proposal(name, other, round(fuzz.ratio(name, other, processor=utils.default_process), 1))
        for name in missing
        for other in unknown
    )
    pairs = sorted(
        (pair for pair in alike if pair.similarity >= LEAST_SIMILARITY),
        key=lambda pair: (-pair.similarity, pair.missing, pair.unknown),
    )
    proposals: list[Proposal] = []
    for pair in pairs:
        if all(pair.missing != taken.missing and pair.unknown != taken.unknown for taken in proposals):
            proposals.append(pair)
    return proposals


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The one of the `known` names that is most like `name`; None when none is much alike."""
    found = propose(known, [name])
    return found[0].missing if found else None
