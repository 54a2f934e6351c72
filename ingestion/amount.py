"""Numbers as people write them: grouped, with decimals, with words of magnitude and a unit, or not exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from ingestion.unreadable import Unreadable

Inexact = Literal["reject", "accept", "lower", "upper"]
How = Literal["exact", "about", "at_least", "at_most", "range"]

# Spaces of every width, dashes and apostrophes are typed, and exported, for one another.
_TYPED = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\u200a\u2006\t\n\r", " ") | dict.fromkeys("−–—‑", "-") | {"’": "'"}
)
_SQUARE = re.compile(r"(?<![a-ząćęłńóśźż])(?:m²|m\^2|m kw\b\.?)")
_MARKS = {",": ("comma", "przecinkiem"), ".": ("point", "kropką")}
_SCIENTIFIC = re.compile(r"-?\d+(?:[.,]\d+)?[eE][+-]?\d+", re.ASCII)

# A word of magnitude, as it may stand before a unit or alone.
_MAGNITUDES = {
    1_000: ("tys", "tysiąc", "tysiące", "tysięcy", "tysiąca", "thousand"),
    1_000_000: ("mln", "milion", "miliony", "milionów", "miliona", "million"),
    1_000_000_000: ("mld", "miliard", "miliardy", "miliardów", "miliarda", "billion"),
}
# How a unit of the questionnaire may be written; `other` are units that no question is asked in.
_UNITS = {
    "zł": ("zł", "zl", "złotych", "złote", "złoty", "pln"),
    "%": ("%", "proc", "procent", "procenta", "percent", "per cent"),
    "os.": ("os", "osób", "osoba", "osoby", "people", "persons", "person"),
    "m2": ("m2", "mkw", "metrów kwadratowych", "sqm", "square metres"),
    "podmioty": ("podmioty", "podmiot", "podmiotów", "członków", "członkowie", "członek", "entities", "members"),
    "przedsiębiorstwa": ("przedsiębiorstwa", "przedsiębiorstwo", "przedsiębiorstw", "firm", "firmy", "firma",
                         "enterprises", "enterprise", "companies"),
    "liczba": ("szt", "sztuk", "sztuki", "sztuka"),
    "lata": ("lata", "lat", "rok", "roku", "years", "year"),
    "rok": ("rok", "roku", "r"),
    "s": ("s", "sek", "sekund", "sekundy", "sekunda", "seconds"),
    "other": ("eur", "euro", "€", "usd", "$", "dolarów", "gbp", "£", "chf", "czk", "ha", "km", "km2", "godz", "h",
              "miesięcy", "mies", "dni", "pp", "p.p", "‰"),
}  # fmt: skip
_MAGNITUDE_OF = {word: size for size, words in _MAGNITUDES.items() for word in words}
_UNITS_OF = {
    word: frozenset(unit for unit, words in _UNITS.items() if word in words)
    for words in _UNITS.values()
    for word in words
}

# What says before a number that it is not exact; the longer of two that begin alike stands first.
_BEFORE: tuple[tuple[How, str], ...] = (
    ("about", r"~|≈|około|ok|circa|ca|w przybliżeniu|approximately|approx|about"),
    ("at_least", r">=|>|≥|powyżej|ponad|więcej niż|co najmniej|przynajmniej|nie mniej niż|minimum|min|od"
                 r"|more than|over|at least|from"),
    ("at_most", r"<=|<|≤|poniżej|mniej niż|co najwyżej|nie więcej niż|maksimum|maks|max|do"
                r"|less than|under|at most|up to"),
)  # fmt: skip
_BOUNDS = tuple((how, re.compile(rf"(?:{words})\.? ?(?P<rest>-?[0-9].*)")) for how, words in _BEFORE)
_MORE = re.compile(r"(?P<rest>[0-9].*?)(?: ?\+| (?:i więcej|lub więcej|or more))")
_RANGES = (
    re.compile(r"(?P<low>[0-9].*?) ?- ?(?P<high>[0-9].*)"),
    re.compile(r"(?:od |from )?(?P<low>[0-9].*?) (?:do|to) (?P<high>[0-9].*)"),
    re.compile(r"(?:między|between) (?P<low>[0-9].*?) (?:a|i|and) (?P<high>[0-9].*)"),
)
_PARTS = re.compile(r"(?P<number>-?[\d.,' ]*\d) ?(?P<words>[^\d\s].*)?", re.ASCII)


class Asked(NamedTuple):
    """What a number must be in: the question's unit, how many base units that is, and how its file writes decimals."""

    unit: str | None = None
    multiplier: float = 1.0
    decimal: str = ","
    is_decimal_certain: bool = False

    @property
    def base(self) -> str:
        """The unit without its word of magnitude: `zł` of `tys. zł`."""
        words = (self.unit or "").split()
        return " ".join(words[1:] if words and words[0].rstrip(".") in _MAGNITUDE_OF else words)

    @property
    def families(self) -> frozenset[str]:
        """Whose words may stand behind the number: of several that know the unit, the one that is called like it."""
        base = self.base
        return frozenset((base,)) if base in _UNITS else _UNITS_OF.get(base.rstrip(".").casefold(), frozenset())


class Amount(NamedTuple):
    """A number as read, in the unit of the question: from `low` to `high`, which are one unless it is inexact."""

    low: float | None
    high: float | None
    how: How = "exact"

    def by_rule(self, rule: Inexact) -> float:
        """The number that stands for it. Raises Unreadable where the question's rule has none."""
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if self.how == "exact":
            return bounds[0]
        if rule == "accept":
            return sum(bounds) / len(bounds)
        bound = {"lower": self.low, "upper": self.high}.get(rule)
        if bound is None:
            raise Unreadable("not_exact", rule=rule)
        return bound


