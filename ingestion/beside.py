"""What an edition publishes beside its benchmark, as data: carried to the warehouse, not interpreted here.

`bands.csv` gives the bands of a survey's sum of points, `confirmations.csv` which answers of members confirm what
their coordinator said, `characteristics.csv` what describes the clusters that took part. An edition without such a
file publishes nothing of the kind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ingestion.rows import CodebookError, Number, Row, Text, check_unique

if TYPE_CHECKING:
    from ingestion.codebook import Option, Question, Survey


class Band(Row):
    """A band of the points that a respondent of the survey can have in all; the bounds are inclusive (none: open)."""

    survey: str
    band: str
    position: int
    lower_bound: Number
    upper_bound: Number
    name_pl: str
    name_en: str


class Confirmation(Row):
    """A question to members that asks what coordinators were asked: `option_ids` (joined by `;`) confirm it.

    The coordinator says so when any of `coordinator_question_ids` (joined by `;`) has a number above 0. They contradict
    each other when the coordinator says so and at most the share `contradicted_at_most` of members confirms it, or
    when the coordinator does not and at least `contradicted_at_least` do.
    """

    question_id: str
    option_ids: str
    coordinator_question_ids: str
    contradicted_at_most: float
    contradicted_at_least: float


class Characteristic(Row):
    """One category of a characteristic of the clusters that took part; or all of them, where answers are categories.

    `count`: the sum of the whole numbers `question_id`, as a share of that of `whole_question_id`. `share`: the same,
    but mean and median are of the clusters' own shares. `any`: the clusters whose number `question_id` is above 0.
    Without a category: `choice`, the clusters that chose each option of `question_id`; `region`, those whose option of
    the question `question_id`, a voivodeship, lies in each NUTS 1 region.
    """

    characteristic: str
    category: Text
    position: int
    kind: Literal["count", "share", "any", "choice", "region"]
    question_id: str
    whole_question_id: Text
    name_pl: str
    name_en: str

    @property
    def has_answers_for_categories(self) -> bool:
        """Whether its categories are what can be answered, rather than a row each."""
        return self.kind in ("choice", "region")


def check_beside(
    folder: Path,
    bands: Sequence[Band],
    confirmations: Sequence[Confirmation],
    characteristics: Sequence[Characteristic],
    questions: Sequence[Question],
    options_of: Mapping[str, Sequence[Option]],
    surveys: Mapping[str, Survey],
) -> None:
    """Raise CodebookError, naming file and row, when a row names a survey, question or option that there is not."""
    asked = {question.question_id: question for question in questions}

    def check(file: str, row: int, found: str, known: Collection[str], what: str) -> None:
        if found not in known:
            raise CodebookError(f"{folder / file}, row {row}: {found!r} is not {what}")

    check_unique(folder / "bands.csv", [f"{band.survey}/{band.band}" for band in bands])
    for row, band in enumerate(bands, start=2):
        check("bands.csv", row, band.survey, surveys, "a survey of edition.yml")
    check_unique(folder / "confirmations.csv", [row.question_id for row in confirmations])
    for row, confirmation in enumerate(confirmations, start=2):
        for question_id in (confirmation.question_id, *confirmation.coordinator_question_ids.split(";")):
            check("confirmations.csv", row, question_id, asked, "a question of the edition")
        known = {option.option_id for option in options_of[confirmation.question_id]}
        for option_id in confirmation.option_ids.split(";"):
            check("confirmations.csv", row, option_id, known, f"an option of {confirmation.question_id}")
    check_unique(folder / "characteristics.csv", [f"{c.characteristic}/{c.position}" for c in characteristics])
    check_unique(folder / "characteristics.csv", [f"{c.characteristic}/{c.category}" for c in characteristics])
    for row, characteristic in enumerate(characteristics, start=2):
        for question_id in filter(None, (characteristic.question_id, characteristic.whole_question_id)):
            check("characteristics.csv", row, question_id, asked, "a question of the edition")
            if surveys[asked[question_id].survey].respondents != "clusters":
                raise CodebookError(
                    f"{folder / 'characteristics.csv'}, row {row}: {question_id} is not asked of clusters"
                )
        _check_kind(folder / "characteristics.csv", row, characteristic, asked)


def _check_kind(path: Path, row: int, characteristic: Characteristic, asked: Mapping[str, Question]) -> None:
    """Raise CodebookError when the row lacks what its kind needs, or its questions are of another type."""
    kind, whole = characteristic.kind, characteristic.whole_question_id
    if characteristic.has_answers_for_categories == (characteristic.category is not None):
        must = "have no category: it takes those of the answers" if characteristic.category else "name its category"
        raise CodebookError(f"{path}, row {row}: a {kind} must {must}")
    if (kind in ("count", "share")) != (whole is not None):
        raise CodebookError(f"{path}, row {row}: a {kind} must {'have no' if whole else 'have a'} whole_question_id")
    types = {"choice": ("single_choice", "multiple_choice"), "region": ("single_choice",)}.get(kind, ("integer",))
    for question_id in filter(None, (characteristic.question_id, whole)):
        if asked[question_id].type not in types:
            raise CodebookError(
                f"{path}, row {row}: {question_id} is a question of type {asked[question_id].type}; "
                f"a {kind} needs {' or '.join(types)}"
            )
