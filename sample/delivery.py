"""Whole deliveries of made-up answers, written by the editions' codebooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from ingestion.codebook import Codebook, Option, Question, Survey
from sample.answers import Answers, step_of
from sample.calibration import CalibrationMissing
from sample.identities import check_who_is_who, write_who_is_who
from sample.world import World, sample_editions
from sample.write import Cell, Sheet, write_files

SEED = 2024


def write_samples(
    folders: Mapping[int, Path], who_is_who: Path, clusters: int | None = None, seed: int = SEED
) -> list[Path]:
    """Write a delivery of each edition into its folder (made if need be); returns the files.

    All are of one world of fictitious clusters. Their names, mergers and splits are added to the files in the folder
    `who_is_who`. With `clusters` None each edition is as large as it was, and its published figures hold for any seed;
    another number only obeys the codebooks. Equal arguments give equal bytes.
    Before anything is written: raises CalibrationMissing for an edition of which nothing is known, ValueError for
    fewer than one cluster, RealClusters where `who_is_who` holds clusters that are not made up.
    """
    if clusters is not None and clusters < 1:
        raise ValueError(f"A sample needs at least 1 cluster, not {clusters}")
    if missing := sorted(set(folders) - set(sample_editions())):
        raise CalibrationMissing(
            f"No sample can be made of edition {missing[0]}: it needs a codebook, and published figures in "
            f"sample/calibration/{missing[0]}; editions that have both: {', '.join(map(str, sample_editions()))}"
        )
    check_who_is_who(who_is_who)
    world = World(seed)
    paths: list[Path] = []
    numbers: set[int] = set()
    for edition_id, folder in sorted(folders.items()):
        codebook = world.codebooks[edition_id]
        delivered, answers = world.delivered(edition_id, clusters)
        sheets = [_survey_sheet(world, edition_id, name, answers) for name in codebook.surveys]
        paths += write_files(folder, f"{edition_id}_{codebook.synthetic_data_kind}", sheets)
        numbers |= set(delivered)
    write_who_is_who(who_is_who, numbers)
    return paths


def write_sample(
    out: Path, who_is_who: Path, edition_id: int, clusters: int | None = None, seed: int = SEED
) -> list[Path]:
    """Write the delivery of one edition into `out`; as `write_samples`."""
    return write_samples({edition_id: out}, who_is_who, clusters, seed)


def _survey_sheet(world: World, edition_id: int, name: str, answers: Answers) -> Sheet:
    codebook, clusters = world.codebooks[edition_id], answers["cluster_name", None]
    if codebook.surveys[name].respondents == "clusters":
        return _sheet(codebook, name, clusters, np.arange(len(clusters)), answers)
    members = world.opinions(edition_id, name, answers)
    return _sheet(codebook, name, clusters, members.cluster, members.answers)


def _sheet(codebook: Codebook, name: str, clusters: np.ndarray, whose: np.ndarray, answers: Answers) -> Sheet:
    """The sheet of a survey whose respondents are of the clusters `whose` (an index into the names)."""
    survey = codebook.surveys[name]
    head = _head(codebook, survey, clusters, whose)
    columns: dict[str, list[Cell]] = dict(head)
    labels: dict[str, dict[int, str]] = {}
    for header, question, option in codebook.answer_columns(name):
        cells = answers[question.question_id, option.option_id if option else None]
        if header not in head:
            columns[header] = [_cell(codebook, question, option, cell) for cell in cells]
            labels[header] = _labels(codebook, question, option)
    rows = tuple(zip(*columns.values(), strict=True))
    return Sheet(survey, tuple(columns), rows, {header: known for header, known in labels.items() if known})


def _labels(codebook: Codebook, question: Question, option: Option | None) -> dict[int, str]:
    """The texts that stand for numbers in a column."""
    if question.type == "single_choice":
        return {option.position: option.label_pl for option in codebook.options_of[question.question_id]}
    if question.type == "multiple_choice" and option is not None and not option.is_other:
        return {0: codebook.unticked[0], 1: codebook.ticked[0]}
    return {}


def _cell(codebook: Codebook, question: Question, option: Option | None, value: object) -> Cell:
    """An answer as it is written, in the unit of the question."""
    if value is None:
        return None
    if question.type == "single_choice":
        chosen = next(o for o in codebook.options_of[question.question_id] if o.option_id == value)
        # Platforms write codes in the columns of a matrix; an SPSS file has its labels.
        if question.item_no and codebook.surveys[question.survey].format != "sav":
            return str(chosen.code)
        return int(str(chosen.code)) if question.reference else chosen.label_pl  # a criterion is met (1) or not (0)
    if isinstance(value, str):
        return value
    if question.type == "multiple_choice":
        return codebook.ticked[0] if value else codebook.unticked[0]
    multiplier = question.multiplier or 1.0
    decimals = 0 if question.type in ("integer", "level") else round(-np.log10(step_of(question) / multiplier))
    number = round(float(value) / multiplier, decimals)  # type: ignore[arg-type]
    return int(number) if number.is_integer() else number


def _head(codebook: Codebook, survey: Survey, names: np.ndarray, whose: np.ndarray) -> dict[str, list[Cell]]:
    """The columns about the response; dates are counted from the edition's year, not from today.

    The contractor numbers the clusters anew in every edition, or knows them by name.
    """
    lists = next(survey for survey in codebook.surveys.values() if survey.lists_clusters)
    asked_name = next(question for question in codebook.questions if question.question_id == "cluster_name")
    by_name = lists.cluster_column == asked_name.header
    person, *addresses = survey.personal_columns or ("",)
    named = (survey.respondent_column, *survey.metadata_columns, *survey.personal_columns, *survey.head_columns)
    columns: dict[str, list[Cell]] = {name: [] for name in named}
    for index, (place, name) in enumerate(zip(whose + 1, names[whose], strict=True), start=1):
        day = date(codebook.edition_id, 9, 2) + timedelta(days=index % 45)
        cluster = str(name) if by_name else f"{codebook.edition_id}-{place:02d}"
        cells: dict[str, Cell] = {
            "data_wyslania": f"{day:%Y-%m-%d} {8 + index % 9:02d}:{index * 7 % 60:02d}:00",
            "jezyk": "pl",
            "status": "kompletna",
            "Nazwa klastra": str(name),
            "Data badania": f"{day:%Y-%m-%d}",
            "Adres strony": f"https://klaster-{index:02d}.example.invalid/",
            person: f"Osoba Zmyślona {index:05d}",
            **dict.fromkeys(addresses, f"osoba.{index:05d}@klaster-{place:02d}.example.invalid"),
            survey.respondent_column: f"R{index:05d}",
            survey.cluster_column: cluster,
            survey.edition_column: str(codebook.edition_id),
            survey.data_kind_column: codebook.synthetic_data_kind,
        }
        for column in columns:
            columns[column].append(cells.get(column))
    return columns
