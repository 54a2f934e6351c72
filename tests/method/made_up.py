"""Made-up editions: a few lines of Python give the raw tables of a whole small edition.

edition = MadeUpEdition(2031, fence_factor=3)
edition.indicator("I.1.1", blank_means="zero")            # asks a question of its own, also named I.1.1
edition.cut("size", "members", ("small", None, 49), ("big", 50, None))
edition.cluster("a", {"I.1.1": 12.5}, members=20)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

Rows = list[dict[str, Any]]


class Cell(str):
    """An answer that is no answer: its status."""


SKIPPED, REFUSED, REJECTED = Cell("skipped"), Cell("refused"), Cell("rejected")
SETTINGS = {
    "name_pl": "Edycja wymyślona",
    "name_en": "Made-up edition",
    "period_to": 2023,
    "area_mean_of": "indicators",
    "quartile_method": "inclusive",
    "fence_factor": 1.5,
    "minimum_availability": 0,
    "strength_above": 0.3,
    "weakness_at_most": 0.2,
    "minimum_respondents": 5,
    "confidence_level": 0.95,
}
MEMBERS, AUDIT = "member_opinion", "accessibility"  # surveys beside the benchmark
REGISTER = {  # question → type, what a cluster says unless told otherwise
    "cluster_name": ("text", "Klaster wymyślony"),
    "founded_year": ("integer", 2012),
    "age_counts_from": ("integer", 2012),
    "members": ("integer", 50),
    "pkd_division": ("text", "62"),
    "voivodeship": ("single_choice", "pomorskie"),
    "industry": ("single_choice", "ict"),
    "kkk_status": ("single_choice", "non_kkk"),
    "enterprises": ("integer", 30),
    "science_institutions": ("integer", 2),
}
LEVELS = ("indicator", "subarea", "area", "overall")


def parent_of(node_id: str) -> str | None:
    """`I.1.1` → `I.1` → `I` → `overall` → None."""
    if node_id == "overall":
        return None
    return node_id.rpartition(".")[0] or "overall"


class MadeUpEdition:
    """One edition with its own framework, codebook, cuts, clusters and answers."""

    def __init__(
        self,
        edition_id: int,
        *,
        without: Sequence[str] = (),
        like: MadeUpEdition | None = None,
        today: MadeUpEdition | None = None,
        **settings: object,
    ) -> None:
        """`settings` replace those of SETTINGS; `without` names questions of REGISTER that are not asked.

        The edition has a framework of its own, or shares that of `like`. Its nodes conform to the framework of
        `today`, by default to its own; see `conforms`.
        """
        self.edition_id = edition_id
        self.framework_id: str = like.framework_id if like else f"made_up_{edition_id}"
        self.settings = SETTINGS | settings
        self.nodes: dict[str, dict[str, Any]] = like.nodes if like else {}
        self.today = today or self
        self.conformance: dict[str, dict[str, Any]] = {}
        self.rules: Rows = []
        self.cuts: Rows = []
        self.segments: Rows = []
        self.questions: dict[str, dict[str, Any]] = {}
        self.options: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.beside = {MEMBERS, AUDIT}  # surveys that do not enter the benchmark
        self.characteristics: Rows = []
        self.answers: Rows = []
        self.bands: Rows = []
        self.confirmations: Rows = []
        self.n_clusters = 0
        for question_id, (kind, _) in REGISTER.items():
            if question_id not in without:
                self.question(question_id, kind, survey="register")
        self.cut("all", None, ("all", None, None))

    def question(
        self,
        question_id: str,
        kind: str = "number",
        *,
        survey: str = "coordinator",
        multiplier: float | None = None,
        options: Mapping[str, float | None] | Iterable[str] = (),
        asked_if: tuple[str, str] = ("", ""),
        number: int | None = None,
        item: int | None = None,
        reference: str | None = None,
    ) -> None:
        """Ask a question; `options`: option ids (`other` counts items), for single choices with scores."""
        self.questions[question_id] = {
            "edition_id": self.edition_id,
            "survey": survey,
            "question_id": question_id,
            "position": len(self.questions) + 1,
            "header": f"P_{question_id}",
            "type": kind,
            "wording_pl": f"Pytanie {question_id}",
            "wording_en": f"Question {question_id}",
            "multiplier": (1.0 if kind in ("number", "integer") else None) if multiplier is None else multiplier,
            "asked_if_question": asked_if[0] or None,
            "asked_if_option": asked_if[1] or None,
            "required": False,
            "question_no": number,
            "item_no": item,
            "reference": reference,
        }
        scores = options if isinstance(options, Mapping) else dict.fromkeys(options)
        for option_id, score in scores.items():
            self._option(question_id, option_id, score)

    def _option(self, question_id: str, option_id: str, score: float | None = None) -> None:
        self.options[question_id][option_id] = {
            "edition_id": self.edition_id,
            "survey": self.questions[question_id]["survey"],
            "question_id": question_id,
            "option_id": option_id,
            "position": len(self.options[question_id]) + 1,
            "header": f"P_{question_id}_{option_id}",
            "code": option_id,
            "label_pl": option_id,
            "label_en": option_id,
            "value": score,
            "is_other": option_id == "other",
        }

    def indicator(
        self,
        node_id: str,
        *inputs: str,
        kind: str = "value",
        scale: float = 1,
        blank_means: str = "missing",
        direction: int = 1,
    ) -> None:
        """Add an indicator and the nodes above it; without `inputs` it asks a number under its own name.

        An input that is not asked (see `question`) makes the indicator one that the edition did not ask.
        """
        if not inputs:
            self.question(node_id)
        node: str | None = node_id
        for level in LEVELS:
            assert node is not None
            self.nodes.setdefault(
                node,
                {
                    "framework_id": self.framework_id,
                    "node_id": node,
                    "level": level,
                    "parent_node_id": parent_of(node),
                    "code": "node_" + node.replace(".", "_").lower(),
                    "name_pl": f"Węzeł {node}",
                    "name_en": f"Node {node}",
                    "unit": "liczba" if level == "indicator" else None,
                    "value_type": "count" if level == "indicator" else None,
                    "direction": direction if level == "indicator" else 1,
                    "provenance": "made_up",
                },
            )
            node = parent_of(node)
        rule = {"edition_id": self.edition_id, "node_id": node_id, "kind": kind}
        self.rules.append(
            {**rule, "inputs": ";".join(inputs or (node_id,)), "scale": scale, "blank_means": blank_means}
        )

    def conforms(self, node_id: str, today_node_id: str | None, variant: str | None = None) -> None:
        """Say which of today's nodes a node conforms to: `new` for none, `changed` with a variant.

        Of what nothing is said, a node is comparable with today's node of the same name, else new.
        """
        comparability = "new" if today_node_id is None else "changed" if variant else "comparable"
        self.conformance[node_id] = {
            "edition_id": self.edition_id,
            "node_id": node_id,
            "today_node_id": today_node_id,
            "comparability": comparability,
            "variant": variant,
            "note": f"why {variant}" if variant else None,
        }

    def _conform_the_others(self) -> None:
        taken = {row["today_node_id"] for row in self.conformance.values()}
        for node_id in [node_id for node_id in self.nodes if node_id not in self.conformance]:
            self.conforms(node_id, node_id if node_id in self.today.nodes.keys() - taken else None)

    def characteristic(
        self, name: str, kind: str, question_id: str, category: str | None = None, whole: str | None = None
    ) -> None:
        """Describe who took part, by the answers to a question, as a row of characteristics.csv does."""
        position = 1 + sum(row["characteristic"] == name for row in self.characteristics)
        row = {"edition_id": self.edition_id, "characteristic": name, "category": category, "position": position}
        row |= {"kind": kind, "question_id": question_id, "whole_question_id": whole}
        self.characteristics.append({**row, "name_pl": name, "name_en": name})

    def cut(self, cut_id: str, attribute: str | None, *segments: tuple) -> None:
        """Add a cut; a segment is (segment_id, category) or (segment_id, lower_bound, upper_bound)."""
        names = {"name_pl": cut_id, "name_en": cut_id}
        cut = {"edition_id": self.edition_id, "cut_id": cut_id}
        self.cuts.append(
            {**cut, "position": len(self.cuts) + 1, **names, "attribute": attribute, "provenance": "made_up"}
        )
        for segment_id, *rule in segments:
            category, lower, upper = (rule[0], None, None) if len(rule) == 1 else (None, *rule)
            self.segments.append(
                {
                    **cut,
                    "segment_id": segment_id,
                    "position": len(self.segments) + 1,
                    "name_pl": segment_id,
                    "name_en": segment_id,
                    "category": category,
                    "lower_bound": lower,
                    "upper_bound": upper,
                }
            )

    def cluster(
        self,
        cluster_id: str,
        answers: Mapping[str, Any] | None = None,
        *,
        surveys: Sequence[str] = ("register", "coordinator"),
        **register: object,
    ) -> None:
        """Add a cluster with its answers.

        An answer is a number, an option id (single choice), a mapping of option ids to 1/0, levels or counted
        items, or None (blank), SKIPPED, REFUSED, REJECTED; what is not named is blank. `register` says what
        differs from REGISTER. Of the surveys that are not named in `surveys` nothing was delivered.
        """
        defaults = {question: said for question, (_, said) in REGISTER.items()}
        said = {**defaults, **register, **(answers or {})}
        unknown = set(said) - set(self.questions) - set(defaults)
        assert not unknown, f"questions that are not asked: {unknown}"
        self.n_clusters += 1
        for question_id, question in self.questions.items():
            if question["survey"] in surveys:
                self._answer(cluster_id, question, said.get(question_id))

    def member(self, cluster_id: str, respondent_id: str, answers: Mapping[str, Any]) -> None:
        """Add a member's answers to the survey MEMBERS, as of `cluster`."""
        self._beside(MEMBERS, cluster_id, respondent_id, answers)

    def site(self, cluster_id: str, answers: Mapping[str, Any]) -> None:
        """Add what the audit AUDIT of a cluster's website found, as of `cluster`."""
        self._beside(AUDIT, cluster_id, f"site_{cluster_id}", answers)

    def _beside(self, survey: str, cluster_id: str, respondent_id: str, answers: Mapping[str, Any]) -> None:
        questions = {name: row for name, row in self.questions.items() if row["survey"] == survey}
        assert answers.keys() <= questions.keys(), f"not asked: {answers.keys() - questions.keys()}"
        for question_id, question in questions.items():
            self._answer(cluster_id, question, answers.get(question_id), respondent_id)

    def band(self, band: str, lower: float | None, upper: float | None, survey: str = AUDIT) -> None:
        """Add a band of the points of a survey."""
        row = {"edition_id": self.edition_id, "survey": survey, "band": band, "position": len(self.bands) + 1}
        row |= {"lower_bound": lower, "upper_bound": upper, "name_pl": f"Pasmo {band}", "name_en": f"Band {band}"}
        self.bands.append(row)

    def confirmation(
        self, question_id: str, option_ids: str, coordinator_question_ids: str, at_most: float, at_least: float
    ) -> None:
        """Say that members confirm by `option_ids` what coordinators were asked."""
        row = {"edition_id": self.edition_id, "question_id": question_id, "option_ids": option_ids}
        row |= {"coordinator_question_ids": coordinator_question_ids}
        self.confirmations.append(row | {"contradicted_at_most": at_most, "contradicted_at_least": at_least})

    def _answer(self, cluster_id: str, question: dict[str, Any], said: Any, respondent_id: str | None = None) -> None:
        question_id = question["question_id"]
        if question["type"] in ("multiple_choice", "level"):
            for option_id, option in self.options[question_id].items():
                cell = said if said is None or isinstance(said, Cell) else said.get(option_id)
                self._row(cluster_id, question, option_id, option["header"], cell, cell, respondent_id)
        elif question["type"] == "single_choice" and isinstance(said, str) and not isinstance(said, Cell):
            if said not in self.options[question_id]:
                self._option(question_id, said)
            score = self.options[question_id][said]["value"]
            self._row(cluster_id, question, said, question["header"], said, score, respondent_id)
        else:
            number = None if isinstance(said, str) else said
            self._row(cluster_id, question, None, question["header"], said, number, respondent_id)

    def _row(
        self,
        cluster_id: str,
        question: dict[str, Any],
        option_id: str | None,
        header: str,
        said: Any,
        number: Any,
        respondent_id: str | None,
    ) -> None:
        own = cluster_id if question["survey"] == "register" else f"r_{cluster_id}"
        status = "blank" if said is None else str(said) if isinstance(said, Cell) else "given"
        self.answers.append(
            {
                "edition_id": self.edition_id,
                "survey": question["survey"],
                "respondent_id": respondent_id or own,
                "cluster_id": cluster_id,
                "question_id": question["question_id"],
                "option_id": option_id,
                "answer_text": {"given": str(said), "refused": "b.d.", "rejected": "???"}.get(status),
                "answer_number": None if number is None or status != "given" else float(number),
                "status": status,
                "delivery_id": f"delivery_{self.edition_id}",
                "file_sha256": f"sha_{self.edition_id}_{question['survey']}",
                "file_name": f"{question['survey']}.csv",
                "row_number": self.n_clusters + 1,
                "column_name": header,
            }
        )

    def tables(self) -> dict[str, Rows]:
        """The raw tables of this edition, as rows."""
        delivery = {"edition_id": self.edition_id, "delivery_id": f"delivery_{self.edition_id}"}
        delivery |= {"load_id": f"load_{self.edition_id}", "is_sample": True, "is_provisional": False}
        delivery["received_at"] = datetime(2025, 1, 2, 3, 4, 5)  # noqa: DTZ001 (raw timestamps are UTC without zone)
        nodes = [row | {"position": position} for position, row in enumerate(self.nodes.values(), start=1)]
        setting = {"edition_id": self.edition_id, "framework_id": self.framework_id, **self.settings}
        setting |= {"period_from": setting["period_to"] - 1, "conforms_to": self.today.framework_id}
        self._conform_the_others()
        surveys = dict.fromkeys(question["survey"] for question in self.questions.values())
        return {
            "answer": self.answers,
            "survey": [
                {"edition_id": self.edition_id, "survey": name, "title": name}
                | {"respondents": "members" if name == MEMBERS else "clusters"}
                | {"enters_benchmark": name not in self.beside}
                for name in surveys
            ],
            "characteristic": self.characteristics,
            "delivery": [delivery],
            "question": list(self.questions.values()),
            "option": [option for options in self.options.values() for option in options.values()],
            "edition_setting": [setting],
            "framework_node": nodes,
            "indicator_rule": self.rules,
            "cut": self.cuts,
            "segment": self.segments,
            "conformance": list(self.conformance.values()),
            "band": self.bands,
            "confirmation": self.confirmations,
        }


def joined(*tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Rows]:
    """The tables of several editions as one set; a framework that several share is in it once."""
    together: dict[str, Rows] = defaultdict(list)
    for each in tables:
        for name, rows in each.items():
            known = {row["framework_id"] for row in together[name]} if name == "framework_node" else set()
            together[name].extend(dict(row) for row in rows if row.get("framework_id") not in known)
    return dict(together)
