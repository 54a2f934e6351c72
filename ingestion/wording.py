"""Words in which respondents say that there is no answer, none, or yes and no; the codebook may have its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_ALIKE = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("„“”«»″", '"') | dict.fromkeys("‘’‚`´′", "'"))
# What a word says of an answer: that there is none, that the question does not apply, that nothing is said, or zero.
Meaning = Literal["refused", "not_applicable", "blank", "zero"]

REFUSALS = ("brak danych", "b.d.", "bd", "odmowa", "odmowa odpowiedzi", "brak odpowiedzi", "no data", "no answer")
NOT_APPLICABLE = ("nie dotyczy", "n/d", "n.d.", "nd.", "n/a", "not applicable")
BLANKS = ("-", "--", ".", "…")
ZEROS = ("brak", "żaden", "żadne", "żadnych", "nie ma", "zero", "none")
TICKED = ("1", "tak", "yes", "y", "x", "✓", "✔", "☑", "☒", "true", "prawda")
UNTICKED = ("0", "nie", "no", "n", "☐", "false", "fałsz")
# Longer texts are no words: they need not be looked up.
LONGEST_WORD = 40


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """A text as it is compared: without what only differs in typing, such as case, spaces, line breaks and dashes."""
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_ALIKE)
    return " ".join(text.split()).casefold()


@lru_cache(maxsize=65_536)
def word(text: str) -> str:
    """A text as words are compared: without case, spaces and dots, unless nothing else is in it."""
    compared = plain(text)
    return compared.replace(".", "").replace(" ", "") or compared


def meanings(own: Iterable[tuple[Meaning, Iterable[str]]]) -> Mapping[str, Meaning]:
    """What each word means, as it is compared; a list of the codebook's `own` goes before those known to all."""
    known: dict[str, Meaning] = {word(text): "refused" for text in REFUSALS}
    for meaning, texts in own:
        known |= {word(text): meaning for text in texts}
    return known
