"""Opinions of members (method §7) and the audit of websites (§8): second implementation, respondent by respondent."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import Any

from .reference_answers import EditionAnswers, Row, Tables, number, of_edition
from .reference_benchmark import Rows, SegmentsOf

Said = Mapping[str, Sequence[Row]]  # what one respondent said: question → its answer rows


def effective_answers(n: int, population: int) -> float:
    """To how many answers out of an infinite population n out of N amount: the finite population correction."""
    return n * (population - 1) / (population - n)


def wilson(chosen: int, n: int, population: int | None, level: float) -> tuple[float, float]:
    """Wilson's score interval (1927): the π with (p − π)² ≤ z²·π(1 − π)/n, roots of a quadratic.

    n counts as the answers it is worth in a finite population; who asked everyone knows the share.
    """
    p = chosen / n
    if population == n:
        return p, p
    worth = n if population is None else effective_answers(n, population)
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2 / worth
    # (1 + z²/n)·π² − (2p + z²/n)·π + p² = 0; the smaller root from their product, so that no digits are lost
    a, b, c = 1 + z2, 2 * p + z2, p * p
    larger = (b + math.sqrt(max(0.0, b * b - 4 * a * c))) / (2 * a)
    return c / a / larger, min(larger, 1.0)


def population_of(members: Iterable[float | None], n_respondents: int, n_asked: int, n_valid: int) -> int | None:
    """Members whom a figure is about; None when some of their numbers are unknown, or there is no respondent."""
    known = list(members)
    if n_respondents == 0 or None in known:
        return None
    scaled = Fraction(int(sum(known)) * n_asked, n_respondents)  # type: ignore[arg-type]
    return max(n_valid, math.floor(scaled + Fraction(1, 2)))


def chosen_options(rows: Sequence[Row], kind: str) -> set[str]:
    """The options a respondent chose: the one of a single choice, those ticked of several."""
    given = [row for row in rows if row["status"] == "given"]
    return {row["option_id"] for row in given if kind == "single_choice" or (row["answer_number"] or 0) > 0}


class _Item:
    """The answers of some respondents, of named clusters, to one question (an item of a matrix is one)."""

    def __init__(self, question: Row, respondents: Mapping[str, Sequence[Said]], members: Mapping[str, Any]) -> None:
        kind = question["type"]
        own = [said.get(question["question_id"], ()) for each in respondents.values() for said in each]
        asked = [rows for rows in own if any(row["status"] != "skipped" for row in rows)]
        valid = [rows for rows in asked if any(row["status"] == "given" for row in rows)]
        self.n_respondents, self.n_asked, self.n_valid = len(own), len(asked), len(valid)
        self.choices = [chosen_options(rows, kind) for rows in valid]
        numbers = [row["answer_number"] for rows in valid for row in rows if row["status"] == "given"]
        self.numbers = [each for each in numbers if each is not None]
        self.is_rating = kind == "single_choice"
        there = [members[cluster] for cluster, each in respondents.items() if each]
        self.population = population_of(there, self.n_respondents, self.n_asked, self.n_valid)

    def row(self, option_id: str | None, level: float) -> dict[str, Any]:
        """The figures of one option, or of a question without options."""
        mean = math.fsum(self.numbers) / len(self.numbers) if self.numbers else None
        row: dict[str, Any] = {"option_id": option_id, "population": self.population}
        row |= {"n_respondents": self.n_respondents, "n_asked": self.n_asked, "n_valid": self.n_valid}
        row |= {"n_rated": len(self.numbers) if self.is_rating else 0}
        row |= {"mean_rating": mean if self.is_rating else None, "mean_number": None if option_id else mean}
        row |= dict.fromkeys(("n_chosen", "share", "share_lower", "share_upper"))
        if option_id is not None:
            row["n_chosen"] = sum(option_id in choice for choice in self.choices)
            if self.n_valid:
                row["share"] = row["n_chosen"] / self.n_valid
                lower, upper = wilson(row["n_chosen"], self.n_valid, self.population, level)
                row |= {"share_lower": lower, "share_upper": upper}
        return row


class _Opinions:
    """The answers of one edition's members, respondent by respondent."""

    def __init__(self, tables: Tables, edition: EditionAnswers) -> None:
        self.edition = edition
        surveys = of_edition(tables["survey"], edition.edition_id)
        self.surveys = {row["survey"] for row in surveys if row["respondents"] == "members"}
        self.questions = [
            row
            for row in edition.questions.values()
            if row["survey"] in self.surveys and row["question_no"] is not None
        ]
        self.options: dict[str, list[Row]] = defaultdict(list)
        for row in of_edition(tables["option"], edition.edition_id):
            self.options[row["question_id"]].append(row)
        said: dict[tuple[str, str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self.numbers: dict[tuple[str, str], list[float]] = defaultdict(list)  # given, in base units
        for row in of_edition(tables["answer"], edition.edition_id):
            if row["status"] == "given" and row["answer_number"] is not None:
                multiplier = number(edition.questions[row["question_id"]]["multiplier"]) or 1.0
                self.numbers[row["cluster_id"], row["question_id"]].append(row["answer_number"] * multiplier)
            if row["survey"] in self.surveys:
                said[row["survey"], row["cluster_id"], row["respondent_id"]][row["question_id"]].append(row)
        self.respondents: dict[tuple[str, str], list[Said]] = defaultdict(list)
        for (survey, cluster, _), own in said.items():
            self.respondents[survey, cluster].append(own)
        self.members = {cluster: edition.answer_number(cluster, "members") for cluster in edition.clusters}
        self.level = float(edition.setting["confidence_level"])
        self.minimum = int(edition.setting["minimum_respondents"])
        confirmations = of_edition(tables.get("confirmation", ()), edition.edition_id)
        self.confirmation = {row["question_id"]: row for row in confirmations}

    def item(self, question: Row, clusters: Iterable[str]) -> _Item:
        there = {cluster: self.respondents.get((question["survey"], cluster), []) for cluster in clusters}
        return _Item(question, there, self.members)

    def rows(self, key: dict[str, Any], question: Row, item: _Item) -> Rows:
        columns = ("survey", "question_id", "question_no", "item_no")
        about = key | {column: question[column] for column in columns}
        about |= {"question_pl": question["wording_pl"], "question_en": question["wording_en"]}
        named = [
            {
                "option_position": option["position"],
                "option_pl": option["label_pl"],
                "option_en": option["label_en"],
                **item.row(option["option_id"], self.level),
            }
            for option in self.options[question["question_id"]]
        ]
        nameless = dict.fromkeys(("option_position", "option_pl", "option_en"))
        return [about | row for row in named or [nameless | item.row(None, self.level)]]

    def of_segments(self, segment_of: SegmentsOf) -> Rows:
        rows: Rows = []
        for segment in self.edition.segments:
            inside = zip(self.edition.clusters, segment_of[segment["cut_id"]], strict=True)
            clusters = [cluster for cluster, own in inside if own == segment["segment_id"]]
            key = {"edition_id": self.edition.edition_id}
            key |= {"cut_id": segment["cut_id"], "segment_id": segment["segment_id"]}
            for question in self.questions:
                item = self.item(question, clusters)
                by_cluster = [self.item(question, [cluster]) for cluster in clusters]
                for row in self.rows(key, question, item):
                    option = row["option_id"]
                    choosing = sum(any(option in choice for choice in each.choices) for each in by_cluster)
                    row["n_clusters"] = sum(each.n_valid > 0 for each in by_cluster)
                    row["n_clusters_choosing"] = None if option is None else choosing
                    rows.append(row)
        return rows

    def of_clusters(self) -> Rows:
        rows: Rows = []
        for cluster in self.edition.clusters:
            for question in self.questions:
                item = self.item(question, [cluster])
                key = {"edition_id": self.edition.edition_id, "cluster_id": cluster}
                beside = self.beside_coordinator(cluster, question["question_id"], item)
                beside["is_below_minimum"] = item.n_respondents < self.minimum
                rows += [row | beside for row in self.rows(key, question, item)]
        return rows

    def beside_coordinator(self, cluster: str, question_id: str, item: _Item) -> dict[str, Any]:
        """What the coordinator said where both were asked, and whether members agree."""
        columns = ("coordinator_question_ids", "coordinator_says", "coordinator_value", "n_confirming")
        found: dict[str, Any] = dict.fromkeys((*columns, "share_confirming", "verdict"))
        rule = self.confirmation.get(question_id)
        if rule is None:
            return found
        confirming = set(rule["option_ids"].split(";"))
        n_confirming = sum(bool(choice & confirming) for choice in item.choices)
        share = n_confirming / item.n_valid if item.n_valid else None
        found |= {"coordinator_question_ids": rule["coordinator_question_ids"]}
        found |= {"n_confirming": n_confirming, "share_confirming": share}
        asked = rule["coordinator_question_ids"].split(";")
        numbers = [each for question in asked for each in self.numbers[cluster, question]]
        if not numbers:
            return found
        says = any(each > 0 for each in numbers)
        found |= {"coordinator_says": says, "coordinator_value": math.fsum(numbers)}
        if share is None or item.n_valid < self.minimum:
            found["verdict"] = "too_few_answers"
        elif share <= rule["contradicted_at_most"] if says else share >= rule["contradicted_at_least"]:
            found["verdict"] = "contradicted"
        else:
            found["verdict"] = "confirmed"
        return found


def audit_rows(tables: Tables, edition: EditionAnswers) -> tuple[Rows, Rows]:
    """accessibility_criterion and accessibility_band: how many sites meet each criterion, how many are how good."""
    asked = [row for row in edition.questions.values() if row["survey"] == "accessibility"]
    criteria = {row["question_id"]: row for row in asked if row["question_no"] is not None}
    points: dict[str, dict[str, float]] = defaultdict(dict)
    for row in of_edition(tables["answer"], edition.edition_id):
        if row["question_id"] in criteria and row["status"] == "given" and row["answer_number"] is not None:
            points[row["respondent_id"]][row["question_id"]] = row["answer_number"]
    by_criterion: Rows = []
    for question_id, row in criteria.items():
        judged = [own[question_id] for own in points.values() if question_id in own]
        passing = sum(each > 0 for each in judged)
        by_criterion.append(
            {
                "edition_id": edition.edition_id,
                "criterion_no": row["question_no"],
                "wcag_reference": row["reference"],
                "name_pl": row["wording_pl"],
                "name_en": row["wording_en"],
                "n_sites": len(judged),
                "n_passing": passing,
                "share": passing / len(judged) if judged else None,
            }
        )
    sums = [sum(own.values()) for own in points.values() if len(own) == len(criteria)]
    by_band: Rows = []
    for band in of_edition(tables.get("band", ()), edition.edition_id):
        lower, upper = number(band["lower_bound"]), number(band["upper_bound"])
        inside = [s for s in sums if (lower is None or s >= lower) and (upper is None or s <= upper)]
        columns = ("edition_id", "band", "position", "name_pl", "name_en", "lower_bound", "upper_bound")
        by_band.append(
            {column: band[column] for column in columns}
            | {"n_sites": len(inside), "n_judged": len(sums), "share": len(inside) / len(sums) if sums else None}
        )
    return by_criterion, by_band


def survey_rows(tables: Tables, edition: EditionAnswers, segment_of: SegmentsOf) -> dict[str, Rows]:
    """The marts of the surveys beside the benchmark."""
    opinions = _Opinions(tables, edition)
    by_criterion, by_band = audit_rows(tables, edition)
    return {
        "member_opinion": opinions.of_segments(segment_of),
        "cluster_opinion": opinions.of_clusters(),
        "accessibility_criterion": by_criterion,
        "accessibility_band": by_band,
    }
