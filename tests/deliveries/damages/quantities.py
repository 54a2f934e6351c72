"""Numbers and dates as people write them."""

from __future__ import annotations

from tests.deliveries.damage import add, cell, changed, refused, same

TOPIC = "number"


def budget(text: str, name: str, *told: str) -> None:
    """1711900 tys. zł, written otherwise."""
    add(TOPIC, name, same(*told), cell("coordinator", "P02", 2, text))


budget("1 711 900", "thousands by a space")
budget("1\u00a0711\u00a0900", "thousands by a no-break space")
budget("1\u202f711\u202f900", "thousands by a narrow no-break space")
budget("1.711.900", "thousands by dots")
budget("1'711'900", "thousands by apostrophes")
budget("1 711 900,00", "decimals that are zero")
budget("1.711.900,0", "thousands by dots and a decimal comma")
budget("1711900 tys. zł", "the question's own unit")
budget("1 711 900 tys. PLN", "the question's own unit, by its code")
budget("1711,9 mln zł", "millions of złoty")
budget("1,7119 mld zł", "milliards of złoty")
budget("1711900000 zł", "złoty instead of thousands")
budget("'1711900", "an apostrophe that makes a text of it")
budget("  1711900 ", "spaces around")

add(TOPIC, "percent sign", same(), cell("coordinator", "P03", 1, "12,5%"))
add(TOPIC, "percent sign after a space", same(), cell("coordinator", "P03", 1, "12,5 %"))
add(TOPIC, "minus as a typographer's", same(), cell("coordinator", "P10", 1, "−15,25"))
add(TOPIC, "unit of persons", same(), cell("coordinator", "P08", 1, "10 osób"))
add(TOPIC, "a whole number with decimals", same(), cell("coordinator", "P01", 1, "30,0"))


def patents(text: str, to: float, name: str, *told: str) -> None:
    """P07 takes the number named; it was 30."""
    outcome = same(*told) if to == 30 else changed("r1", "patents", (None, to, "given"), *told)
    add(TOPIC, name, outcome, cell("coordinator", "P07", 1, text))


def staff(text: str, to: float, name: str, *told: str) -> None:
    """P08 takes the lower bound; it was 10."""
    outcome = same(*told) if to == 10 else changed("r1", "staff", (None, to, "given"), *told)
    add(TOPIC, name, outcome, cell("coordinator", "P08", 1, text))


patents("ok. 30", 30, "about, where accepted", "inexact_number")
patents("około 30", 30, "about in full, where accepted", "inexact_number")
patents("~30", 30, "a tilde, where accepted", "inexact_number")
patents(">100", 100, "more than, where accepted", "inexact_number")
patents("10-20", 15, "a range, where accepted", "inexact_number")
patents("brak", 0, "none of a count", "word_read_as_zero")
patents("1,2 tys.", 1200, "thousands of pieces")
staff("10-20", 10, "a range, of which the lower bound counts", "inexact_number")
staff("od 10 do 20", 10, "a range in words, of which the lower bound counts", "inexact_number")
staff(">100", 100, "more than, of which the lower bound counts", "inexact_number")
staff("ok. 30", 30, "about, where the lower bound counts", "inexact_number")


def wrong(header: str, text: str, kind: str, name: str, *told: str) -> None:
    """A cell of the first row that cannot be read."""
    add(TOPIC, name, refused((kind, "coordinator", 2, header), told=told), cell("coordinator", header, 1, text))


# Other numbers of the file show that its decimals stand behind a comma.
add(
    TOPIC,
    "a dot between thousands",
    changed("r1", "budget", (None, 12345, "given")),
    cell("coordinator", "P02", 1, "12.345"),
)
wrong("P02", "ok. 30", "not_exact", "about, where it is not accepted")
wrong("P02", "10-20", "not_exact", "a range where it is not accepted")
wrong("P02", "<5", "not_exact", "less than, where it is not accepted")
wrong("P08", "<5", "not_exact", "less than has no lower bound")
wrong("P02", "30 EUR", "other_unit", "another currency")
wrong("P01", "30%", "other_unit", "per cent of a count")
wrong("P02", "dużo", "not_a_number", "a word")
wrong("P02", "12 3456", "not_a_number", "thousands set apart wrongly")
wrong("P02", "--5", "not_a_number", "two signs")
wrong("P02", "1,23457E+11", "number_in_scientific_notation", "scientific notation")
wrong("P01", "30,5", "not_whole", "half an enterprise")
wrong("P01", "-3", "below_possible", "a negative count")
wrong("P02", "-1", "below_possible", "a negative budget")
wrong("P03", "101", "above_possible", "more than 100 per cent")
wrong("P02", "#ARG!", "spreadsheet_error", "an error value in Polish")
wrong("P02", "#N/D!", "spreadsheet_error", "not available in Polish")
wrong("P02", "#DIV/0!", "spreadsheet_error", "division by zero")
wrong("P02", "#VALUE!", "spreadsheet_error", "an error value in English")

for text in ("b.d.", "brak danych", "odmowa odpowiedzi", "B.D."):
    add(TOPIC, f"no answer: {text}", same(), cell("coordinator", "P02", 3, text))
for text in ("nie dotyczy", "n/d"):
    add(TOPIC, f"not applicable: {text}", same(), cell("coordinator", "P02", 3, text))
for text in ("-", "–", "—"):
    add(TOPIC, f"a blank: {text}", same(), cell("coordinator", "P07", 3, text))

add("date", "the founding as a day in Polish form", same(), cell("register", "Rok założenia", 1, "12.03.1991"))
add("date", "the founding as a day in words", same(), cell("register", "Rok założenia", 1, "12 marca 1991 r."))
add("date", "the founding as a day in ISO form", same(), cell("register", "Rok założenia", 1, "1991-03-12"))
add("date", "the founding as a year with its unit", same(), cell("register", "Rok założenia", 1, "1991 r."))
add(
    "date",
    "a day where a number is asked",
    refused(("became_a_date", "coordinator", 2, "P02")),
    cell("coordinator", "P02", 1, "2024-05-01"),
)
add(
    "date",
    "the day it was sent with another form",
    same(),
    cell("coordinator", "data_wyslania", 1, "04.05.1998 12:30"),
)
