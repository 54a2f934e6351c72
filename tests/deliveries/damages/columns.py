"""Headers: written otherwise, cut off, missing, unknown, there twice; LimeSurvey's spellings."""

from __future__ import annotations

from collections.abc import Callable

from tests.deliveries.clean import Delivery
from tests.deliveries.damage import Outcome, add, refused, same

TOPIC = "header"


def called(header: str, new: str, name: str, outcome: Outcome | None = None, sheet: str = "coordinator") -> None:
    """A header written otherwise."""
    add(TOPIC, name, outcome or same("header_differs"), lambda delivery: getattr(delivery, sheet).rename(header, new))


called("P01", "p01", "in lower case")
called("P01", " P01 ", "with spaces", same())
called("Liczba członków", "LICZBA CZŁONKÓW", "in capitals", sheet="register")
called("Liczba członków", "Liczba\nczłonków", "with a line break", sheet="register")
called("Liczba członków", "Liczba\u00a0członków", "with a no-break space", sheet="register")
called("Liczba członków", "Liczba  członków", "with two spaces", sheet="register")
called("id_odpowiedzi", "ID_ODPOWIEDZI", "the respondent's, in capitals")
called("P01", "P01. Liczba przedsiębiorstw wśród członków klastra", "code and text of LimeSurvey")
called("P01", "Liczba przedsiębiorstw wśród członków klastra", "the full text of LimeSurvey")
called("P01", "Number of enterprises among the members", "the full text in English")
called("P01", "Liczba przedsiębiorstw wśród…", "a text cut off")
called("P01", "Liczba przedsiębiorstw wśród..", "a text cut off with two dots")
called("P04[SQ001]", "P04 [strona internetowa]", "code and option of LimeSurvey")
called("P04[SQ001]", "Narzędzia komunikacji [strona internetowa]", "text and option of LimeSurvey")
called("P04[SQ001]", "P04. Narzędzia komunikacji [strona internetowa]", "code, text and option of LimeSurvey")
called("P04[SQ001]", "p04[sq001]", "LimeSurvey's code in lower case")
called("P04[other]", "P04 [inne]", "the further items by their label")
called("e_mail", "E_MAIL", "a personal column in capitals", sheet="members")


def _limesurvey(delivery: Delivery) -> None:
    extra = ["submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr", "refurl"]
    for index, row in enumerate(delivery.coordinator.rows):
        row.extend(extra if index == 0 else ["1998-05-04 10:00:00", "3", "pl", "1234", "1998", "1998", "192.0.2.1", ""])


add(TOPIC, "LimeSurvey's own columns", same("columns_ignored"), _limesurvey)

called(
    "P02", "P99", "one unknown, one missing",
    refused(("column_missing", "coordinator", 1, "P02"), ("column_unknown", "coordinator", 1, "P99")),
)  # fmt: skip
add(
    TOPIC,
    "a question missing",
    refused(("column_missing", "coordinator", 1, "P10")),
    lambda d: d.coordinator.drop("P10"),
)
add(
    TOPIC, "the column that says who responded missing",
    refused(("column_missing", "coordinator", 1, "id_odpowiedzi")),
    lambda d: d.coordinator.drop("id_odpowiedzi"),
)  # fmt: skip


def _extra(header: str, value: str = "x") -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        for index, row in enumerate(delivery.coordinator.rows):
            row.append(value if index else header)

    return change


add(TOPIC, "an unknown column", refused(("column_unknown", "coordinator", 1, "Zupełnie inna")), _extra("Zupełnie inna"))


def _unnamed(delivery: Delivery) -> None:
    for index, row in enumerate(delivery.coordinator.rows):
        row.insert(8, "x" if index else "")


def _copied(header: str) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        for index, row in enumerate(delivery.coordinator.rows):
            row.append(row[6] if index else header)

    return change


add(TOPIC, "a column without header", refused(("column_unnamed", "coordinator", 1, None)), _unnamed)
add(TOPIC, "a last column without header", refused(("column_unnamed", "coordinator", 1, None)), _extra(""))
add(TOPIC, "a column twice", refused(("column_twice", "coordinator", 1, "P01")), _copied("P01"))
add(TOPIC, "a column twice, in two spellings", refused(("column_twice", "coordinator", 1, "P01")), _copied("p01 "))
called(
    "P06",
    "Liczba przedsiębiorstw…",
    "cut off so that two fit",
    refused(
        ("column_missing", "coordinator", 1, "P06"),
        ("column_unknown", "coordinator", 1, "Liczba przedsiębiorstw…"),
    ),
)
