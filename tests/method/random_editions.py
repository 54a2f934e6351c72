"""Random editions: a recipe that hypothesis draws says how many of what, a seed says which values."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from .made_up import AUDIT, MEMBERS, REFUSED, REJECTED, SKIPPED, MadeUpEdition

SPOILT = (REFUSED, REJECTED, SKIPPED)
MULTIPLE, LEVEL, SINGLE = "multiple_choice", "level", "single_choice"


@dataclass(frozen=True)
class Recipe:
    """What a random edition is made of."""

    seed: int
    n_clusters: int
    shape: tuple[tuple[int, ...], ...]  # area → sub-area → number of indicators
    settings: Mapping[str, Any] = field(hash=False)
    cuts: frozenset[str] = frozenset()
    blanks: float = 0.1  # share of answers that are blank
    spoilt: float = 0.02  # share that are refused, rejected or skipped
    not_asked: float = 0.0  # share of questions that the edition did not ask


SETTINGS = st.fixed_dictionaries(
    {
        "area_mean_of": st.sampled_from(["indicators", "subareas"]),
        "quartile_method": st.sampled_from(["inclusive", "exclusive"]),
        "fence_factor": st.sampled_from([0, 0.5, 1.5, 3]),
        "minimum_availability": st.sampled_from([0, 0.25, 0.5, 0.6, 0.75, 1]),
        # uneven, so that no median meets a threshold but for its last bit
        "strength_above": st.sampled_from([0.30000123, 0.45000123]),
        "weakness_at_most": st.sampled_from([0.20000123, 0.10000123]),
    }
)
RECIPES = st.builds(
    Recipe,
    seed=st.integers(0, 2**32 - 1),
    n_clusters=st.one_of(st.integers(4, 30), st.integers(0, 3), st.integers(5, 30)),
    shape=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
    settings=SETTINGS,
    cuts=st.sets(st.sampled_from(["size", "age", "kkk_status", "kkk_plans", "strategy", "industry", "other"])).map(
        frozenset
    ),
    blanks=st.sampled_from([0.1, 0, 0.3, 0.6, 0.95]),
    spoilt=st.sampled_from([0, 0.02, 0.2]),
    not_asked=st.sampled_from([0, 0, 0.2]),
)


class _Maker:
    def __init__(self, edition_id: int, recipe: Recipe, **framework: MadeUpEdition | None) -> None:
        self.recipe = recipe
        self.random = random.Random(recipe.seed)
        without = [] if self.random.random() < 0.7 else ["science_institutions", "founded_year"]
        period_to = 2000 + self.random.randint(0, 20)
        self.edition = MadeUpEdition(edition_id, without=without, period_to=period_to, **framework, **recipe.settings)
        self.styles: dict[str, Any] = {}  # question → how its values are drawn

    def framework(self) -> None:
        for area, subareas in enumerate(self.recipe.shape, start=1):
            for subarea, n_indicators in enumerate(subareas, start=1):
                for indicator in range(1, n_indicators + 1):
                    self.indicator(f"{'I' * area}.{subarea}.{indicator}")

    def question(self, question_id: str, kind: str = "number") -> str:
        if self.random.random() < self.recipe.not_asked:
            return question_id
        options: Any = ()
        if kind == MULTIPLE:
            options = [*"abcd"[: self.random.randint(1, 4)], "other"]
        elif kind == LEVEL:
            options = ["x", "y", "z"]
        elif kind == SINGLE:
            options = {"no": 0, "partly": 1, "fully": 2}
        elif self.random.random() < 0.2:  # published in classes, of which the lowest numbers may be in none
            options = {"much": self.random.randint(5, 50), "some": self.random.randint(0, 4)}
        multiplier = self.random.choice([1, 1000]) if kind == "number" else None
        self.edition.question(question_id, kind, multiplier=multiplier, options=options)
        self.styles[question_id] = self.random.choice(
            [
                lambda r: r.randint(0, 5),  # many ties
                lambda r: r.choice([0, 0, 0, 0, r.randint(1, 9)]),  # mostly zero: a degenerate fence
                lambda r: 7,  # all the same
                lambda r: round(r.lognormvariate(4, 2), 1),  # skewed: capped
                lambda r: r.randint(-20, 20) / 4,  # a codebook may allow negative values
                lambda r: r.random() * 100,
            ]
        )
        return question_id

    def indicator(self, node_id: str) -> None:
        kind = self.random.choice(["value", "value", "value", "sum", "mean", "options"])
        n_inputs = 1 if kind == "value" else self.random.randint(1, 3)
        types = {"options": [MULTIPLE, MULTIPLE, LEVEL], "value": ["number", "number", SINGLE]}
        inputs = [
            self.question(f"q_{node_id}_{number}", self.random.choice(types.get(kind, ["number"])))
            for number in range(n_inputs)
        ]
        self.edition.indicator(
            node_id,
            *inputs,
            kind=kind,
            scale=self.random.choice([1, 1, 1000, 1_000_000]),
            blank_means=self.random.choice(["zero", "missing"]),
            direction=self.random.choice([1, 1, 1, -1]),
        )

    def cuts(self) -> None:
        edition, wanted = self.edition, self.recipe.cuts
        edition.question("plans", SINGLE, options=("kkk", "planned", "not_planned"))
        edition.question("ordinal", SINGLE, options={"none": 0, "some": 1, "all": 2})
        edition.indicator("I.1.9", "ordinal")
        low, high = sorted(self.random.sample(range(10, 200), 2))
        if "size" in wanted:
            edition.cut("size", "members", ("s", None, low), ("m", low + 1, high), ("l", high + 1, None))
        if "age" in wanted:
            edition.cut("age", "age_counts_from", ("old", None, 2009), ("young", 2010, None))
        for attribute in ("kkk_status", "industry"):
            if attribute in wanted:
                edition.cut(attribute, attribute, ("first", "first"), ("second", "second"), ("third", "third"))
        if "kkk_plans" in wanted:
            edition.cut("kkk_plans", "plans", ("kkk", "kkk"), ("planned", "planned"), ("not", "not_planned"))
        if "strategy" in wanted:
            edition.cut("strategy", "I.1.9", ("none", 0, 0), ("some", 1, 1), ("all", 2, 2))
        if "other" in wanted:  # a cut of the edition's own, with a gap and a segment that nobody can be in
            edition.cut("teams", "enterprises", ("few", None, 20), ("many", 40, None), ("nobody", -2, -1))

    def opinions(self) -> None:
        """A survey of members: ratings, a matrix, a conditional question with ticks, an amount, and details."""
        edition, r = self.edition, self.random
        rating = {"low": 1, "average": 3, "high": 5, "unknown": None}
        edition.settings |= {"minimum_respondents": r.choice([0, 2, 5]), "confidence_level": r.choice([0.9, 0.95])}
        edition.question("rating", SINGLE, survey=MEMBERS, options=rating, number=1)
        for item in range(1, r.randint(1, 3) + 1):
            edition.question(f"item_{item}", SINGLE, survey=MEMBERS, options=rating, number=2, item=item)
        edition.question("took_part", SINGLE, survey=MEMBERS, options=("yes", "no", "unknown"), number=3)
        edition.question(
            "how", MULTIPLE, survey=MEMBERS, options=("a", "b", "other"), asked_if=("took_part", "yes"), number=4
        )
        edition.question("amount", survey=MEMBERS, number=5)
        edition.question("mode", SINGLE, survey=MEMBERS, options=("web", "phone"))
        edition.question("remark", "free_text", survey=MEMBERS)
        numbers = [name for name, row in edition.questions.items() if row["survey"] == "coordinator"]
        for question_id, options in (("took_part", "yes"), ("how", "a;other")):
            asked = r.sample(numbers, min(len(numbers), r.randint(1, 2)))
            edition.confirmation(question_id, options, ";".join(asked), r.choice([0, 0.25]), r.choice([0.5, 0.75]))
        self.styles |= {"amount": lambda r: round(r.lognormvariate(6, 2), 2), "remark": lambda r: "Nic"}
        for cluster in self.names():
            for member in range(r.choice([0, 1, 3, 7, 12])):
                answers = {
                    name: self.answer(name) for name, row in edition.questions.items() if row["survey"] == MEMBERS
                }
                if answers["took_part"] != "yes":
                    answers["how"] = SKIPPED
                edition.member(cluster, f"m_{cluster}_{member}", answers)

    def audit(self) -> None:
        """An audit of websites by a few criteria."""
        edition, r = self.edition, self.random
        n_criteria = r.randint(1, 4)
        for criterion in range(1, n_criteria + 1):
            question_id, points = f"criterion_{criterion}", {"pass": 1, "fail": 0}
            edition.question(
                question_id, SINGLE, survey=AUDIT, options=points, number=criterion, reference=f"1.{criterion}"
            )
        edition.question("note", "free_text", survey=AUDIT)
        self.styles["note"] = lambda r: "Brak uwag"
        edition.band("good", n_criteria, None)
        edition.band("poor", 1, n_criteria - 1)
        edition.band("none", None, 0)
        for cluster in self.names():
            if r.random() < 0.9:
                names = [name for name, row in edition.questions.items() if row["survey"] == AUDIT]
                edition.site(cluster, {name: self.answer(name) for name in names})

    def names(self) -> list[str]:
        return [f"c{number:02}" for number in range(self.recipe.n_clusters)]

    def describe(self) -> None:
        edition, r = self.edition, self.random
        edition.question("label", SINGLE, options=("gold", "silver", "none"))
        edition.question("fields", MULTIPLE, options=("a", "b", "other"))
        edition.question("topics", MULTIPLE, options=("a", "b"), asked_if=(r.choice(["plans", "ordinal"]), "kkk"))
        edition.question("beside", MULTIPLE, options=("a", "b"), survey=AUDIT)
        parts = ["enterprises", *(["science_institutions"] if "science_institutions" in edition.questions else [])]
        for part in parts:
            edition.characteristic("type", "count", part, part, whole="members")
            edition.characteristic(f"has_{part}", "any", part, "present")
        edition.characteristic("concentration", "share", "enterprises", "near", whole=r.choice(["members", parts[-1]]))
        for name, kind in {"label": "choice", "fields": "choice", "voivodeship": "region"}.items():
            edition.characteristic(name, kind, name)
        edition.characteristic("place", "choice", "voivodeship")

    def answer(self, question_id: str) -> Any:
        r = self.random
        if r.random() < self.recipe.blanks:
            return None
        if r.random() < self.recipe.spoilt:
            return r.choice(SPOILT)
        question = self.edition.questions[question_id]
        options = self.edition.options[question_id]
        if question["type"] == SINGLE:
            return r.choice(list(options))
        if question["type"] in (MULTIPLE, LEVEL):
            highest = 2 if question["type"] == LEVEL else 1
            cells: dict[str, Any] = {}
            for option_id, option in options.items():
                cells[option_id] = r.choice([None, 1, 3]) if option["is_other"] else r.randint(0, highest)
                if r.random() < self.recipe.spoilt / 5:
                    cells[option_id] = r.choice([None, REFUSED, REJECTED])
            return cells
        return self.styles[question_id](r)

    def clusters(self) -> None:
        r = self.random
        own = [name for name, row in self.edition.questions.items() if row["survey"] == "coordinator"]
        for number, cluster in enumerate(self.names()):
            register = {
                "members": r.choice([None, REFUSED, REJECTED, 300]) if r.random() < 0.2 else r.randint(10, 200),
                "enterprises": r.randint(0, 60),
                "science_institutions": r.choice([None, 0, 1, 2, 3, 4]),
                "age_counts_from": r.randint(2003, 2020),
                "kkk_status": r.choice(["first", "second", None]),
                "industry": r.choice(["first", "second", "third", "fourth"]),
                "cluster_name": f"Klaster {number}",
                "voivodeship": r.choice(["pomorskie", "podlaskie", "slaskie", "abroad", REFUSED, None]),
            }
            answers = {question_id: self.answer(question_id) for question_id in own}
            surveys = ("register",) if r.random() < self.recipe.spoilt / 5 else ("register", "coordinator")
            self.edition.cluster(cluster, answers, surveys=surveys, **register)


def random_edition(edition_id: int, recipe: Recipe, **framework: MadeUpEdition | None) -> MadeUpEdition:
    """The edition made by the recipe; the same recipe always makes the same edition.

    `framework`: `like` and `today` of MadeUpEdition.
    """
    maker = _Maker(edition_id, recipe, **framework)
    maker.framework()
    maker.cuts()
    maker.describe()
    maker.clusters()
    if maker.random.random() < 0.7:
        maker.opinions()
    if maker.random.random() < 0.5:
        maker.audit()
    return maker.edition
