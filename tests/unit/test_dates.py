"""Days in every form they are written in, and what spreadsheets make dates of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.dates import parse_date, probably_typed, typed_for, year_behind
from ingestion.unreadable import Unreadable

POLISH = "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
NAMED = "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"
ENGLISH = "January February March April May June July August September October November December"


def name_of(names: str, day: date) -> str:
    return names.split()[day.month - 1]


FORMS = [
    lambda d: f"{d.year}-{d.month:02d}-{d.day:02d}",
    lambda d: f"{d.year}-{d.month:02d}-{d.day:02d} 14:05",
    lambda d: f"{d.year}-{d.month:02d}-{d.day:02d}T14:05:59.123Z",
    lambda d: f"{d.year}-{d.month:02d}-{d.day:02d}T14:05:59+02:00",
    lambda d: f"{d.year}/{d.month:02d}/{d.day:02d}",
    lambda d: f"{d.day:02d}.{d.month:02d}.{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year} r.",
    lambda d: f"{d.day:02d}-{d.month:02d}-{d.year}",
    lambda d: f"{d.day:02d}/{d.month:02d}/{d.year} 09:30:00",
    lambda d: f"{d.day} {name_of(POLISH, d)} {d.year}",
    lambda d: f"{d.day} {name_of(POLISH, d).upper()}\u00a0{d.year} r.",
    lambda d: f"{d.day} {name_of(POLISH, d)} {d.year} roku",
    lambda d: f"{d.day} {name_of(ENGLISH, d)} {d.year}",
    lambda d: f"{name_of(ENGLISH, d)} {d.day}, {d.year}",
    lambda d: f"{d.day}-{name_of(ENGLISH, d)[:3]}-{d.year}",
]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(FORMS))
def test_every_day_survives_being_written(day: date, form) -> None:
    assert parse_date(form(day)) == day


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from([NAMED, ENGLISH]))
def test_a_month_is_a_date_only_where_that_will_do(day: date, names) -> None:
    text = f"{name_of(names, day)} {day.year}"
    assert parse_date(text, may_lack_day=True) == day.replace(day=1)
    with pytest.raises(Unreadable, match="not a date"):
        parse_date(text)


@pytest.mark.parametrize(
    "text",
    ["12.03.15", "2015", "31.02.2015", "03/25/2015", "12 mar", "12.03", "2015-13-01", "", "20150312", "٥.٥.2015"],
)
def test_what_is_not_clearly_a_day_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not a date"):
        parse_date(text)


@given(st.text(max_size=30) | st.text("0123456789 .-/:TZrmaj", max_size=20))
def test_any_text_is_a_day_or_is_refused(text: str) -> None:
    for may_lack_day in (True, False):
        try:
            assert isinstance(parse_date(text, may_lack_day), date)
        except Unreadable as error:
            assert error.kind == "not_a_date"
    typed_for(text, ",")


def test_what_was_typed_is_guessed_from_the_date_that_it_became() -> None:
    # 12.3 is taken for the 12th of March, 3.24 for March 2024; 45 363 days after 1899-12-30 is the 12th of March 2024.
    assert probably_typed(date(2024, 3, 12), ",") == "12,3 / 45363"
    assert probably_typed(date(2024, 3, 1), ",") == "1,3 / 3,24 / 45352"
    assert typed_for("12.mar", ",") == "12,3"
    assert typed_for("mar.24", ",") == "3,24"
    assert typed_for("12 marca", ".") == "12.3"
    assert typed_for("2024-03-12", ",") == "12,3 / 45363"
    assert typed_for("12", ",") is None


@given(st.integers(1900, 2100))
def test_a_year_shown_as_a_date_is_recognised(year: int) -> None:
    assert year_behind(date(1899, 12, 30) + timedelta(days=year)) == year
    assert year_behind(date(year, 7, 7)) is None or year in range(1904, 1907)
