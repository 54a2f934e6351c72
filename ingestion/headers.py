"""Which column of the codebook a delivered header means: spelled otherwise, as LimeSurvey does, or cut off."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from ingestion.codebook import Codebook, Option, Question, Survey
from ingestion.wording import plain

AnswerColumn = tuple[str, Question, Option | None]

# What stands where a program has cut a header off, and at how many bytes or letters others cut it without a sign.
_CUT = re.compile(r"\s*\.{2,}\s*")
_LEAST_LETTERS = 4
_SPSS_BYTES = range(61, 65)  # 64, or somewhat fewer: a letter is never cut in two
_LETTERS = (64, 128, 255, 256)
# How pandas writes a header that stands twice.
_REPEATED = re.compile(r"(.+)\.\d+")


@dataclass(frozen=True)
class Matched:
    """The headers of a file as the codebook has them; those that it does not know as delivered.

    `delivered` are those that are spelled otherwise, as they stand in the file, by the codebook's header. The columns
    at the places `unread` are personal, or of those that the survey ignores: `ignored` are their headers.
    """

    headers: tuple[str, ...]
    delivered: Mapping[str, str]
    ignored: tuple[str, ...]
    unread: frozenset[int]


class KnownHeaders:
    """The headers that a survey's file may have: what is delivered in another spelling is found if it can mean one.

    Without the columns of its answers, those about the response and the personal ones are known all the same.
    """

    def __init__(self, survey: Survey, answers: Iterable[AnswerColumn] = ()) -> None:
        self.survey, self.answers = survey, tuple(answers)
        self.personal = frozenset(survey.personal_columns)
        named = (*survey.head_columns, *survey.personal_columns, *(header for header, *_ in self.answers))
        self.expected = tuple(dict.fromkeys(named))
        self._exact = frozenset(self.expected)

    def match(self, delivered: Sequence[str]) -> Matched:
        """What each delivered header means; one that fits several columns is left as it is, and so is unknown."""
        headers = list(delivered)
        ignored, unread = [], set()
        for place, header in enumerate(delivered):
            meant = self._meant(header)
            if len(meant) == 1:
                headers[place] = next(iter(meant))
            if meant & self.personal:  # also where it could mean another column: rather too little is read
                unread.add(place)
            elif not meant and self._is_ignored(header):
                ignored.append(header)
                unread.add(place)
        for place, header in enumerate(delivered):
            # pandas has numbered a column that stands twice: it is the same as the first.
            if header not in self._exact and (repeated := _REPEATED.fullmatch(header)):
                meant = self._meant(repeated[1])
                if headers[place] == header and len(meant) == 1 and next(iter(meant)) in headers:
                    headers[place] = next(iter(meant))
                    unread |= {place} if meant & self.personal else set()
        # Which of two columns is meant is not for us to say: they are told as standing twice.
        twice = {header for header, count in Counter(headers).items() if count > 1}
        pairs = zip(headers, delivered, strict=True)
        other = {known: as_is for known, as_is in pairs if known != as_is and known not in twice}
        return Matched(tuple(headers), other, tuple(ignored), frozenset(unread))

    def n_known(self, line: Iterable[str]) -> int:
        """How many headers of the survey stand in a line, in whatever spelling: what tells its header row."""
        return len(frozenset().union(*(meant for text in line if text and len(meant := self._meant(text)) == 1)))

    def _meant(self, header: str) -> frozenset[str]:
        """The codebook's headers that a delivered one may mean, by the closest likeness under which it means any."""
        if header in self._exact:
            return frozenset((header,))
        text = plain(header)
        if not text:
            return frozenset()
        found = self._plain.get(text) or self._spelled.get(text)
        return found if found else self._cut_off(header, text)

    def _cut_off(self, header: str, text: str) -> frozenset[str]:
        """The headers that begin (and, after dots, end) as a delivered one does, if it looks cut off."""
        begin, *ends = _CUT.split(text, maxsplit=1)
        end = ends[0] if ends else ""
        is_long = len(header.encode()) in _SPSS_BYTES or len(header) in _LETTERS
        if not (is_long if not ends else len(begin) >= _LEAST_LETTERS):
            return frozenset()
        return frozenset(
            known
            for spelling, meant in chain(self._plain.items(), self._spelled.items())
            if spelling.startswith(begin) and spelling.endswith(end) and len(spelling) > len(begin) + len(end)
            for known in meant
        )

    def _is_ignored(self, header: str) -> bool:
        text = plain(header)
        return text in self._beside or any(
            text == pattern or (pattern.endswith("*") and text.startswith(pattern[:-1])) for pattern in self._ignored
        )

    @cached_property
    def _plain(self) -> dict[str, frozenset[str]]:
        return _grouped((plain(header), header) for header in self.expected)

    @cached_property
    def _spelled(self) -> dict[str, frozenset[str]]:
        """The codebook's header by each way that LimeSurvey may spell it."""
        positions: defaultdict[str, int] = defaultdict(int)
        pairs = []
        for header, question, option in self.answers:
            positions[question.question_id] += 1
            pairs += [(plain(text), header) for text in _spellings(question, option, positions[question.question_id])]
        return _grouped(pairs)

    @cached_property
    def _ignored(self) -> tuple[str, ...]:
        return tuple(map(plain, self.survey.ignored_columns))

    @cached_property
    def _beside(self) -> frozenset[str]:
        """What LimeSurvey exports beside a question: how long it took, remarks, and the text of `other`."""
        named = {name for _, question, _ in self.answers for name in (question.header, *_wordings(question))}
        questions = [f"{name}{suffix}" for name in named for suffix in ("Time", "[comment]", " [Komentarz]")]
        questions += [
            f"{name}{suffix}" for name in named for suffix in (" [Comment]", "[other]", " [Inne]", " [Other]")
        ]
        options = [
            f"{header}{suffix}" for header, *_ in self.answers for suffix in ("comment", "_comment", "[comment]")
        ]
        options += [
            f"{spelling.removesuffix(']')}comment]"
            for _, question, option in self.answers
            if option
            for spelling in (f"{question.header}[{code}]" for code in _codes(question, option, option.position))
        ]
        return frozenset(map(plain, (*questions, *options)))


