"""Who responded, and whether what was said can all be true."""

from __future__ import annotations

from tests.deliveries.clean import Delivery
from tests.deliveries.damage import add, cell, changed, refused, same

TOPIC = "respondent"


def _again(delivery: Delivery) -> None:
    delivery.coordinator.rows.append(list(delivery.coordinator.rows[1]))


def _again_otherwise(delivery: Delivery) -> None:
    _again(delivery)
    delivery.coordinator.put("P02", 4, "99")


def _another_edition(delivery: Delivery) -> None:
    for row in (1, 2, 3):
        delivery.coordinator.put("edycja", row, "1996")


def _member_again(delivery: Delivery) -> None:
    delivery.members.rows.append([*delivery.members.rows[1][:6], "niska", ""])


def _files_swapped(delivery: Delivery) -> None:
    delivery.coordinator.name, delivery.members.name = "czlonkowie_1998.csv", "ankieta_1998.csv"


def _no_response(delivery: Delivery) -> None:
    del delivery.coordinator.rows[3]


def _real_beside_synthetic(delivery: Delivery) -> None:
    for row in (1, 2, 3):
        delivery.desk.put("RODZAJ", row, "rzeczywiste")


add(TOPIC, "the very same row twice", same("respondent_repeated"), _again)
add(
    TOPIC,
    "twice with different answers",
    refused(("respondent_twice", "coordinator", 5, "id_odpowiedzi")),
    _again_otherwise,
)
add(
    TOPIC,
    "a member twice with different answers",
    refused(("respondent_twice", "member_opinion", 5, "nr")),
    _member_again,
)
add(TOPIC, "of another edition", refused(("other_edition", "coordinator", 2, "edycja")), _another_edition)
add(
    TOPIC,
    "two surveys' files under each other's name",
    refused(("other_survey", "coordinator", None, None), ("other_survey", "member_opinion", None, None)),
    _files_swapped,
)
add(
    TOPIC,
    "without an id",
    refused(("respondent_unnamed", "coordinator", 2, "id_odpowiedzi")),
    cell("coordinator", "id_odpowiedzi", 1, ""),
)
add(
    TOPIC,
    "of an unknown cluster",
    refused(("cluster_unknown", "coordinator", 2, "id_klastra")),
    cell("coordinator", "id_klastra", 1, "C9"),
)
add(
    TOPIC,
    "a cluster's name that nobody knows",
    refused(("name_unknown", "register", 3, "Nazwa klastra")),
    cell("register", "Nazwa klastra", 1, "Klaster Łączka"),
)
add(TOPIC, "a cluster's name in other letters", same(), cell("register", "Nazwa klastra", 1, "KLASTER ŁĄKA"))
add(
    TOPIC,
    "two clusters of one name",
    refused(("name_twice", "register", 4, "Nazwa klastra")),
    cell("register", "Nazwa klastra", 2, "Klaster Łąka"),
)
add(
    TOPIC,
    "a cluster that has not answered",
    refused(("clusters_not_answered", "coordinator", None, None)),
    _no_response,
)
add(
    TOPIC,
    "a test response",
    refused(("test_response", "coordinator", 2, "id_odpowiedzi")),
    cell("coordinator", "id_odpowiedzi", 1, "TEST"),
)
add(TOPIC, "real answers beside synthetic ones", refused(("kinds_mixed", "*", None, "*")), _real_beside_synthetic)

TOPIC = "contradiction"
add(
    TOPIC,
    "a required answer missing",
    refused(("required_missing", "coordinator", 2, "P06")),
    cell("coordinator", "P06", 1, ""),
)
add(
    TOPIC,
    "a required answer refused",
    refused(("required_missing", "coordinator", 2, "P06")),
    cell("coordinator", "P06", 1, "b.d."),
)
add(
    TOPIC,
    "a part above the whole",
    refused(("part_above_whole", "coordinator", 2, "P09")),
    cell("coordinator", "P09", 1, "31"),
)
add(
    TOPIC,
    "a part above a whole of another survey",
    refused(("part_above_whole", "coordinator", 2, "P01")),
    cell("coordinator", "P01", 1, "46"),
)
add(
    TOPIC,
    "an answer to a question that was skipped",
    refused(("answer_to_skipped", "coordinator", 3, "P05")),
    cell("coordinator", "P05", 2, "A1"),
)
add(
    TOPIC,
    "a value out of the plausible range",
    changed("C2", "members", (None, 3000, "given"), "implausible"),
    cell("register", "Liczba członków", 2, 3000),
)
add(
    TOPIC,
    "a founding year in the future",
    refused(("above_possible", "register", 3, "Rok założenia")),
    cell("register", "Rok założenia", 1, 2031),
)
