"""What a check is: a query that makes a batch, and one expectation about a column of it. Nothing is run here.

A check's query gives one row per thing judged, with `edition_id`, the columns that name the thing (`keys`),
what was found there (`evidence`) and the column the expectation is about, which is never null. Millions of
answers would be slow row by row, so a query may judge in SQL and keep sound rows together (`rows_by_fault`);
`n_checked` then says how many things each row of the batch stands for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Door = Literal["raw", "facts", "scores"]
Dimension = Literal["completeness", "range", "uniqueness", "consistency", "distribution", "reconciliation"]
Severity = Literal["critical", "warning"]

DOORS: tuple[Door, ...] = ("raw", "facts", "scores")
N_CHECKED = "n_checked"


@dataclass(frozen=True)
class Expectation:
    """A Great Expectations expectation by class name, and its arguments: made only when it is needed."""

    kind: str
    arguments: tuple[tuple[str, object], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the batch that the expectation looks at."""
        named = dict(self.arguments)
        return tuple(str(named[name]) for name in ("column", "column_A", "column_B") if name in named)


@dataclass(frozen=True)
class Check:
    """One check of one door. A failed one of severity critical stops the publication.

    `entity` is the table that is judged and `column_name` its column; `description` says what and why,
    `expected` what a sound row is like. `not_applicable` is the reason when an edition has nothing to check.
    """

    check_id: str
    door: Door
    dimension: Dimension
    severity: Severity
    entity: str
    column_name: str
    description: str
    expected: str
    expectation: Expectation
    query: str
    keys: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    not_applicable: str = "the edition has nothing that this check is about"


def between(column: str, minimum: float | None = None, maximum: float | None = None) -> Expectation:
    """Every value is at least `minimum` and at most `maximum`, where they are given."""
    bounds = (("min_value", minimum), ("max_value", maximum))
    given = tuple((name, bound) for name, bound in bounds if bound is not None)
    return Expectation("ExpectColumnValuesToBeBetween", (("column", column), *given))


def in_set(column: str, values: Iterable[object]) -> Expectation:
    """Every value is one of `values`."""
    return Expectation("ExpectColumnValuesToBeInSet", (("column", column), ("value_set", list(values))))


def unique(column: str) -> Expectation:
    """No value stands twice in an edition."""
    return Expectation("ExpectColumnValuesToBeUnique", (("column", column),))


def given(column: str) -> Expectation:
    """No value is null."""
    return Expectation("ExpectColumnValuesToNotBeNull", (("column", column),))


def equal(column: str, other: str) -> Expectation:
    """The two columns agree in every row."""
    return Expectation("ExpectColumnPairValuesToBeEqual", (("column_A", column), ("column_B", other)))


def at_most(column: str, limit: str) -> Expectation:
    """The first column is nowhere above the second."""
    return Expectation(
        "ExpectColumnPairValuesAToBeGreaterThanB",
        (("column_A", limit), ("column_B", column), ("or_equal", True)),
    )


def rows_by_fault(rows: str, *, fault: str, group: str, where: str, measures: str) -> str:
    """SQL that keeps faulty rows apart and adds sound ones together.

    `rows` is a query with `edition_id`; the batch has one row per `group` (columns) of sound rows, and one
    per group and place (the columns `where`, null for sound rows) of rows of which the condition `fault` is
    true. `measures` are the aggregates to judge by and to show.
    """
    places = ", ".join(f"case when {fault} then {column} end as {column}" for column in where.split(", "))
    return f"""
        select edition_id, {group}, {places}, {measures}, count(*) as {N_CHECKED}
        from ({rows})
        group by all
    """