def known_headers(codebook: Codebook, survey: str) -> KnownHeaders:
    """The headers of one survey of an edition, its answers' among them."""
    return KnownHeaders(codebook.surveys[survey], codebook.answer_columns(survey))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for text, header in pairs:
        grouped[text].add(header)
    return {text: frozenset(headers) for text, headers in grouped.items()}


def _wordings(question: Question) -> tuple[str, ...]:
    return (question.wording_pl, question.wording_en)


def _spellings(question: Question, option: Option | None, position: int) -> Iterator[str]:
    """How LimeSurvey may head a column: by the question's code, its text, or both, and by the option's."""
    code = question.header
    if option is None:
        for wording in _wordings(question):
            yield from (wording, f"{code}. {wording}", f"{code}: {wording}", f"{code} {wording}", f"{code} - {wording}")
        return
    own = [f"{code}[{each}]" for each in _codes(question, option, position)]
    yield from own
    yield from (f"{code}_{each}" for each in _codes(question, option, position))
    for wording, label in zip(_wordings(question), (option.label_pl, option.label_en), strict=True):
        # A column of a repeated question may be headed by its option alone.
        yield from (f"{code} [{label}]", f"{wording} [{label}]", f"[{label}]", f"{code}[{label}]")
        yield from (f"{code}. {wording} [{label}]", f"{code}: {wording} [{label}]")
        yield from (f"{each}. {wording} [{label}]" for each in own)


def _codes(question: Question, option: Option, position: int) -> tuple[str, ...]:
    """The codes that LimeSurvey may have for an option: its own, else SQ001 by its place; of further items `other`."""
    suffix = str(option.header or "").removeprefix(f"{question.header}_") if option.header else ""
    own = [code for code in (option.code, suffix if suffix != option.header else "") if code]
    if option.is_other:
        return (*own, "other", "inne")
    return tuple(own) if option.code else (*own, option.option_id, f"SQ{position:03d}", f"SQ{position:02d}")
