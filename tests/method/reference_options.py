"""Options chosen, and the profile of an edition: the second implementation counts cluster by cluster."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .reference_answers import EditionAnswers, Part, Row, Tables, number, of_edition
from .reference_benchmark import Rows, SegmentsOf

LOWEST, HIGHEST = 0, 2  # levels, where a codebook says nothing else


class Choices:
    """What each cluster of an edition chose, cell by cell."""

    def __init__(self, tables: Tables, answers: EditionAnswers) -> None:
        self.answers = answers
        self.options: dict[str, list[Row]] = defaultdict(list)
        for option in of_edition(tables["option"], answers.edition_id):
            self.options[option["question_id"]].append(option)
        self.cells: dict[tuple[str, str], dict[str | None, float | None]] = defaultdict(dict)
        for answer in of_edition(tables["answer"], answers.edition_id):
            if answer["status"] == "given":
                self.cells[answer["cluster_id"], answer["question_id"]][answer["option_id"]] = answer["answer_number"]

    def who_answered(self, question_id: str) -> list[str]:
        """The clusters whose answer counts."""
        return [c for c in self.answers.clusters if self.answers.part(c, question_id).state == "given"]

    def chose(self, cluster: str, question_id: str, option_id: str, level: int | None = None) -> bool:
        """Whether the cluster chose the option (at the level), or its number is of the class."""
        cells = self.cells[cluster, question_id]
        match self.answers.questions[question_id]["type"]:
            case "single_choice":
                return option_id in cells
            case "multiple_choice":
                return (cells.get(option_id) or 0) > 0
            case "level":
                return (cells.get(option_id) or 0) == level
        classes = {o["option_id"]: float(o["value"]) for o in self.options[question_id]}
        said = cells[None]
        reached = [name for name, least in classes.items() if said is not None and said >= least]
        return bool(reached) and max(reached, key=lambda name: classes[name]) == option_id


def _node_of(answers: EditionAnswers, question_id: str | None) -> str | None:
    nodes = [node for node, rule in answers.rules.items() if question_id in rule["inputs"].split(";")]
    return min(nodes, default=None)


def _published(tables: Tables, choices: Choices) -> Iterator[tuple[str, str | None]]:
    """The questions whose options are published, and their nodes."""
    answers = choices.answers
    surveys = of_edition(tables["survey"], answers.edition_id)
    benchmark = {row["survey"] for row in surveys if row["enters_benchmark"]}
    for question_id, question in answers.questions.items():
        own = _node_of(answers, question_id)
        if question["survey"] in benchmark and (own or question["type"] in ("multiple_choice", "level")):
            yield question_id, own or _node_of(answers, question["asked_if_question"])


def option_rows(tables: Tables, answers: EditionAnswers, segment_of: SegmentsOf) -> Rows:
    """option_share: every segment × option (× level) of the questions published."""
    choices, rows = Choices(tables, answers), []
    for question_id, node_id in _published(tables, choices):
        question, answered = answers.questions[question_id], set(choices.who_answered(question_id))
        first, last = (number(question.get(f"hard_{end}")) for end in ("minimum", "maximum"))
        first, last = LOWEST if first is None else int(first), HIGHEST if last is None else int(last)
        levels = list(range(first, last + 1)) if question["type"] == "level" else [None]
        for option in choices.options[question_id]:
            for level in levels:
                chosen = {c for c in answered if choices.chose(c, question_id, option["option_id"], level)}
                for segment in answers.segments:
                    own = zip(answers.clusters, segment_of[segment["cut_id"]], strict=True)
                    inside = {cluster for cluster, name in own if name == segment["segment_id"]}
                    n, n_chosen = len(inside & answered), len(inside & chosen)
                    rows.append(
                        {
                            "edition_id": answers.edition_id,
                            "cut_id": segment["cut_id"],
                            "segment_id": segment["segment_id"],
                            "node_id": node_id,
                            "question_id": question_id,
                            "option_id": option["option_id"],
                            "answer_level": level,
                            "n_answering": n,
                            "n_chosen": n_chosen,
                            "share": n_chosen / n if n else None,
                        }
                    )
    return rows


def profile_of_edition(tables: Tables, answers: EditionAnswers) -> Rows:
    """edition_profile: each characteristic of the clusters that answered all it is made of."""
    choices, rows = Choices(tables, answers), []
    described: dict[str, list[Row]] = defaultdict(list)
    for row in of_edition(tables.get("characteristic", ()), answers.edition_id):
        described[row["characteristic"]].append(row)
    region_of = {row["voivodeship"]: row["nuts1_region"] for row in tables["voivodeship"]}
    for characteristic, categories in described.items():
        needed = {row[name] for row in categories for name in ("question_id", "whole_question_id")} - {None}
        clusters = [c for c in answers.clusters if all(answers.part(c, q).state == "given" for q in needed)]
        for row in categories:
            for category, figures in _figures(choices, row, clusters, region_of):
                key = {"edition_id": answers.edition_id, "characteristic": characteristic, "category": category}
                rows.append({**key, "n_clusters": len(clusters), **figures})
    return rows


def _figures(
    choices: Choices, row: Row, clusters: list[str], region_of: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    question_id, n = row["question_id"], len(clusters)
    parts = [choices.answers.part(cluster, question_id) for cluster in clusters]
    if row["kind"] == "choice":
        for option in choices.options[question_id]:
            inside = sum(choices.chose(cluster, question_id, option["option_id"]) for cluster in clusters)
            yield option["option_id"], _counted(inside, n)
    elif row["kind"] == "region":
        for region in set(region_of.values()):
            yield region, _counted(sum(region_of.get(part.option_id or "") == region for part in parts), n)
    elif row["kind"] == "any":
        numbers = [part.number for part in parts]
        yield row["category"], _counted(sum(x > 0 for x in numbers), n) | _mean_and_median(numbers)
    else:
        wholes = [choices.answers.part(cluster, row["whole_question_id"]) for cluster in clusters]
        yield row["category"], _of_wholes(row["kind"], parts, wholes)


def _of_wholes(kind: str, parts: list[Part], wholes: list[Part]) -> dict[str, Any]:
    total, whole = (math.fsum(part.number for part in each) for each in (parts, wholes))
    numbers = [part.number for part in parts]
    if kind == "share":
        numbers = [p.number / w.number for p, w in zip(parts, wholes, strict=True) if w.number]
    return {"n": round(total), "share": total / whole if whole else None} | _mean_and_median(numbers)


def _counted(inside: int, n: int) -> dict[str, Any]:
    return {"n": inside, "share": inside / n if n else None, "mean": None, "median": None}


def _mean_and_median(numbers: list[float]) -> dict[str, Any]:
    if not numbers:
        return {"mean": None, "median": None}
    return {"mean": statistics.fmean(numbers), "median": statistics.median(numbers)}
