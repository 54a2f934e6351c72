"""What a damage is: a change of the clean delivery of one kind, and what must come of reading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.deliveries.clean import Delivery

Apply = Callable[[Delivery], object]
# A problem as expected: kind, survey or name of the file, row, column as delivered.
Place = tuple[str, str, int | None, str | None]


@dataclass(frozen=True)
class Outcome:
    """What must come of it: refused with exactly these errors, or read.

    Read, the answers are the clean delivery's but for `changed`: (respondent, question id, option id of its column) →
    (option chosen, number, status). `told` are the kinds of warnings and notes.
    """

    errors: tuple[Place, ...] = ()
    told: frozenset[str] = frozenset()
    changed: Mapping[tuple[str, str, str | None], tuple[str | None, float | None, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Damage:
    """A change with its name, the topic it belongs to, and its outcome."""

    name: str
    topic: str
    apply: Apply
    outcome: Outcome


DAMAGES: dict[str, Damage] = {}


def same(*told: str) -> Outcome:
    """Read as the clean delivery is, and these kinds of warnings and notes are told."""
    return Outcome(told=frozenset(told))


def refused(*errors: Place, told: tuple[str, ...] = ()) -> Outcome:
    """Refused with exactly these errors."""
    return Outcome(errors=errors, told=frozenset(told))


def changed(
    respondent: str, question: str, to: tuple[str | None, float | None, str], *told: str, option: str | None = None
) -> Outcome:
    """Read, with one answer another one."""
    return Outcome(told=frozenset(told), changed={(respondent, question, option): to})


def add(topic: str, name: str, outcome: Outcome, apply: Apply) -> None:
    """Enter a damage."""
    full = f"{topic}: {name}"
    assert full not in DAMAGES, full
    DAMAGES[full] = Damage(full, topic, apply, outcome)


def cell(sheet: str, header: str, row: int, value: object) -> Apply:
    """A damage of one cell: of the survey `sheet`, in the row-th row below the headers."""
    return lambda delivery: getattr(delivery, sheet).put(header, row, value)
