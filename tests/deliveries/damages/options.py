"""Answer options: codes, labels in two languages, ticks, and what is none."""

from __future__ import annotations

from tests.deliveries.clean import Delivery
from tests.deliveries.damage import add, cell, changed, refused, same

TOPIC = "option"


def strategy(text: object, name: str, *told: str) -> None:
    """The first answer to P06, written otherwise."""
    add(TOPIC, name, same(*told), cell("coordinator", "P06", 1, text))


strategy("A1", "its code")
strategy("a1", "its code in lower case")
strategy("yes, a written development strategy", "its label in English")
strategy("TAK, PISEMNA STRATEGIA ROZWOJU", "in capitals")
strategy("tak,  pisemna\nstrategia rozwoju ", "with a line break and spaces")
strategy("tak, pisemna\u00a0strategia rozwoju", "with a no-break space")
strategy("tak, pisemna strategia rozwoju.", "with a full stop")
strategy("tak, pisemna strategia…", "cut off by the exporter")

add(TOPIC, "a no-break hyphen for a dash", same(), cell("coordinator", "P06", 3, "nie \u2011 brak strategii"))
add(TOPIC, "a hyphen for a dash", same(), cell("coordinator", "P06", 3, "nie - brak strategii"))
add(
    TOPIC,
    "another option by its code",
    changed("r1", "strategy", ("none", 0, "given")),
    cell("coordinator", "P06", 1, "A3"),
)
add(
    TOPIC,
    "one that there is not",
    refused(("not_an_option", "coordinator", 2, "P06")),
    cell("coordinator", "P06", 1, "może"),
)
add(
    TOPIC,
    "a code that there is not",
    refused(("not_an_option", "coordinator", 2, "P06")),
    cell("coordinator", "P06", 1, "A7"),
)
add(
    TOPIC,
    "cut off so that two fit",
    refused(("not_an_option", "coordinator", 2, "P06")),
    cell("coordinator", "P06", 1, "tak…"),
)

for word in ("Tak", "TAK", "X", "x", "Y", "yes", "true", "PRAWDA", "1.0", "✓"):
    add(TOPIC, f"ticked as {word}", same(), cell("coordinator", "P04[SQ001]", 1, word))
for word in ("Nie", "N", "no", "FAŁSZ", "0.0"):
    add(TOPIC, f"unticked as {word}", same(), cell("coordinator", "P04[SQ002]", 2, word))
add(
    TOPIC,
    "neither ticked nor unticked",
    refused(("not_a_tick", "coordinator", 2, "P04[SQ001]")),
    cell("coordinator", "P04[SQ001]", 1, "2"),
)
add(
    TOPIC,
    "two further items in the free column",
    changed("r1", "tools", ("other", 2, "given"), option="other"),
    cell("coordinator", "P04[other]", 1, "gazetka; tablica"),
)
add(TOPIC, "codes of an SPSS file without labels", same(), lambda delivery: _plain_codes(delivery))


def _plain_codes(delivery: Delivery) -> None:
    for row, code in enumerate(("1", "2", "2"), start=1):
        delivery.desk.put("ZNAK", row, code)


add(
    TOPIC,
    "a code of SPSS that has no label",
    refused(("not_an_option", "desk_research", 2, "ZNAK")),
    cell("desk", "ZNAK", 1, 7.0),
)
