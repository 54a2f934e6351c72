"""Numbers with what people write around them, in the unit of their question; what is expected is worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingestion.amount import Asked, parse_amount, parse_number
from ingestion.unreadable import Unreadable

THOUSANDS, ZLOTYS, PERSONS = Asked("tys. zł", 1000.0), Asked("zł", 1.0), Asked("os.", 1.0)
MILLIONS, SHARE, AREA, YEAR, COUNT = (
    Asked("mln zł", 1e6), Asked("%", 1.0), Asked("m2", 1.0), Asked("rok", 1.0), Asked("liczba", 1.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "asked", "number"),
    [
        ("350 tys. zł", THOUSANDS, 350),
        ("350 tys zł", THOUSANDS, 350),
        ("350tys.zł", THOUSANDS, 350),
        ("350 TYS. ZŁ", THOUSANDS, 350),
        ("350 tysięcy złotych", THOUSANDS, 350),
        ("350 tys.", THOUSANDS, 350),
        ("1,2 mln", THOUSANDS, 1200),
        ("1,2 mln zł", THOUSANDS, 1200),
        ("1,2 mln PLN", ZLOTYS, 1_200_000),
        ("2,5 mld", MILLIONS, 2500),
        ("2,5 mld zł", THOUSANDS, 2_500_000),
        ("0,1 mln", ZLOTYS, 100_000),
        ("350 000 zł", THOUSANDS, 350),
        ("0 zł", THOUSANDS, 0),
        ("350 tys. zł", MILLIONS, 0.35),
        ("1 711,90 zł", ZLOTYS, 1711.9),
        ("12,5%", SHARE, 12.5),
        ("12,5 %", SHARE, 12.5),
        ("12,5 proc.", SHARE, 12.5),
        ("30 osób", PERSONS, 30),
        ("1,2 tys. osób", PERSONS, 1200),
        ("120 m2", AREA, 120),
        ("120 m²", AREA, 120),
        ("120m kw.", AREA, 120),
        ("10 osób", Asked("osoby"), 10),
        ("1,2 tys.", Asked("szt."), 1200),
        ("2015 r.", YEAR, 2015),
        ("2015 rok", YEAR, 2015),
        ("3 szt.", COUNT, 3),
        ("'1711,9", ZLOTYS, 1711.9),
        ("1’711’000", ZLOTYS, 1_711_000),
    ],
)
def test_a_unit_and_a_word_of_magnitude_are_read_into_the_unit_of_the_question(text, asked, number) -> None:
    amount = parse_amount(text, asked)
    assert (amount.low, amount.high, amount.how) == (number, number, "exact")


@pytest.mark.parametrize(
    ("text", "asked", "kind"),
    [
        ("350 EUR", THOUSANDS, "other_unit"),
        ("350 tys. euro", THOUSANDS, "other_unit"),
        ("€350", THOUSANDS, "not_a_number"),
        ("12,5%", PERSONS, "other_unit"),
        ("30 osób", SHARE, "other_unit"),
        ("3 mln", YEAR, "other_unit"),
        ("350 zł", THOUSANDS, "unit_unclear"),
        ("12 zł", MILLIONS, "unit_unclear"),
        ("30 dużych", PERSONS, "not_a_number"),
        ("1 mln 200 tys.", ZLOTYS, "not_a_number"),
        ("1,2 mln zł rocznie", ZLOTYS, "not_a_number"),
        ("1.711", ZLOTYS, "ambiguous_number"),
        ("1.711 zł", ZLOTYS, "ambiguous_number"),
        ("1,711", ZLOTYS._replace(decimal="."), "ambiguous_number"),
        ("1,23457E+11", ZLOTYS, "number_in_scientific_notation"),
        ("1.23457e+11", ZLOTYS, "number_in_scientific_notation"),
        ("1e3", ZLOTYS, "number_in_scientific_notation"),
        ("5 zł (netto)", ZLOTYS, "not_a_number"),
        ("600-100-200", ZLOTYS, "not_a_number"),
        ("20-10", ZLOTYS, "not_a_number"),
        ("5.", PERSONS, "not_a_number"),
        ("5.", Asked(), "not_a_number"),
    ],
)
def test_what_is_another_unit_or_unclear_is_no_number(text, asked, kind) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_amount(text, asked)
    assert caught.value.kind == kind
    assert caught.value.expected
    assert caught.value.reason


def test_a_number_of_two_readings_names_both_and_needs_a_mark_that_is_certain() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_number("1.711")
    assert caught.value.said == {"whole": "1711", "part": "1,711"}
    assert parse_number("1.711", is_certain=True) == 1711
    assert parse_number("1,711", ".", is_certain=True) == 1711
    assert parse_number("1.711,5") == 1711.5, "its comma tells"
    assert parse_number("1.711.000") == 1_711_000, "its second dot tells"
    with pytest.raises(Unreadable, match="not a number"):
        parse_number("0.711", is_certain=True)


@pytest.mark.parametrize(
    ("text", "accept", "lower", "upper"),
    [
        ("ok. 30", 30, 30, 30),
        ("ok 30", 30, 30, 30),
        ("około 30", 30, 30, 30),
        ("ca. 30", 30, 30, 30),
        ("~30", 30, 30, 30),
        ("≈ 30", 30, 30, 30),
        (">100", 100, 100, None),
        ("> 100", 100, 100, None),
        (">=100", 100, 100, None),
        ("powyżej 100", 100, 100, None),
        ("Ponad 100", 100, 100, None),
        ("co najmniej 100", 100, 100, None),
        ("nie mniej niż 100", 100, 100, None),
        ("100+", 100, 100, None),
        ("100 i więcej", 100, 100, None),
        ("<5", 5, None, 5),
        ("≤ 5", 5, None, 5),
        ("do 5", 5, None, 5),
        ("poniżej 5", 5, None, 5),
        ("nie więcej niż 5", 5, None, 5),
        ("maks. 5", 5, None, 5),
        ("10-20", 15, 10, 20),
        ("10–20", 15, 10, 20),
        ("10 - 20", 15, 10, 20),
        ("od 10 do 20", 15, 10, 20),
        ("10 do 20", 15, 10, 20),
        ("między 10 a 20", 15, 10, 20),
        ("10-20 osób", 15, 10, 20),
        ("1 000–2 000,5", 1500.25, 1000, 2000.5),
        ("30", 30, 30, 30),
    ],
)
def test_what_is_not_exact_follows_the_rule_of_the_question(text, accept, lower, upper) -> None:
    amount = parse_amount(text, PERSONS)
    for rule, expected in (("accept", accept), ("lower", lower), ("upper", upper)):
        if expected is None:
            with pytest.raises(Unreadable, match="not an exact number"):
                amount.by_rule(rule)
        else:
            assert amount.by_rule(rule) == expected
    if text != "30":
        with pytest.raises(Unreadable, match="not an exact number"):
            amount.by_rule("reject")


def test_the_unit_of_a_range_stands_behind_both_or_the_second() -> None:
    for text in ("1-2 mln zł", "1 mln - 2 mln zł", "od 1 mln do 2 mln", "1000 tys. do 2 mln"):
        assert parse_amount(text, THOUSANDS)[:3] == (1000, 2000, "range")
    assert parse_amount("ok. 1,2 mln zł", THOUSANDS)[:3] == (1200, 1200, "about")


# An independent writer of numbers: digits are grouped by hand, from the right.
def written(number: Decimal, separator: str, mark: str, minus: str = "-") -> str:
    sign, digits, exponent = number.as_tuple()
    whole = "".join(map(str, digits[: len(digits) + exponent])) or "0"
    part = "".join(map(str, digits[len(digits) + exponent :])).rjust(-exponent, "0")
    groups = []
    while whole:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    return (minus if sign else "") + separator.join(groups) + (mark + part if part else "")


SEPARATORS = ["", " ", "\u00a0", "\u202f", "\u2009", "'", "’", "."]
NUMBERS = st.decimals(-(10**12), 10**12, places=2, allow_nan=False) | st.integers(-(10**12), 10**12).map(Decimal)


@given(NUMBERS, st.sampled_from(SEPARATORS), st.sampled_from("-−"), st.sampled_from(",."))
def test_every_number_survives_being_written(number: Decimal, separator: str, minus: str, mark: str) -> None:
    separator = {".": {",": ".", ".": ","}[mark]}.get(separator, separator)
    text = written(number, separator, mark, minus)
    assert parse_number(text, mark, is_certain=True) == float(number)
    if separator == {",": ".", ".": ","}[mark] and text.count(separator) == 1 and mark not in text:
        with pytest.raises(Unreadable, match="two ways"):
            parse_number(text, mark)
    else:
        assert parse_number(text, mark) == float(number)


@given(
    st.decimals(0, 10**6, places=1, allow_nan=False),
    st.sampled_from([("tys.", 3), ("tys", 3), ("tysięcy", 3), ("mln", 6), ("milionów", 6), ("mld", 9), ("mld.", 9)]),
    st.sampled_from(["", "zł", "PLN", "złotych"]),
    st.sampled_from([("zł", 0), ("tys. zł", 3), ("mln zł", 6)]),
    st.sampled_from([" ", "\u00a0", ""]),
)
def test_every_amount_survives_being_written_with_its_magnitude(number, magnitude, unit, asked, space) -> None:
    word, power = magnitude
    text = f"{written(number, ' ', ',')}{space}{word} {unit}".strip()
    expected = Fraction(number) * 10**power / 10 ** asked[1]
    assert parse_amount(text, Asked(asked[0], 10.0 ** asked[1])).by_rule("reject") == float(expected)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["{}-{}", "{} – {}", "od {} do {}", "{}—{} osób"]))
def test_every_range_survives_being_written(low: int, high: int, form: str) -> None:
    assume(low <= high)
    text = form.format(written(Decimal(low), " ", ","), written(Decimal(high), "\u202f", ","))
    amount = parse_amount(text, PERSONS)
    assert (amount.by_rule("lower"), amount.by_rule("upper")) == (low, high)
    assert amount.by_rule("accept") == float(Fraction(low + high, 2))


@given(st.text(max_size=30) | st.text("0123456789 .,-–'%>~tyslmnzłokd+eE()²", max_size=20))
def test_any_text_is_a_number_or_is_refused(text: str) -> None:
    for asked in (THOUSANDS, SHARE, YEAR, Asked(), PERSONS._replace(decimal=".")):
        try:
            amount = parse_amount(text, asked)
        except Unreadable as error:
            assert error.expected
        else:
            assert any(character.isdigit() for character in text)
            assert amount.low is not None or amount.high is not None
