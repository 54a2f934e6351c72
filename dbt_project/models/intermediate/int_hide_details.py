"""What of single indicators, options and opinions must not be shown, though its group of clusters is large enough.

These figures are shown over all clusters and by one cut, whose segments do not overlap: two clusters of a segment could
change places and no figure would differ, so a figure tells of no fewer clusters than the segment has. What remains is

- `uniform`: a group whose clusters nearly all have the same score, or answered the same, tells it of each of them, and
  so does a total that is nearly the least it can be;
- `dominance`: a total that is nearly the value of one cluster, or of two;
- `complementary`: what is hidden of one segment is all less the others. So what is hidden must be, taken together, a
  group that could be shown: further segments, the smallest first, are hidden until it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa

COLUMNS = "edition_id, item, segment_id, kind, n, n_answers, counts, scores, places, amounts"
NOWHERE = ""  # the clusters that are in no segment of the cut
Policy = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Group:
    """Clusters with what they tell: scores and values, or how many of them (of their members) chose what.

    `places` are the values (`amounts`) on a scale from the least to the largest of the edition.
    """

    kind: str
    n: int
    n_answers: int
    counts: np.ndarray
    scores: np.ndarray
    places: np.ndarray
    amounts: np.ndarray

    def __add__(self, other: "Group") -> "Group":
        return Group(
            self.kind,
            self.n + other.n,
            self.n_answers + other.n_answers,
            self.counts + other.counts,
            np.concatenate([self.scores, other.scores]),
            np.concatenate([self.places, other.places]),
            np.concatenate([self.amounts, other.amounts]),
        )

    def __sub__(self, other: "Group") -> "Group":
        """What of counts is left; there are no values to take away."""
        return Group(
            self.kind,
            self.n - other.n,
            self.n_answers - other.n_answers,
            self.counts - other.counts,
            self.scores,
            self.places,
            self.amounts,
        )


def not_shown(group: Group, policy: Policy) -> str | None:
    """The rule by which a group's figures are not shown, None when they are."""
    if group.n == 0 or group.kind == "amounts":
        return None
    if group.n < policy["minimum_n", "figures"]:
        return "minimum_n"
    if group.kind == "answers" and group.n_answers < policy["minimum_n", "respondents"]:
        return "minimum_n"
    fewest = policy["uniform", "outside_ticks" if group.kind in ("ticks", "answers") else "outside_scores"]
    if group.kind != "scores":
        return "uniform" if group.n_answers - group.counts.max() < fewest else None
    ordered, width = np.sort(group.scores), policy["uniform", "width"]
    near = np.searchsorted(ordered, ordered + width) - np.arange(group.n)
    # Of values, none can be further from the least than all together are.
    return "uniform" if group.n - near.max() < fewest or group.places.sum() < width else None


def dominated(group: Group, policy: Policy) -> str | None:
    """`dominance` when one or two clusters make nearly all of the total."""
    ordered = np.sort(group.amounts)[::-1]
    total = ordered.sum()
    if total <= 0:
        return None
    of_one, of_two = ordered[:1].sum() / total, ordered[:2].sum() / total
    too_much = of_one > policy["dominance", "largest"] or of_two > policy["dominance", "two_largest"]
    return "dominance" if too_much else None


def hidden_segments(
    segments: Mapping[str, Group], rule: Callable[[Group], str | None], hidden: Mapping[str, str | None]
) -> dict[str, str | None]:
    """The segments to hide, with the rule, beside those `hidden` already: together they must be a group to be shown."""
    judged = {name: rule(group) for name, group in segments.items() if name not in hidden}
    hidden = dict(hidden) | {name: found for name, found in judged.items() if found}
    rest = sorted((name for name in segments if name not in hidden), key=lambda name: (segments[name].n, name))
    while hidden and rest and rule(reduce(Group.__add__, (segments[name] for name in hidden))):
        hidden[rest.pop(0)] = "complementary"
    return hidden


def judge(segments: Mapping[str, Group], policy: Policy) -> list[tuple[str | None, str | None, str]]:
    """What to hide of one item: segment (None for all clusters), measures (None for every figure) and rule."""
    if not segments:
        return []  # nobody was asked or answered
    whole = reduce(Group.__add__, segments.values())
    named = [name for name in segments if name != NOWHERE]
    if found := not_shown(whole, policy):
        return [(name, None, found) for name in [None, *named]]
    # What is in no segment is all less the segments: it counts as hidden from the start.
    nowhere = {NOWHERE: None} if NOWHERE in segments else {}
    hidden = hidden_segments(segments, lambda group: not_shown(group, policy), nowhere)
    of_all = dominated(whole, policy)
    totals = hidden_segments(segments, lambda group: dominated(group, policy), hidden)
    if of_all and not totals and named:
        totals = {max(named, key=lambda name: (segments[name].n, name)): "complementary"}
    verdicts = [(name, None, found) for name, found in hidden.items() if found]
    verdicts += [(name, "total", found) for name, found in totals.items() if found and name not in hidden]
    return verdicts + ([(None, "total", of_all)] if of_all else [])


def model(dbt: Any, session: Any) -> pa.Table:  # noqa: ANN401  what dbt passes
    """One row per edition, item, group of clusters and group of measures (null: all figures) to hide, with the rule."""
    thresholds = dbt.ref("disclosure_policy").df()
    policy = dict(zip(zip(thresholds["rule"], thresholds["scope"], strict=True), thresholds["threshold"], strict=True))
    cut = next((scope for rule, scope in policy if rule == "one_cut"), None)
    items: dict[tuple[int, str], dict[str, Group]] = {}
    if cut is not None:
        rows = dbt.ref("int_list_detail_groups").project(COLUMNS).order("edition_id, item, segment_id")
        for edition_id, item, segment, kind, n, n_answers, *lists in rows.fetchall():
            group = Group(kind, n, n_answers, *(np.array(values) for values in lists))
            items.setdefault((edition_id, item), {})[segment or NOWHERE] = group
    found = [
        (edition_id, item, "all" if segment is None else cut, segment or "all", measures, rule)
        for (edition_id, item), segments in items.items()
        for segment, measures, rule in judge(_without_all(segments), policy)
    ]
    types = {"edition_id": pa.int32()} | dict.fromkeys(
        ("item", "cut_id", "segment_id", "measure_group", "rule"), pa.string()
    )
    columns = list(zip(*found, strict=True)) or [()] * len(types)
    return pa.table({name: pa.array(column, types[name]) for name, column in zip(types, columns, strict=True)})


def _without_all(segments: dict[str, Group]) -> dict[str, Group]:
    """The segments; of an item whose clusters are only counted, all less the segments is what is in none."""
    whole = segments.pop("all", None)
    if whole is not None:
        rest = reduce(Group.__sub__, segments.values(), whole)
        if rest.n or rest.n_answers:
            segments[NOWHERE] = rest
    return segments
