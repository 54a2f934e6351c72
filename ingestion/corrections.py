"""Corrections as data: a file per edition that a person writes and reviews, `corrections/<edition>.csv`.

What a line says is settled here (is there such a question, can the new value be read); whether it still applies is
settled in the warehouse, where the value before can be seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ingestion.codebook import Codebook
from ingestion.correction_file import Correction, CorrectionFile, LineProblem
from ingestion.rows import CodebookError


class CorrectionsRefused(Exception):
    """A corrections file says something it cannot mean; `problems` lists everything found, nothing was built."""

    def __init__(self, problems: Sequence[LineProblem | str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(problems, 1))
        super().__init__(f"The corrections are refused, so nothing was built:\n{lines}")


def read_corrections(
    folder: Path, codebooks: Sequence[Codebook], known_editions: Collection[int]
) -> tuple[Correction, ...]:
    """The corrections of the editions of `codebooks`, from the files of `folder`; without a file there are none.

    A file of an edition that was not delivered yet waits. Raises CorrectionsRefused with every problem of every file.
    """
    by_edition = {str(codebook.edition_id): codebook for codebook in codebooks}
    known = {str(edition) for edition in known_editions}
    corrections: list[Correction] = []
    problems: list[LineProblem | str] = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in known:
            expected = f"a file for each edition: {', '.join(f'{edition}.csv' for edition in sorted(known))}"
            hint = "Name the file after its edition, or take it out."
            problems.append(
                LineProblem(str(path), None, None, "there is no such edition", repr(path.name), expected, hint)
            )
        if path.stem not in by_edition:
            continue
        file = CorrectionFile(path, by_edition[path.stem])
        try:
            corrections += file.read()
        except CodebookError as error:
            problems.append(str(error))
        problems += sorted(file.problems, key=lambda problem: (problem.row or 0, problem.column or ""))
    if problems:
        raise CorrectionsRefused(problems)
    return tuple(corrections)


def check_clusters(corrections: Sequence[Correction], folder: Path, clusters: Mapping[int, Collection[str]]) -> None:
    """Check that the corrected clusters are in the delivery of their edition (`clusters` by edition).

    A withdrawn correction may outlive its cluster. Raises CorrectionsRefused.
    """
    problems = [
        LineProblem(
            str(folder / f"{correction.edition_id}.csv"),
            correction.row_number,
            "cluster_id",
            "the cluster is not in the delivery",
            repr(correction.cluster_id),
            f"one of the {len(clusters.get(correction.edition_id, ()))} clusters delivered",
            "Take the id from clusters/aliases.csv, or withdraw the correction.",
        )
        for correction in corrections
        if correction.status != "withdrawn" and correction.cluster_id not in clusters.get(correction.edition_id, ())
    ]
    if problems:
        raise CorrectionsRefused(sorted(problems, key=lambda problem: (problem.file, problem.row or 0)))
