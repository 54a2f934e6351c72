"""The kept manifest: definitions are of the dbt project as it is now, and are parsed only when it is another one."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from ingestion.codebook import codebooks_folder
from orchestration.definitions import build_definitions
from orchestration.parsed_project import ParsedProject, fingerprint
from orchestration.paths import Home
from orchestration.transformation import DBT_PROJECT, TransformationFailed

STAGED = Path("models", "staging", "stg_raw__load.sql")


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy of the dbt project, to be changed at will."""
    return Path(shutil.copytree(DBT_PROJECT, tmp_path / "dbt_project"))


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "data")


def assets(home: Home, project: Path) -> set[dg.AssetKey]:
    """The assets of the definitions as the next command would build them."""
    return set(build_definitions(home, codebooks_folder(), project=project).resolve_all_asset_keys())


def test_the_next_definitions_know_a_model_that_was_added_changed_or_removed(home, project) -> None:
    before = assets(home, project)
    model = project / "models" / "marts" / "audit" / "added.sql"
    model.write_text("{{ config(contract={'enforced': false}) }} select 1 as one", encoding="utf-8")
    assert assets(home, project) - before == {dg.AssetKey(["audit", "added"])}
    model.write_text("{{ config(contract={'enforced': false}, alias='renamed') }} select 1 as one", encoding="utf-8")
    node = ParsedProject(project, home.dbt).as_json["nodes"]["model.clusterbench.added"]
    assert node["alias"] == "renamed"
    model.unlink()
    assert assets(home, project) == before
    assert len(list(home.dbt.glob("manifest-*"))) == 1, "only the manifest of the last state is kept"


def test_definitions_of_an_unchanged_project_need_no_parse(home, project) -> None:
    before = assets(home, project)
    shutil.rmtree(home.dbt / "logs")
    (home.dbt / "partial_parse.msgpack").unlink()
    assert assets(home, project) == before
    assert not (home.dbt / "partial_parse.msgpack").exists(), "dbt writes it whenever it parses"


def test_what_was_kept_says_the_same_as_a_parse(home, project) -> None:
    parsed = ParsedProject(project, home.dbt)
    assert parsed.as_json["nodes"].keys() == parsed.manifest.nodes.keys()
    assert ParsedProject(project, home.dbt).as_json == parsed.as_json


def test_a_project_that_changes_before_it_is_built_is_not_built(home, project) -> None:
    parsed = ParsedProject(project, home.dbt)
    (project / STAGED).write_text((project / STAGED).read_text(encoding="utf-8") + "\n-- later", encoding="utf-8")
    with pytest.raises(TransformationFailed, match="changed"):
        _ = parsed.as_json
    assert list(home.dbt.glob("manifest-*")) == []


def test_a_project_that_does_not_parse_keeps_nothing(home, project) -> None:
    (project / STAGED).write_text("select * from {{ ref('nowhere') }}", encoding="utf-8")
    with pytest.raises(TransformationFailed, match="nowhere"):
        _ = ParsedProject(project, home.dbt).as_json
    assert list(home.dbt.glob("manifest-*")) == []


def test_the_fingerprint_tells_every_file_by_its_name_and_content(project) -> None:
    seen = {fingerprint(project)}
    for change in (
        lambda: (project / "seeds" / "trend_measure.csv").write_text("measure\n", encoding="utf-8"),
        lambda: (project / "seeds" / "trend_measure.csv").rename(project / "seeds" / "trend_measures.csv"),
        lambda: (project / "profiles.yml").unlink(),
        lambda: (project / "models" / "new.yml").touch(),
    ):
        change()
        assert fingerprint(project) not in seen
        seen.add(fingerprint(project))
    (project / "target").mkdir()
    (project / "target" / "manifest.json").touch()
    assert fingerprint(project) in seen, "what dbt writes is not a part of the project"
