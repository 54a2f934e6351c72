"""The world behind the sample: drawn once per seed, from the newest edition backwards, edition by edition."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np

from ingestion.codebook import Codebook, editions, load_codebook
from sample.accessibility import audit_sites
from sample.answers import Answers, characteristics, draw_answers, resample
from sample.calibration import Calibration, CalibrationMissing, calibrated_editions, load_calibration
from sample.evolution import Pool
from sample.growth import Descent, descend, earlier_maturity, earlier_sizes
from sample.identities import identity, lineage, members_of, n_identities, number_of
from sample.membership import describe, settle
from sample.opinions import Respondents, draw_opinions
from sample.profile import Profile, draw_profile

SPREAD = (0.8, 1.25)  # how much smaller or larger the further clusters of a larger world are


def sample_editions() -> list[int]:
    """The editions a sample can be made of: those with a codebook and published figures, ascending."""
    return sorted(set(editions()) & set(calibrated_editions()))


class World:
    """The clusters of one seed. What is drawn of an edition depends on the seed and the later editions alone."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.editions = sample_editions()[::-1]  # newest first
        self.codebooks: dict[int, Codebook] = {edition: load_codebook(edition) for edition in self.editions}
        self.calibrations: dict[int, Calibration] = {edition: load_calibration(edition) for edition in self.editions}
        self.numbers = {edition: members_of(edition) for edition in self.editions}
        self._answers: dict[int, Answers] = {}
        self._pool: Pool | None = None

    def _rng(self, edition_id: int, what: int = 0) -> np.random.Generator:
        return np.random.default_rng([edition_id, self.seed, what])

    @cached_property
    def _newest(self) -> Profile:
        """The calibrated profile, its rows in the order of `numbers`: the earlier a cluster joined, the older it is."""
        newest = self.editions[0]
        rng = self._rng(newest)
        drawn = draw_profile(self.calibrations[newest], self.codebooks[newest], rng)
        order = np.lexsort((rng.random(len(drawn.members)), drawn.founded_year, drawn.age_counts_from))
        joined = np.array([identity(number).editions[0] for number in self.numbers[newest]])
        for first in set(joined):
            order[joined == first] = rng.permutation(order[joined == first])
        return drawn.of(order)

    @cached_property
    def _attributes(self) -> dict[str, np.ndarray]:
        """What a cluster keeps through all editions: an entry per identity of the world at its own size."""
        newest, rng = self.editions[0], self._rng(self.editions[0], 1)
        real = self.calibrations[newest].real_clusters
        ends = {edition: codebook.settings.period_to for edition, codebook in self.codebooks.items()}
        merged = {number_of(event.successor_cluster_id) for event in lineage()}
        n = n_identities()
        columns = {
            name: np.empty(n, object) for name in ("founded_year", "age_counts_from", "industry", "pkd_division")
        }
        for number in range(n):
            first = next((e for e in identity(number).editions if e in ends), newest)
            before = max((end for edition, end in ends.items() if edition < first), default=ends[first] - 6)
            year = rng.integers(before + 1 if number in merged else ends[first] - 8, ends[first] + 1)
            like = real[rng.integers(len(real))]
            values = (year, year, like["industry"], like["pkd_division"])
            for name, value in zip(columns, values, strict=True):
                columns[name][number] = value
        for name, column in columns.items():
            column[self.numbers[newest]] = getattr(self._newest, name)
        columns["place"] = rng.integers(len({row["voivodeship"] for row in real}), size=n)
        return columns

    def _place(self, number: int) -> str:
        """The voivodeship of a cluster: never one where a real cluster has the same founding year and PKD division."""
        own, n = self._attributes, n_identities()
        real = self.calibrations[self.editions[0]].real_clusters
        places = sorted({row["voivodeship"] for row in real})
        base, at = number % n, int(own["place"][number % n]) + number // n
        taken = {
            row["voivodeship"]
            for row in real
            if (int(row["founded_year"]), row["pkd_division"]) == (own["founded_year"][base], own["pkd_division"][base])
        }
        while places[at % len(places)] in taken:
            at += 1
        return places[at % len(places)]

    @cached_property
    def _profiles(self) -> dict[int, tuple[Profile, Descent | None]]:
        """The profile of each edition, and how it descends from the next later edition's."""
        newest = self.editions[0]
        made: dict[int, tuple[Profile, Descent | None]] = {newest: (self._newest, None)}
        known: dict[int, float] = {}
        for later, edition in pairwise(self.editions):
            rng, profile = self._rng(edition), made[later][0]
            known |= dict(zip(self.numbers[later], profile.members, strict=True))
            events = [event for event in lineage() if event.edition_id == later]
            descent = descend(self.numbers[edition], self.numbers[later], known, events, rng)
            sizes = earlier_sizes(profile, descent, self.calibrations[edition], self.codebooks[edition], rng)
            own = {name: column[self.numbers[edition]] for name, column in self._attributes.items()}
            made[edition] = (
                Profile(
                    *sizes,
                    own["founded_year"].astype(float),
                    own["age_counts_from"].astype(float),
                    profile.kkk[descent.row],
                    own["industry"],
                    own["pkd_division"],
                    earlier_maturity(profile, descent, rng),
                ),
                descent,
            )
        return made

    def answers(self, edition_id: int) -> Answers:
        """The answers of the edition's clusters, in the order of `numbers`, but for names and places."""
        for edition in self.editions:
            if edition not in self._answers:
                self._answers[edition] = self._draw(edition) | self._audit(edition)
            if edition == edition_id:
                break
        return self._answers[edition_id]

    def _draw(self, edition: int) -> Answers:
        rng, (profile, descent) = self._rng(edition, 2), self._profiles[edition]
        codebook, calibration = self.codebooks[edition], self.calibrations[edition]
        if calibration.indicators:
            known = draw_answers(codebook, calibration, profile, rng)
        else:
            known = characteristics(codebook, profile, rng)
        described = describe(codebook, calibration, profile, self._rng(edition, 4))  # of each edition by itself
        if self._pool is None or descent is None:
            self._pool = Pool.of(codebook, known, profile)
            return known | described
        pool = self._pool.earlier(descent.row, profile, rng)
        answers = pool.answer(codebook, calibration, known | described, rng)
        self._pool = pool.renewed(codebook, {key: cells for key, cells in answers.items() if key not in described})
        return answers

    def _audit(self, edition: int) -> Answers:
        """The website audit, drawn apart: it has no past that earlier editions could descend from."""
        rng = self._rng(edition, 5)
        return audit_sites(self.codebooks[edition], self.calibrations[edition], len(self.numbers[edition]), rng)

    def opinions(self, edition_id: int, survey: str, coordinators: Answers) -> Respondents:
        """What members of the clusters delivered answered; `coordinators` are the answers that `delivered` gave."""
        opinions = self.calibrations[edition_id].opinions
        if opinions is None:
            raise CalibrationMissing(f"Nothing is known of the survey {survey} of edition {edition_id}")
        per_cluster = opinions.respondents / len(self.numbers[edition_id])
        rng = self._rng(edition_id, 6)
        return draw_opinions(self.codebooks[edition_id], survey, opinions, per_cluster, coordinators, rng)

    def delivered(self, edition_id: int, clusters: int | None) -> tuple[list[int], Answers]:
        """The numbers of `clusters` clusters (None: as many as the edition had) in the order delivered; their answers.

        Fewer are some of the edition's, the same ones in every edition; more are these and others like them.
        """
        answers, numbers, n = self.answers(edition_id), np.array(self.numbers[edition_id]), n_identities()
        size = len(numbers)
        wanted = clusters or size
        rank = self._rng(0).permutation(n)
        order = np.argsort(rank[numbers], kind="stable")
        rows = np.resize(order, wanted)
        laps = np.arange(wanted) // size
        chosen = numbers[rows] + n * laps
        mix = self._rng(edition_id, 3).permutation(wanted)  # a row's place says nothing about its size
        chosen, rows, laps = chosen[mix], rows[mix], laps[mix]
        factor = np.ones(wanted)
        for lap in range(1, laps.max() + 1):
            factors = self._rng(0, lap).uniform(*SPREAD, n)
            factor[laps == lap] = factors[numbers[rows[laps == lap]]]
        codebook = self.codebooks[edition_id]
        answers = resample(answers, codebook, rows, factor)
        settle(answers)
        own = [identity(int(number)) for number in chosen]
        for question_id, texts in {
            "cluster_name": [cluster.name(edition_id) for cluster in own],
            "coordinator_name": [cluster.coordinator(edition_id) for cluster in own],
            "voivodeship": [self._place(cluster.number) for cluster in own],
        }.items():
            ids = {option.label_pl: option.option_id for option in codebook.options_of.get(question_id, ())}
            answers[question_id, None] = np.array([ids.get(text, text) for text in texts], object)
        return [cluster.number for cluster in own], answers
