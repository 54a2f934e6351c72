"""A home whose members wrote remarks that are easily found again, loaded and published once."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from orchestration.command import main
from orchestration.paths import Home
from tests.installation import made_once

PERSONAL = ("imie_nazwisko", "e_mail")
FREE_TEXT = ("m_dzialalnosc_5", "m_uwagi")  # what else their organisation does, and a remark
# In every person's row, and nowhere else in the home.
NAME, MAIL, OTHER, REMARK = "Zmyślisława", "@zmyslona.example", "gołąb pocztowy Zdzisia", "powiedział Krzychu Zet"
SECRETS = (NAME, MAIL, OTHER, REMARK)


def members_file(home: Home) -> Path:
    """The delivered answers of members, in the inbox."""
    (path,) = (home.inbox / "2024").glob("ankieta_czlonkow_*.csv")
    return path


def member_rows(home: Home) -> list[dict[str, str]]:
    """The delivered rows; the first is row 2 of the file, though a remark may go over two lines."""
    with members_file(home).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def write_members(home: Home, rows: list[dict[str, str]]) -> None:
    """Deliver these rows instead."""
    with members_file(home).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def with_secrets(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with those texts, each numbered like its respondent."""
    secret = []
    for i, row in enumerate(rows, start=1):
        line_break = "\n" if i % 3 == 0 else " "
        person = {"imie_nazwisko": f"{NAME} {i:03d}", "e_mail": f"osoba{i:03d}{MAIL}"}
        texts = {"m_dzialalnosc_5": f"{OTHER} {i:03d}", "m_uwagi": f"{REMARK}{line_break}{i:03d}"}
        secret.append(row | person | texts)
    return secret


@pytest.fixture(scope="session")
def with_members(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A sample of 8 clusters of 2024 with those texts, loaded and published once. Not to be changed."""

    def make(folder: Path) -> None:
        home = Home(folder / "data")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLUSTERBENCH_HOME", str(home.root))
            assert main(["sample", "--edition", "2024", "--clusters", "8"]) == 0
            write_members(home, with_secrets(member_rows(home)))
            assert main(["load", "2024"]) == 0

    return Home(made_once(tmp_path_factory, "with_members", make) / "data")


@pytest.fixture
def members_home(with_members: Home, tmp_path: Path) -> Home:
    """A copy of that home, to be changed at will."""
    shutil.copytree(with_members.root, tmp_path / "data", symlinks=True)
    return Home(tmp_path / "data")
