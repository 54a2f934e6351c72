"""A small survey of members in the 2024 edition's codebook, answered by made-up persons of the sample's clusters."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ingestion.codebook import FOLDER_VARIABLE, codebooks_folder
from orchestration.command import main
from orchestration.paths import Home

SURVEY = """  member_opinion:
    title: Opinions of members
    file_pattern: "opinie_*.csv"
    format: csv
    encoding: cp1250
    delimiter: ";"
    header_row: 1
    respondent_column: nr
    cluster_column: klaster
    edition_column: edycja
    data_kind_column: rodzaj_danych
    personal_columns: [osoba, mail]
    respondents: members
    enters_benchmark: false
"""
QUESTIONS = [
    {"question_id": "member_join", "position": "1", "header": "O1", "type": "single_choice"},
    {"question_id": "member_tools", "position": "2", "header": "O2", "type": "multiple_choice"},
    {
        "question_id": "member_amount",
        "position": "3",
        "header": "O3",
        "type": "number",
        "unit": "zł",
        "multiplier": "1",
    },
    {"question_id": "member_remark", "position": "4", "header": "O4", "type": "free_text"},
]
OPTIONS = [
    {"question_id": "member_join", "option_id": "yes", "position": "1", "code": "1", "label_pl": "tak"},
    {"question_id": "member_join", "option_id": "no", "position": "2", "code": "2", "label_pl": "nie"},
    {"question_id": "member_tools", "option_id": "mail", "position": "1", "header": "O2_1", "label_pl": "poczta"},
    {"question_id": "member_tools", "option_id": "other", "position": "2", "header": "O2_inne", "label_pl": "inne"},
]
HEADERS = ["nr", "klaster", "edycja", "rodzaj_danych", "osoba", "mail", "O1", "O2_1", "O2_inne", "O3", "O4"]

# In every person's row, and nowhere else in the home.
NAME, MAIL, OTHER, REMARK = "Zmyślisława", "@zmyslona.example", "gołąb pocztowy Zdzisia", "powiedział Krzychu Zet"
SECRETS = (NAME, MAIL, OTHER, REMARK)
PER_CLUSTER = 5


def _append(path: Path, rows: list[dict[str, str]], **common: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        names = list(csv.DictReader(file).fieldnames or ())
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, names, restval="", lineterminator="\n").writerows(common | row for row in rows)


def describe_members(codebooks: Path) -> None:
    """Add the survey to the 2024 codebook of a folder."""
    folder = codebooks / "2024"
    settings = folder / "edition.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("# The value of the data kind", SURVEY + "# The value of the data kind", 1))
    common = {"survey": "member_opinion", "required": "no", "wording_pl": "Pytanie", "wording_en": "Question"}
    _append(folder / "questions.csv", QUESTIONS, **common)
    options = [row | {"label_en": row["label_pl"], "is_other": "no"} for row in OPTIONS]
    options[-1]["is_other"] = "yes"
    _append(folder / "options.csv", options, survey="member_opinion")


def member_rows(home: Home) -> list[list[str]]:
    """The answers of five members of each cluster of the register; every third remark goes over two lines."""
    (register,) = (home.inbox / "2024").glob("rejestr_klastrow_*.xlsx")
    lines = list(load_workbook(register).worksheets[0].iter_rows(min_row=3, values_only=True))
    place = lines[0].index("Identyfikator klastra")
    clusters = [str(line[place]) for line in lines[1:] if line[place]]
    rows = []
    for i, cluster in enumerate(clusters * PER_CLUSTER):
        remark = f"{REMARK}{chr(10) if i % 3 == 0 else ' '}{i:03d}"
        person = [f"{NAME} {i:03d}-ska", f"osoba{i:03d}{MAIL}"]
        rows.append(
            [f"M{i:03d}", cluster, "2024", "syntetyczne", *person, "12"[i % 2], "1", f"{OTHER} {i:03d}", str(i), remark]
        )
    return rows


def write_members(home: Home, rows: list[list[str]]) -> Path:
    """Put the survey's file into the inbox."""
    path = home.inbox / "2024" / "opinie_2024_syntetyczne.csv"
    with path.open("w", encoding="cp1250", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADERS, *rows])
    return path


@pytest.fixture(scope="session")
def members_codebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The codebooks with the survey of members. Not to be changed."""
    folder = shutil.copytree(codebooks_folder(), tmp_path_factory.mktemp("codebooks") / "codebooks")
    describe_members(folder)
    return folder


@pytest.fixture(scope="session")
def with_members(built: Home, members_codebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a delivery of 2024 with members, loaded and published once. Not to be changed."""
    home = Home(tmp_path_factory.mktemp("members") / "data")
    shutil.copytree(built.inbox, home.inbox)
    shutil.copytree(built.clusters, home.clusters)
    write_members(home, member_rows(home))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERBENCH_HOME", str(home.root))
        patch.setenv(FOLDER_VARIABLE, str(members_codebooks))
        assert main(["load", "2024"]) == 0
    return home


@pytest.fixture
def members_home(with_members: Home, members_codebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of that home, to be changed at will; the commands of the test use its codebooks."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(members_codebooks))
    shutil.copytree(with_members.root, tmp_path / "data", symlinks=True)
    return Home(tmp_path / "data")
