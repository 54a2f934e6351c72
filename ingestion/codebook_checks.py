"""Whether a codebook contradicts itself: names that stand for nothing, headers that stand for two things …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ingestion.beside import check_beside
from ingestion.framework import check_conformance, check_nodes, check_rules, check_taxonomy, framework_path
from ingestion.rows import AnyRow, CodebookError, check_unique

if TYPE_CHECKING:
    from ingestion.codebook import Codebook


def check_codebook(codebook: Codebook, folder: Path, root: Path) -> None:
    """Raise CodebookError, naming file and row, when the codebook in `folder` (of `root`) contradicts itself."""
    _check_references(codebook, folder)
    _check_framework(codebook, folder, root)
    check_beside(
        folder,
        codebook.bands,
        codebook.confirmations,
        codebook.characteristics,
        codebook.questions,
        codebook.options_of,
        codebook.surveys,
    )


def _check_headers(codebook: Codebook, folder: Path) -> None:
    """Raise CodebookError when a header stands for two things.

    The columns that name the respondent and the cluster may hold an answer too: they are read for both.
    """
    rows = {(question.question_id, None): f"questions.csv, row {row}" for row, question in _rows(codebook.questions)}
    rows |= {(o.question_id, o.option_id): f"options.csv, row {row}" for row, o in _rows(codebook.options)}
    for name, survey in codebook.surveys.items():
        if both := sorted(set(survey.personal_columns) & set(survey.head_columns)):
            raise CodebookError(
                f"{folder / 'edition.yml'}, survey {name}: {both[0]!r} is personal, so it is never read, and cannot be "
                "a column about the response"
            )
        about = (survey.edition_column, survey.data_kind_column, *survey.metadata_columns, *survey.personal_columns)
        taken = dict.fromkeys(about, f"edition.yml, survey {name}")
        for header, question, option in codebook.answer_columns(name):
            place = rows[question.question_id, option.option_id if option else None]
            if header in taken:
                raise CodebookError(f"{folder / place}: the header {header!r} stands already in {taken[header]}")
            taken[header] = place


def _rows(items: Sequence[AnyRow]) -> Iterator[tuple[int, AnyRow]]:
    """The rows of a file with their numbers in it; the header is row 1."""
    return enumerate(items, start=2)


def _check_references(codebook: Codebook, folder: Path) -> None:
    def refuse(file: str, row: int, reason: str) -> NoReturn:
        raise CodebookError(f"{folder / file}, row {row}: {reason}")

    check_unique(folder / "questions.csv", [question.question_id for question in codebook.questions])
    check_unique(folder / "options.csv", [f"{option.question_id}/{option.option_id}" for option in codebook.options])
    questions = {question.question_id: question for question in codebook.questions}
    for row, option in _rows(codebook.options):
        if option.question_id not in questions:
            refuse("options.csv", row, f"{option.question_id!r} is not a question")
        if option.survey != (survey := questions[option.question_id].survey):
            refuse("options.csv", row, f"{option.question_id} is asked in survey {survey}, not {option.survey}")
        if questions[option.question_id].has_column_per_option and not option.header:
            refuse("options.csv", row, f"option {option.option_id} of {option.question_id} needs a header")
        if questions[option.question_id].type in ("integer", "number") and option.value is None:
            lacks = f"option {option.option_id} of {option.question_id}, a class of numbers, needs its lowest as value"
            refuse("options.csv", row, lacks)
    for row, question in _rows(codebook.questions):
        asked, condition = question.question_id, question.asked_if_question
        if question.survey not in codebook.surveys:
            known = ", ".join(codebook.surveys)
            refuse("questions.csv", row, f"{asked} is of survey {question.survey!r}; edition.yml knows {known}")
        if question.type == "text" and codebook.surveys[question.survey].respondents == "members":
            refuse("questions.csv", row, f"{asked} is a text of a member, which would be published: make it free_text")
        if question.type in ("single_choice", "multiple_choice", "level") and not codebook.options_of[asked]:
            refuse("questions.csv", row, f"{asked} is a {question.type}, but options.csv has no option of it")
        if condition and condition not in questions:
            refuse("questions.csv", row, f"{asked} depends on {condition!r}, which is not a question")
        if condition:
            options = {option.option_id for option in codebook.options_of[condition]}
            if unknown := sorted(set((question.asked_if_option or "").split(";")) - options):
                refuse(
                    "questions.csv", row, f"{asked} depends on {unknown[0]!r}, which is not an option of {condition}"
                )
    _check_headers(codebook, folder)
    for row, total in _rows(codebook.totals):
        for question_id in (*total.part_question_ids.split(";"), total.whole_question_id):
            if question_id not in questions:
                refuse("totals.csv", row, f"{question_id!r} is not a question")
    lister = [name for name, survey in codebook.surveys.items() if survey.lists_clusters]
    name = questions.get("cluster_name")
    for survey_name, survey in codebook.surveys.items():
        if survey.respondents == "members" and (survey.enters_benchmark or survey.lists_clusters):
            raise CodebookError(
                f"{folder / 'edition.yml'}, survey {survey_name}: its respondents are members, several of a cluster, "
                "so it must say `enters_benchmark: false` and cannot list the clusters"
            )
    if len(lister) != 1 or name is None or name.survey != lister[0]:
        raise CodebookError(
            f"{folder / 'edition.yml'}: one survey must say `lists_clusters: true` and ask the question cluster_name, "
            f"by which clusters are known; found {', '.join(lister) or 'none'}"
        )


def _check_framework(codebook: Codebook, folder: Path, root: Path) -> None:
    check_nodes(framework_path(root, codebook.settings.framework_id), codebook.nodes)
    check_nodes(framework_path(root, codebook.settings.conforms_to), codebook.today_nodes)
    _check_beside_makes_no_score(codebook, folder)
    questions = {question.question_id for question in codebook.questions}
    check_rules(folder / "rules.csv", codebook.rules, codebook.nodes, questions)
    check_taxonomy(folder, codebook.cuts, codebook.segments, questions | {rule.node_id for rule in codebook.rules})
    check_conformance(folder / "conformance.csv", codebook.conformance, codebook.nodes, codebook.today_nodes)


def _check_beside_makes_no_score(codebook: Codebook, folder: Path) -> None:
    """Raise CodebookError when an indicator or a cut is made of a survey that does not enter the benchmark."""
    beside = {
        question.question_id: question.survey
        for question in codebook.questions
        if not codebook.surveys[question.survey].enters_benchmark
    }
    uses = [("rules.csv", row, rule.node_id, question) for row, rule in _rows(codebook.rules)
            for question in rule.question_ids]  # fmt: skip
    uses += [("cuts.csv", row, f"cut {cut.cut_id}", cut.attribute or "") for row, cut in _rows(codebook.cuts)]
    for file, row, use, question_id in uses:
        if question_id in beside:
            raise CodebookError(
                f"{folder / file}, row {row}: {use} is made of {question_id!r}, a question of survey "
                f"{beside[question_id]}, which says `enters_benchmark: false`: its answers may change no score"
            )
