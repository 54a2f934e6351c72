"""A whole delivery of made-up answers, written to a folder by the edition's codebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ingestion.codebook import Codebook, load_codebook
from ingestion.identity import Alias, write_rows
from ingestion.synthetic import SYNTHETIC_NOTICE
from sample.answers import Answers, draw_answers, resample
from sample.calibration import load_calibration
from sample.names import invent_coordinators, invent_names
from sample.profile import draw_profile, replace_real
from sample.write import metadata, write_csv, write_workbook


def _rows(codebook: Codebook, name: str, head: list[str], ids: list[str], answers: Answers) -> Iterator[list[object]]:
    survey = codebook.surveys[name]
    columns = [
        answers[question.question_id, option.option_id if option else None]
        for _, question, option in codebook.answer_columns(name)
    ]
    for index, cluster_id in enumerate(ids):
        meta = metadata(codebook, survey, index + 1, cluster_id, str(answers["cluster_name", None][index]))
        yield [*(meta[column] for column in head), *(column[index] for column in columns)]


def write_sample(
    out: Path, who_is_who: Path, edition_id: int = 2024, clusters: int = 42, seed: int = 2024
) -> list[Path]:
    """Write the files of a delivery of `clusters` fictitious clusters into `out` (made if need be); returns them.

    The names of the clusters go into the alias file in the folder `who_is_who`.

    With as many clusters as the edition had, the published figures hold for any seed; another number is drawn from
    the same clusters and only obeys the codebook. Equal arguments give equal bytes.
    Raises CalibrationMissing for an edition without published figures, ValueError for fewer than one cluster.
    """
    if clusters < 1:
        raise ValueError(f"A sample needs at least 1 cluster, not {clusters}")
    calibration = load_calibration(edition_id)
    codebook = load_codebook(edition_id)
    rng = np.random.default_rng([edition_id, seed])
    answers = draw_answers(codebook, calibration, draw_profile(calibration, codebook, rng), rng)
    if clusters != calibration.clusters:
        answers = resample(answers, codebook, clusters, rng)
    places = replace_real(
        calibration,
        answers["members", None],
        answers["founded_year", None],
        answers["pkd_division", None],
        answers["voivodeship", None],
    )
    answers["voivodeship", None] = places
    taken = [row["name"] for row in calibration.real_clusters]
    industry_of = {option.label_pl: option.option_id for option in codebook.options_of["industry"]}
    industries = [industry_of[label] for label in answers["industry", None]]
    answers["cluster_name", None] = np.array(invent_names(industries, taken, rng), object)
    answers["coordinator_name", None] = np.array(invent_coordinators(clusters, rng), object)
    ids = [f"K{number:0{max(3, len(str(clusters)))}d}" for number in range(1, clusters + 1)]
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, survey in codebook.surveys.items():
        named = [survey.respondent_column, *survey.metadata_columns, survey.edition_column]
        head = list(dict.fromkeys([*named, survey.cluster_column, survey.data_kind_column]))
        headers = [*head, *(header for header, _, _ in codebook.answer_columns(name))]
        path = out / survey.file_pattern.replace("*", f"{edition_id}_{codebook.synthetic_data_kind}")
        write = write_csv if survey.format == "csv" else write_workbook
        write(path, survey, headers, _rows(codebook, name, head, ids, answers))
        paths.append(path)
    aliases = [
        Alias(name=str(name), cluster_id=cluster_id, from_edition=edition_id, note=SYNTHETIC_NOTICE)
        for name, cluster_id in zip(answers["cluster_name", None], ids, strict=True)
    ]
    write_rows(who_is_who / "aliases.csv", aliases, Alias)
    return paths