def tidy(text: str) -> str:
    """A text with plain spaces, dashes and apostrophes, without the apostrophe by which a number is typed as text."""
    plain = " ".join(text.translate(_TYPED).split())
    return plain[1:] if plain[:1] == "'" and plain[1:2].isdigit() else plain


@cache
def _number(decimal: str) -> re.Pattern[str]:
    """A number: its thousands set apart by one and the same sign, or not at all, and decimals behind their mark."""
    other = re.escape("." if decimal == "," else ",")
    grouped = rf"[1-9]\d{{0,2}}(?:(?P<sign>[ ']|{other})\d{{3}})(?:(?P=sign)\d{{3}})*"
    return re.compile(rf"-?(?:{grouped}|\d+)(?:{re.escape(decimal)}\d+)?", re.ASCII)


def _parse(text: str, decimal: str, is_certain: bool) -> Decimal:
    """A tidy text as an exact number. Raises Unreadable."""
    match = _number(decimal).fullmatch(text)
    if match is None:
        if _SCIENTIFIC.fullmatch(text):
            raise Unreadable("number_in_scientific_notation")
        called_en, called_pl = _MARKS[decimal]
        raise Unreadable("not_a_number", mark_en=called_en, mark_pl=called_pl, example=f"1 711{decimal}9")
    other = "." if decimal == "," else ","
    if match["sign"] == other and text.count(other) == 1 and decimal not in text and not is_certain:
        whole, part = text.replace(other, ""), text.replace(other, decimal)
        raise Unreadable("ambiguous_number", whole=whole, part=part)
    plain = re.sub(rf"[ '{re.escape(other)}]", "", text)
    return Decimal(plain.replace(decimal, "."))


def parse_number(text: str, decimal: str = ",", is_certain: bool = False) -> float:
    """An exact number, such as `1 711,9`; `decimal` is the mark before its decimals.

    Raises Unreadable. `1.711` could mean 1711 as well as 1,711: it is a number only where the mark `is_certain`.
    """
    return float(_parse(tidy(text), decimal, is_certain))


def parse_amount(text: str, asked: Asked) -> Amount:
    """A number with what stands around it: `1,2 mln`, `350 tys. zł`, `ok. 30`, `>100`, `10-20`. Raises Unreadable."""
    plain = _SQUARE.sub("m2", tidy(text).casefold())
    try:
        return _exact(plain, asked)
    except Unreadable as error:
        if error.kind not in ("not_a_number", "other_unit"):
            raise
        if inexact := _inexact(plain, asked):
            return inexact
        raise


def _inexact(text: str, asked: Asked) -> Amount | None:
    """A number that is named by its bounds or about; None: nothing says so."""
    for pattern in _RANGES:
        if match := pattern.fullmatch(text):
            return _range(match["low"], match["high"], asked)
    for how, pattern in _BOUNDS:
        if match := pattern.fullmatch(text):
            amount = _exact(match["rest"], asked)
            low, high = (None if how == "at_most" else amount.low), (None if how == "at_least" else amount.high)
            return Amount(low, high, how)
    if match := _MORE.fullmatch(text):
        return _exact(match["rest"], asked)._replace(how="at_least", high=None)
    return None


def _range(low_text: str, high_text: str, asked: Asked) -> Amount | None:
    """From one number to another; the unit of both may stand behind the second alone. None: it runs backwards."""
    parts = _PARTS.fullmatch(high_text)
    if parts and parts["words"] and not re.search(r"[^\d\s.,']", low_text):
        low_text = f"{low_text} {parts['words']}"
    low, high = _exact(low_text, asked), _exact(high_text, asked)
    if low.low is None or high.high is None or low.low > high.high:
        return None
    return Amount(low.low, high.high, "range")


def _exact(text: str, asked: Asked) -> Amount:
    """A number, with a word of magnitude and a unit or without. Raises Unreadable."""
    match = _PARTS.fullmatch(text)
    words = match["words"] if match else None
    if match is None or not words:
        number = float(_parse(text, asked.decimal, asked.is_decimal_certain))
        return Amount(number, number)
    size, unit = _magnitude_and_unit(words.strip(), asked, text)
    number = _parse(match["number"], asked.decimal, asked.is_decimal_certain)
    multiplier = Decimal(str(asked.multiplier))
    if size is None and unit and multiplier > 1 and 0 < abs(number) < multiplier:
        raise Unreadable("unit_unclear", unit=unit, asked=asked.unit or "–")
    if size is None and not (unit and multiplier > 1):
        return Amount(float(number), float(number))
    read = float(number * (size or 1) / multiplier)
    return Amount(read, read)


def _magnitude_and_unit(words: str, asked: Asked, text: str) -> tuple[int | None, str | None]:
    """What the words behind a number say. Raises Unreadable where they are not the question's unit."""
    first, _, rest = words.partition(" ")
    if "." in first[:-1]:  # tys.zł
        first, _, rest = words.replace(".", ". ", 1).partition(" ")
    size = _MAGNITUDE_OF.get(first.rstrip("."))
    unit = (rest if size else words).strip()
    called = unit.rstrip(".")
    if size and asked.base in ("%", "rok"):
        raise Unreadable("other_unit", unit=words, asked=asked.unit or "–")
    if not unit:
        return size, None
    if asked.families & _UNITS_OF.get(called, frozenset()) or (called and called == asked.base.rstrip(".").casefold()):
        return size, unit
    if called in _UNITS_OF:
        raise Unreadable("other_unit", unit=unit, asked=asked.unit or "–")
    _parse(text, asked.decimal, asked.is_decimal_certain)  # raises: it is no number
    raise AssertionError(text)
