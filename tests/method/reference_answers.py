"""From answers to indicators and segments (method §2, §5): first half of the second implementation.

Rows are dictionaries as they stand in the raw tables; `Tables` maps a table's name to its rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]


def number(text: object) -> float | None:
    """A number out of a seed's cell or a raw table's column; None when there is none."""
    return None if text is None or text == "" else float(text)  # type: ignore[arg-type]


def of_edition(rows: Iterable[Row], edition_id: int) -> list[Row]:
    """The rows of one edition."""
    return [row for row in rows if int(row["edition_id"]) == edition_id]


@dataclass(frozen=True)
class Part:
    """What a cluster said to one question: its state, and its number in base units (zł, persons)."""

    state: str  # given, rejected, refused, blank (also: skipped), or not_delivered
    number: float = 0.0
    option_id: str | None = None
    text: str | None = None


BLANK = Part("blank")
NOT_DELIVERED = Part("not_delivered")  # the cluster's survey is not there: not even a blank, which may mean "none"


def read_part(rows: Sequence[Row], multiplier: float) -> Part:
    """One question's answer rows (several only for a question with a column per option) as one part.

    A cell that could not be read spoils the part; so does a cell in which the respondent says "no data".
    Otherwise the part is answered if any cell is: blank cells beside it then say nothing more.
    """
    states = {row["status"] for row in rows}
    for spoilt in ("rejected", "refused"):
        if spoilt in states:
            return Part(spoilt)
    given = [row for row in rows if row["status"] == "given"]
    if not given:
        return BLANK
    numbers = [row["answer_number"] * multiplier for row in given if row["answer_number"] is not None]
    return Part("given", sum(numbers), given[0]["option_id"], given[0]["answer_text"])


def indicator_value(rule: Row, parts: Sequence[Part]) -> tuple[float | None, str]:
    """The indicator's value in its published unit, and its status, from the parts its rule names."""
    states = [part.state for part in parts]
    if "rejected" in states:
        return None, "rejected"
    if "refused" in states or "not_delivered" in states:
        return None, "missing"
    if rule["kind"] == "options":
        # Blank means none only for those who answered at all, whatever blank_means says.
        if "given" not in states:
            return None, "missing"
    elif "blank" in states and rule["blank_means"] == "missing":
        return None, "missing"
    total = sum(part.number for part in parts)
    combined = total / len(parts) if rule["kind"] == "mean" else total
    return combined / float(rule["scale"]), "reported" if "given" in states else "zero"


class EditionAnswers:
    """The answers of one edition: its clusters, what each said, the indicators that were asked."""

    def __init__(self, tables: Tables, edition_id: int) -> None:
        self.edition_id = edition_id
        self.setting = next(iter(of_edition(tables["edition_setting"], edition_id)))
        self.delivery = next(iter(of_edition(tables["delivery"], edition_id)))
        framework = self.setting["framework_id"]
        self.nodes = {row["node_id"]: row for row in tables["framework_node"] if row["framework_id"] == framework}
        self.questions = {row["question_id"]: row for row in of_edition(tables["question"], edition_id)}
        self.cuts = of_edition(tables["cut"], edition_id)
        self.segments = of_edition(tables["segment"], edition_id)
        rules = {row["node_id"]: row for row in of_edition(tables["indicator_rule"], edition_id)}
        self.rules = {
            node_id: rule
            for node_id, rule in sorted(rules.items())
            if all(question in self.questions for question in rule["inputs"].split(";"))
        }
        surveys = of_edition(tables["survey"], edition_id)
        entering = {row["survey"] for row in surveys if row["enters_benchmark"]}
        answers = [row for row in of_edition(tables["answer"], edition_id) if row["survey"] in entering]
        self.clusters = sorted({row["cluster_id"] for row in answers})
        cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in answers:
            cells[row["cluster_id"], row["question_id"]].append(row)
        self.parts = {
            key: read_part(rows, number(self.questions[key[1]]["multiplier"]) or 1.0) for key, rows in cells.items()
        }
        self.values = {
            (cluster, node_id): indicator_value(
                rule, [self.part(cluster, question) for question in rule["inputs"].split(";")]
            )
            for cluster in self.clusters
            for node_id, rule in self.rules.items()
        }

    def part(self, cluster: str, question: str) -> Part:
        """What the cluster said to the question."""
        return self.parts.get((cluster, question), NOT_DELIVERED)

    def answer_number(self, cluster: str, question: str) -> float | None:
        """A characteristic's number in base units; None unless it was given."""
        part = self.part(cluster, question)
        return part.number if part.state == "given" else None

    def segment_of(self, cluster: str, cut: Row) -> str | None:
        """The segment of the cut the cluster belongs to; None when its attribute is unknown or fits none."""
        members = [segment for segment in self.segments if segment["cut_id"] == cut["cut_id"]]
        attribute = cut["attribute"]
        if not attribute:
            return members[0]["segment_id"] if members else None
        if attribute in self.nodes:
            value, option = self.values.get((cluster, attribute), (None, ""))[0], None
        else:
            part = self.part(cluster, attribute)
            value = self.answer_number(cluster, attribute)
            option = part.option_id if part.state == "given" else None
        for segment in members:
            if segment["category"]:
                if option == segment["category"]:
                    return segment["segment_id"]
                continue
            lower, upper = number(segment["lower_bound"]), number(segment["upper_bound"])
            if value is not None and (lower is None or value >= lower) and (upper is None or value <= upper):
                return segment["segment_id"]
        return None
