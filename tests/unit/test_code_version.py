"""A release names the code that made it: another codebook is another version, wherever the codebooks are."""

from __future__ import annotations

import hashlib
import subprocess

import pytest

from ingestion.codebook import FOLDER_VARIABLE, CodebookError, codebooks_folder, editions, load_codebook
from orchestration.code_version import code_at_work, code_version
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


def test_the_code_at_work_names_the_commit_and_the_lock_of_its_project(codebooks, tmp_path) -> None:
    project = tmp_path / "project"
    (project / "requirements").mkdir(parents=True)
    assert (code_at_work(codebooks, project).git_revision, code_at_work(codebooks, project).lock_sha256) == (None, None)

    other = project.rename(tmp_path / "committed")
    (other / "requirements" / "clusterbench.lock").write_bytes(b"agate==1.9.1")
    git = ["git", "-C", str(other), "-c", "user.name=n", "-c", "user.email=e"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    shown = subprocess.run([*git, "log", "-1", "--format=%H"], check=True, capture_output=True, text=True)
    code = code_at_work(codebooks, other)
    assert code.git_revision == shown.stdout.strip()
    assert code.lock_sha256 == hashlib.sha256(b"agate==1.9.1").hexdigest()
    assert code.version == code_version(codebooks, other)
    assert code.version.startswith(f"{code.git_revision[:12]}-")
