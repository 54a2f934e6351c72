"""A release names the code that made it: another codebook is another version, wherever the codebooks are."""

from __future__ import annotations

import pytest

from ingestion.codebook import FOLDER_VARIABLE, CodebookError, codebooks_folder, editions, load_codebook
from orchestration.code_version import code_version
from orchestration.loading import Installation
from orchestration.paths import PROJECT, Home


def test_the_variable_names_the_folder_that_every_default_takes(codebooks, tmp_path, monkeypatch) -> None:
    assert codebooks_folder() == PROJECT / "ingestion" / "codebooks"
    monkeypatch.setenv(FOLDER_VARIABLE, str(codebooks))
    assert codebooks_folder() == codebooks
    assert editions() == [1999]
    assert load_codebook(1999).edition_id == 1999
    assert Installation(Home(tmp_path)).codebook(1999).edition_id == 1999


def test_a_folder_that_is_not_there_is_said_with_the_variable(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(CodebookError, match=f"nowhere; {FOLDER_VARIABLE}"):
        editions()


def test_a_changed_codebook_is_a_changed_version(codebooks) -> None:
    before = code_version(codebooks)
    assert code_version(codebooks) == before != code_version(codebooks_folder())
    settings = codebooks / "1999" / "edition.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("0.3", "0.4"), encoding="utf-8")
    assert code_version(codebooks) != before


def test_what_the_folder_is_called_does_not_matter(codebooks) -> None:
    before = code_version(codebooks)
    assert code_version(codebooks.rename(codebooks.with_name("moved"))) == before
