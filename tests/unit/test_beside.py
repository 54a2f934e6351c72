"""What an edition publishes beside its benchmark: optional files, refused with file and row when they are damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from ingestion.codebook import load_codebook
from ingestion.question_map import CODEBOOKS
from ingestion.rows import CodebookError

EDITION = 2010  # the one with nothing beside its benchmark but what a test adds
HEADERS = {
    "bands.csv": "survey,band,position,lower_bound,upper_bound,name_pl,name_en",
    "confirmations.csv": ("question_id,option_ids,coordinator_question_ids,contradicted_at_most,contradicted_at_least"),
}
OPINIONS = {
    "title": "Opinions of members",
    "file_pattern": "ankieta_czlonkow_*.csv",
    "format": "csv",
    "respondent_column": "id_respondenta",
    "cluster_column": "klaster",
    "edition_column": "edycja",
    "data_kind_column": "rodzaj_danych",
    "personal_columns": ["e_mail"],
    "respondents": "members",
    "enters_benchmark": False,
}
QUESTION = "opinions,member_project,1,M1,single_choice,Udział w projekcie,Part in a project,,,,,,,,,,no"
OPTIONS = (
    "opinions,member_project,yes,1,,1,Tak,Yes,,no",
    "opinions,member_project,no,2,,2,Nie,No,,no",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Codebooks of which one edition asks its members a question."""
    root = tmp_path / "codebooks"
    shutil.copytree(CODEBOOKS, root)
    survey_with(root)
    for name, rows in (("questions.csv", (QUESTION,)), ("options.csv", OPTIONS)):
        path = root / str(EDITION) / name
        n_columns = path.read_text(encoding="utf-8").splitlines()[0].count(",")
        path.write_text(
            path.read_text(encoding="utf-8") + "".join(row + "," * (n_columns - row.count(",")) + "\n" for row in rows),
            encoding="utf-8",
        )
    return root


def survey_with(root: Path, **changed: object) -> None:
    """Describe the survey of members in the edition's edition.yml, some of it changed."""
    path = root / str(EDITION) / "edition.yml"
    described = yaml.safe_load(path.read_text(encoding="utf-8"))
    described["surveys"]["opinions"] = OPINIONS | changed
    path.write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")


def add(root: Path, name: str, *rows: str) -> None:
    """Add rows to a file of the edition, made with its header when it is not there."""
    path = root / str(EDITION) / name
    text = path.read_text(encoding="utf-8") if path.exists() else HEADERS[name] + "\n"
    path.write_text(text + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def refusal(root: Path) -> str:
    """What the edition's codebook is refused with."""
    with pytest.raises(CodebookError) as refused:
        load_codebook(EDITION, root)
    return str(refused.value)


def test_a_codebook_carries_what_its_files_say_and_its_fingerprint_covers_them(root: Path) -> None:
    before = load_codebook(EDITION, root)
    assert before.bands == before.confirmations == ()
    add(root, "bands.csv", "opinions,good,1,1,,dobrze,good")
    add(root, "confirmations.csv", "member_project,yes,cluster_budget_year_1;members,0,0.5")
    after = load_codebook(EDITION, root)
    assert (after.bands[0].lower_bound, after.bands[0].upper_bound) == (1, None)
    assert after.confirmations[0].coordinator_question_ids == "cluster_budget_year_1;members"
    assert after.fingerprint != before.fingerprint


def test_a_band_of_no_survey_is_refused(root: Path) -> None:
    add(root, "bands.csv", "opinions,good,1,1,,dobrze,good", "website,bad,2,,0,źle,bad")
    assert refusal(root).endswith("bands.csv, row 3: 'website' is not a survey of edition.yml")


def test_a_band_there_twice_is_refused(root: Path) -> None:
    add(root, "bands.csv", "opinions,good,1,1,,dobrze,good", "opinions,good,2,,0,źle,bad")
    assert "bands.csv, row 3: opinions/good stands already in row 2" in refusal(root)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("member_projects,yes,members,0,0.5", "'member_projects' is not a question of the edition"),
        ("member_project,perhaps,members,0,0.5", "'perhaps' is not an option of member_project"),
        ("member_project,yes,members;budgets,0,0.5", "'budgets' is not a question of the edition"),
    ],
)
def test_a_confirmation_of_what_was_not_asked_is_refused(root: Path, row: str, expected: str) -> None:
    add(root, "confirmations.csv", row)
    assert refusal(root).endswith(f"confirmations.csv, row 2: {expected}")


@pytest.mark.parametrize("changed", [{"enters_benchmark": True}, {"lists_clusters": True}])
def test_a_survey_of_members_can_neither_make_scores_nor_list_the_clusters(
    root: Path, changed: dict[str, object]
) -> None:
    survey_with(root, **changed)
    assert "survey opinions: its respondents are members" in refusal(root)


def test_no_indicator_is_made_of_a_survey_beside_the_benchmark(root: Path) -> None:
    path = root / str(EDITION) / "rules.csv"
    first = path.read_text(encoding="utf-8").splitlines()[1].split(",")
    path.write_text(path.read_text(encoding="utf-8").replace(first[2], "member_project", 1), encoding="utf-8")
    assert refusal(root) == (
        f"{path}, row 2: {first[0]} is made of 'member_project', a question of survey opinions, "
        "which says `enters_benchmark: false`: its answers may change no score"
    )


def test_no_cut_is_made_by_a_survey_beside_the_benchmark(root: Path) -> None:
    add(root, "cuts.csv", "opinion,9,opinie,opinions,member_project,assumed")
    row = len((root / str(EDITION) / "cuts.csv").read_text(encoding="utf-8").splitlines())
    assert f"cuts.csv, row {row}: cut opinion is made of 'member_project', a question of survey opinions" in refusal(
        root
    )
