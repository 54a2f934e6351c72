"""A small delivery of a coming edition: a dozen fictitious clusters, whose answers follow from their number."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import Workbook

from ingestion.codebook import Codebook, Option, Question, Survey
from ingestion.synthetic import SYNTHETIC_NOTICE

N = 12

# What cannot simply be the cluster's number: wholes are larger than their parts, and years are years.
GIVEN: Mapping[str, Callable[[int], object]] = {
    "founded_year": lambda i: 2000 + i,
    "age_counts_from": lambda i: 2000 + i,
    "members": lambda i: 20 + 30 * i,
    "enterprises": lambda i: 15 + 4 * i,
    "employment_all_members": lambda i: 1000 + 100 * i,
    "employment_enterprises": lambda i: 900 + 10 * i,
    "pkd_division": lambda i: str(10 + i),
}


class MadeUpDelivery:
    """Answers by cluster and question; `answers` of a question replace what follows from the cluster's number."""

    def __init__(self, codebook: Codebook, names: list[str], answers: Mapping[str, Callable[[int], object]]) -> None:
        self.codebook, self.names = codebook, names
        self.answers = {**GIVEN, **answers, "cluster_name": lambda i: names[i]}

    def write(self, folder: Path) -> None:
        """Write the file of each survey, as its entry in the codebook describes it."""
        folder.mkdir(parents=True)
        for name, survey in self.codebook.surveys.items():
            path = folder / survey.file_pattern.replace("*", f"{self.codebook.edition_id}_syntetyczne")
            head = (*survey.head_columns, *survey.personal_columns)
            columns = list(self.codebook.answer_columns(name))
            lines = [[*head, *(header for header, _, _ in columns)]]
            for i in range(len(self.names)):
                meta = [self._head(survey, column, i) for column in head]
                lines.append([*meta, *(self._answer(i, question, option) for _, question, option in columns)])
            (self._write_csv if survey.format == "csv" else self._write_workbook)(path, survey, lines)

    def _head(self, survey: Survey, column: str, i: int) -> object:
        known = {
            survey.data_kind_column: self.codebook.synthetic_data_kind,
            survey.edition_column: str(self.codebook.edition_id),
            survey.respondent_column: f"R{i:02d}",
            survey.cluster_column: f"c{i:02d}",
        }
        if survey.finished_statuses:
            known |= {survey.status_column: survey.finished_statuses[0]}
        return known.get(column, "-")

    def _chosen(self, i: int, question: Question) -> Option:
        options = self.codebook.options_of[question.question_id]
        return options[i % len(options)]

    def _is_ticked(self, i: int, option: Option) -> bool:
        return not option.is_other and option.position <= i + 1

    def _is_asked(self, i: int, question: Question) -> bool:
        if not question.asked_if_question:
            return True
        wanted = str(question.asked_if_option).split(";")
        asked = next(q for q in self.codebook.questions if q.question_id == question.asked_if_question)
        if asked.type == "single_choice":
            return self._chosen(i, asked).option_id in wanted
        return any(
            option.option_id in wanted and self._is_ticked(i, option)
            for option in self.codebook.options_of[asked.question_id]
        )

    def _answer(self, i: int, question: Question, option: Option | None) -> object:
        if not self._is_asked(i, question) or (option and option.is_other):
            return None
        if question.question_id in self.answers:
            return self.answers[question.question_id](i)
        if question.type == "single_choice":
            return self._chosen(i, question).label_pl
        if question.type == "multiple_choice" and option:
            return "1" if self._is_ticked(i, option) else "0"
        if question.type == "level":
            return i % 3
        return "-" if question.type in ("text", "free_text") else i

    @staticmethod
    def _write_csv(path: Path, survey: Survey, lines: list[list[object]]) -> None:
        with path.open("w", encoding=survey.encoding, newline="") as file:
            csv.writer(file, delimiter=str(survey.delimiter)).writerows(lines)

    @staticmethod
    def _write_workbook(path: Path, survey: Survey, lines: list[list[object]]) -> None:
        workbook = Workbook()
        workbook.active.title = survey.sheet
        for line in ([[SYNTHETIC_NOTICE]] * survey.header_row)[1:]:
            workbook.active.append(line)
        for line in lines:
            workbook.active.append(line)
        workbook.save(path)
