"""Which option a text names: by its code, or its label in either language, as platforms write and cut them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ingestion.codebook import Option
from ingestion.wording import plain

_WHOLE = re.compile(r"(?P<whole>\d+)(?:[.,]0*)?", re.ASCII)
_CUT = re.compile(r"(?P<begin>.{4,}?) ?(?:\.{2,})")
# No label is longer, so what is needs no closer look.
_LONGEST = 2_000
# At how many bytes (SPSS) or letters programs cut a label off without a sign of it.
_BYTES = (*range(61, 65), *range(117, 121), *range(252, 257))
_WORDS = {"tak": ("tak", "yes", "y", "true", "prawda"), "nie": ("nie", "no", "n", "false", "fałsz")}


def label(text: str) -> str:
    """A code or label as it is compared: a dot at its end says nothing."""
    compared = plain(text)
    return compared.rstrip(".") or compared


class Labels:
    """The options of one question by everything that they may be called."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.options = options
        self._exact = _unique((label(name), option) for option in options for name in _names(option))
        self._loose = _unique((label(name), option) for option in options for name in _other_names(option, options))
        self._numbers = _unique(
            (str(int(o.code)), o) for o in options if o.code and o.code.isascii() and o.code.isdigit()
        )
        self._whole = [(label(name), option) for option in options for name in (option.label_pl, option.label_en)]

    def find(self, text: str) -> Option | None:
        """The option that a text names, be it cut off; None where it may be none or several."""
        if len(text) > _LONGEST:
            return None
        called = label(text)
        if option := self._exact.get(called) or self._loose.get(called):
            return option
        if (match := _WHOLE.fullmatch(called)) and (option := self._numbers.get(str(int(match["whole"])))):
            return option
        return self._cut_off(text)

    def _cut_off(self, text: str) -> Option | None:
        compared = plain(text)
        match = _CUT.fullmatch(compared)
        if not match and len(text.encode()) not in _BYTES and len(text) not in _BYTES:
            return None
        begin = match["begin"] if match else compared
        found = {option.option_id: option for name, option in self._whole if name.startswith(begin)}
        return next(iter(found.values())) if len(found) == 1 else None


def _names(option: Option) -> list[str]:
    return [name for name in (option.code, option.label_pl, option.label_en) if name]


def _other_names(option: Option, options: Sequence[Option]) -> list[str]:
    """Code and label together; what LimeSurvey writes for further items; yes and no in other words."""
    code = option.code
    names = [f"{code}{between}{name}" for name in (option.label_pl, option.label_en) if code
             for between in (" ", ". ", ": ", " - ", ") ")]  # fmt: skip
    if option.is_other and sum(other.is_other for other in options) == 1:
        names += ["-oth-", "other", "inne"]
    return [*names, *_WORDS.get(plain(option.label_pl), ())]


def _unique(pairs: Iterable[tuple[str, Option]]) -> Mapping[str, Option]:
    """The option by each name that is one option's only."""
    grouped: defaultdict[str, dict[str, Option]] = defaultdict(dict)
    for name, option in pairs:
        grouped[name][option.option_id] = option
    return {name: next(iter(options.values())) for name, options in grouped.items() if len(options) == 1}
