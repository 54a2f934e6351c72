"""Published figures computed a second time from facts and answers, with code of its own; NumPy and counting only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import duckdb
import numpy as np

Figure = Mapping[str, Any]
CLASSES: dict[str, Callable[[float], bool]] = {  # of the number of specialised bodies
    "none": lambda x: x == 0,
    "one_or_two": lambda x: x in (1, 2),
    "three_or_more": lambda x: x >= 3,
}
STATISTICS: dict[str, Callable[[np.ndarray], float]] = {
    "minimum": np.min,
    "q1": lambda x: np.quantile(x, 0.25, method="linear"),
    "median": np.median,
    "mean": np.mean,
    "q3": lambda x: np.quantile(x, 0.75, method="linear"),
    "benchmark": np.max,
    "total": np.sum,
    "n_positive": lambda x: np.sum(x > 0),
}
COUNTS: dict[str, Callable[[np.ndarray, float], float]] = {
    "n_zero": lambda x, t: np.sum(x == 0),
    "n_positive": lambda x, t: np.sum(x > 0),
    "n_equal": lambda x, t: np.sum(x == t),
    "n_less_than": lambda x, t: np.sum(x < t),
    "n_at_most": lambda x, t: np.sum(x <= t),
    "n_greater_than": lambda x, t: np.sum(x > t),
    "n_at_least": lambda x, t: np.sum(x >= t),
    "n_positive_less_than": lambda x, t: np.sum((x > 0) & (x < t)),
    "n_positive_at_most": lambda x, t: np.sum((x > 0) & (x <= t)),
    "share_zero": lambda x, t: 100 * np.mean(x == 0),
    "share_positive": lambda x, t: 100 * np.mean(x > 0),
    "mean_of_positive": lambda x, t: np.mean(x[x > 0]),
    "mean_without_largest": lambda x, t: np.mean(np.sort(x)[:-1]),
    "minimum_of_positive": lambda x, t: np.min(x[x > 0]),
    "nearest_value": lambda x, t: x[np.argmin(abs(x - t))],
}
# Printed units per unit of the node, where they differ.
UNITS = {("mln zł", "tys. zł"): 0.001, ("zł", "tys. zł"): 1000, ("tys. m2", "m2"): 0.001, ("tys. os.", "os."): 0.001,
         ("tys. praktyk/staży/doktoratów", "liczba"): 0.001, ("% klastrów", "tak/nie"): 100}  # fmt: skip


class Recomputed:
    """What the facts of a published warehouse say about the figures."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read scores, values, clusters, units and the types of questions; answers when they are asked for."""
        self._units = dict(
            ((edition, node), unit)
            for edition, node, unit in connection.execute(
                "select edition_id, node_id, unit from core.dim_node inner join core.dim_edition using (framework_id)"
            ).fetchall()
        )
        self._blank_is_zero = {
            (edition, node)
            for edition, node in connection.execute(
                """select edition_id, node_id from core.dim_node inner join core.dim_edition using (framework_id)
                where blank_means = 'zero'"""
            ).fetchall()
        }
        self._clusters: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
        result = connection.execute("select * from core.dim_cluster_edition")
        names = [column[0] for column in result.description]
        for row in (dict(zip(names, cells, strict=True)) for cells in result.fetchall()):
            self._clusters[row["edition_id"]][row["cluster_id"]] = row
        self._facts = {
            mart: self._read(connection, table, column)
            for mart, table, column in (
                ("score_distribution", "core.fct_score", "score"),
                ("indicator_statistic", "core.fct_indicator_value", "value"),
            )
        }
        self._types = {
            (edition, question): kind
            for edition, question, kind in connection.execute(
                "select edition_id, question_id, type from core.question_edition"
            ).fetchall()
        }
        self._answers: dict[tuple[int, str], list[tuple[Any, ...]]] = defaultdict(list)
        for edition, question, *answer in connection.execute(
            """select edition_id, question_id, respondent_id, cluster_id, option_id, answer_number, status
            from core.fct_answer where status in ('given', 'blank')"""
        ).fetchall():
            self._answers[edition, question].append(tuple(answer))

    @staticmethod
    def _read(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> dict[tuple[int, str], dict[str, Any]]:
        """Edition and node → cluster → number or None."""
        facts: dict[tuple[int, str], dict[str, Any]] = defaultdict(dict)
        query = f"select edition_id, node_id, cluster_id, {column} from {table}"
        for edition, node, cluster, number in connection.execute(query).fetchall():
            facts[edition, node][cluster] = number
        return facts

    def figure(self, figure: Figure) -> float | None:
        """The figure in its printed unit; None when it is of a kind that is not computed here, or has no data."""
        compute = {
            "score_distribution": self._statistic,
            "indicator_statistic": self._statistic,
            "fct_indicator_value": self._count,
            "fct_answer": self._of_answers,
            "option_share": self._share,
            "member_opinion": self._share,
            "accessibility_criterion": self._criterion,
        }.get(figure["mart"])
        if compute is None or figure["measure"] not in (*STATISTICS, *COUNTS, *OTHERS):
            return None
        found = compute(figure)
        return None if found is None else float(found)

    def _members(self, figure: Figure) -> set[str]:
        """The clusters of the figure's segment."""
        clusters = self._clusters[figure["edition_id"]]
        if figure["cut_id"] == "all":
            return set(clusters)
        return {cluster for cluster, row in clusters.items() if row[figure["cut_id"]] == figure["segment_id"]}

    def _numbers(self, mart: str, figure: Figure) -> np.ndarray:
        """The numbers of the segment's clusters that have one."""
        facts, members = self._facts[mart][figure["edition_id"], figure["node_id"]], self._members(figure)
        return np.array([x for cluster, x in facts.items() if cluster in members and x is not None], dtype=float)

    def _scale(self, figure: Figure) -> float:
        unit = self._units.get((figure["edition_id"], figure["node_id"]))
        return UNITS.get((figure["unit"], unit), 1)

    def _statistic(self, figure: Figure) -> float | None:
        numbers = self._numbers(figure["mart"], figure)
        return STATISTICS[figure["measure"]](numbers) * self._scale(figure) if len(numbers) else None

    def _count(self, figure: Figure) -> float | None:
        numbers = self._numbers("indicator_statistic", figure)
        if not len(numbers):
            return None
        clusters = self._clusters[figure["edition_id"]].values()
        match figure["measure"]:
            case "share_reported":
                return 100 * len(numbers) / len(clusters)
            case "share_of_members" | "share_of_enterprises" as measure:
                return 100 * numbers.sum() / sum(row[measure.removeprefix("share_of_")] for row in clusters)
            case measure:
                scale = self._scale(figure) if figure["unit"] in ("mln zł", "tys. zł") else 1
                return COUNTS[measure](numbers, figure["threshold"]) * scale

    def _of_answers(self, figure: Figure) -> float | None:
        members, blank = self._members(figure), None
        if (figure["edition_id"], figure["node_id"]) in self._blank_is_zero:
            blank = 0.0
        answers = self._answers[figure["edition_id"], figure["subject_id"]]
        numbers = [blank if number is None else number for _, cluster, _, number, _ in answers if cluster in members]
        given = np.array([number for number in numbers if number is not None])
        if not len(given):
            return None
        measure = figure["measure"]
        found = COUNTS[measure](given, 0) if measure == "n_zero" else STATISTICS[measure](given)
        return found * (0.001 if figure["unit"] == "mln zł" else 1)

    def _share(self, figure: Figure) -> float | None:
        """Of those who answered at all, how many chose the option; or what the answers' numbers say."""
        edition, question, option = figure["edition_id"], figure["subject_id"], figure["option_id"]
        answers = self._answers[edition, question]
        kind = self._types.get((edition, question))
        given = [answer for answer in answers if answer[4] == "given"]
        who = {answer[0] for answer in given}
        if not who:
            return None
        match figure["measure"]:
            case "mean_rating" | "mean_number":
                return np.mean([number for *_, number, _ in given if number is not None])
            case "n_respondents":
                return len({answer[0] for answer in answers})
        match kind:
            case "single_choice":
                chosen = [answer for answer in given if answer[2] == option]
            case "level":
                chosen = [answer for answer in given if answer[2] == option and answer[3] == figure["threshold"]]
            case "multiple_choice":
                chosen = [answer for answer in given if answer[2] == option and answer[3] > 0]
            case _:
                chosen = [answer for answer in given if CLASSES[option](answer[3])]
        match figure["measure"]:
            case "n_clusters_choosing":
                return len({answer[1] for answer in chosen})
            case "n_chosen":
                return len(chosen)
            case _:
                return 100 * len(chosen) / len(who)

    def _criterion(self, figure: Figure) -> float:
        given = [answer for answer in self._answers[figure["edition_id"], figure["subject_id"]] if answer[4] == "given"]
        return len(given) if figure["measure"] == "n_sites" else sum(answer[3] for answer in given)


OTHERS = ("share", "share_reported", "share_of_members", "share_of_enterprises", "n_chosen", "n_clusters_choosing",
          "n_respondents", "mean_rating", "mean_number", "n_passing", "n_sites")  # fmt: skip
