"""Days and years as they are written in Polish, English and ISO form; and what a spreadsheet makes dates of."""

from __future__ import annotations

import re
from datetime import date

from ingestion.unreadable import Unreadable

_NAMES = (
    "styczeń stycznia sty january jan",
    "luty lutego lut february feb",
    "marzec marca mar march",
    "kwiecień kwietnia kwi april apr",
    "maj maja may",
    "czerwiec czerwca cze june jun",
    "lipiec lipca lip july jul",
    "sierpień sierpnia sie august aug",
    "wrzesień września wrz september sept sep",
    "październik października paź october oct",
    "listopad listopada lis november nov",
    "grudzień grudnia gru december dec",
)
_MONTHS = {name: month for month, names in enumerate(_NAMES, start=1) for name in names.split()}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_TIME = r"(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?(?:z|utc|[+-][0-9]{2}:?[0-9]{2}))?)?"
_END = rf"(?: ?(?:r|roku|rok)\.?)?{_TIME}"
_DAYS = tuple(
    re.compile(pattern + _END)
    for pattern in (
        r"(?P<y>[0-9]{4})(?P<s>[-./])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})",
        r"(?P<d>[0-9]{1,2})(?P<s>[-./])(?P<m>[0-9]{1,2})(?P=s)(?P<y>[0-9]{4})",
        rf"(?P<d>[0-9]{{1,2}})\.?[ -](?P<name>{_NAME})\.?[ -](?P<y>[0-9]{{4}})",
        rf"(?P<name>{_NAME})\.? (?P<d>[0-9]{{1,2}}),? (?P<y>[0-9]{{4}})",
    )
)
_MONTHLY = tuple(
    re.compile(pattern + _END)
    for pattern in (
        rf"(?P<name>{_NAME})\.?[ -](?P<y>[0-9]{{4}})",
        r"(?P<m>[0-9]{1,2})[-./](?P<y>[0-9]{4})",
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})",
    )
)
# A day and a month, or a month and a year, as a spreadsheet shows what it took for a date.
_SHOWN = (
    re.compile(rf"(?P<left>[0-9]{{1,2}})[. -](?P<name>{_NAME})\.?"),
    re.compile(rf"(?P<name>{_NAME})\.?[. -](?P<right>[0-9]{{2}}|[0-9]{{4}})"),
)
# The first day that a spreadsheet counts from; before March 1900 it counts one day too many.
_FIRST = date(1899, 12, 30)
_YEARS = range(1800, 2200)


def parse_date(text: str, may_lack_day: bool = False) -> date:
    """The day a text says: `2015-03-12` (with or without a time), `12.03.2015`, `12 marca 2015 r.`, `12 March 2015`.

    Of numbers with dots, dashes or slashes the day comes first unless the year does. Where it `may_lack_day`,
    `marzec 2015` is the first of the month. Raises Unreadable; a year has four digits.
    """
    tidy = " ".join(text.split()).casefold()
    matches = [pattern.fullmatch(tidy) for pattern in (*_DAYS, *(_MONTHLY if may_lack_day else ()))]
    for match in filter(None, matches):
        parts = match.groupdict()
        month = _MONTHS[parts["name"]] if parts.get("name") else int(parts["m"])
        try:
            return date(int(parts["y"]), month, int(parts.get("d") or 1))
        except ValueError:
            break
    raise Unreadable("not_a_date")


def is_date(text: str) -> bool:
    """Whether a text says a day."""
    try:
        parse_date(text)
    except Unreadable:
        return False
    return True


def probably_typed(day: date, decimal: str) -> str:
    """The number that was probably typed where a spreadsheet now holds a day.

    `12.3` becomes the 12th of March, `3.24` March 2024; a number in a cell that is shown as a date is a count of days.
    """
    guesses = [f"{day.day}{decimal}{day.month}"]
    if day.day == 1:
        guesses.append(f"{day.month}{decimal}{day.year % 100:02d}")
    return " / ".join([*guesses, str((day - _FIRST).days)])


def year_behind(day: date) -> int | None:
    """The year that was typed into a cell shown as a date: 2015 shows as the 7th of July 1905; None: a real date."""
    days = (day - _FIRST).days
    return days if days in _YEARS else None


def typed_for(text: str, decimal: str) -> str | None:
    """The number that was probably typed where a text reads like a spreadsheet's date (`12.mar`); None: it does not."""
    tidy = " ".join(text.split()).casefold()
    for pattern in _SHOWN:
        if match := pattern.fullmatch(tidy):
            parts = match.groupdict()
            month = _MONTHS[parts["name"]]
            left, right = (parts["left"], month) if parts.get("left") else (month, parts["right"])
            return f"{left}{decimal}{right}"
    return probably_typed(parse_date(tidy), decimal) if is_date(tidy) else None
