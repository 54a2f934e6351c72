"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest_plugins = ["tests.installation"]

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@dataclass(frozen=True)
class DbtProject:
    """A copy of the dbt project whose seeds may be changed, and its manifest with and without data tests."""

    path: Path
    target: Path
    manifest: Manifest
    without_data_tests: Manifest


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test works in the developer's CLUSTERBENCH_HOME."""
    before = os.environ.get("CLUSTERBENCH_HOME")
    home = tmp_path_factory.mktemp("home")
    os.environ["CLUSTERBENCH_HOME"] = str(home)
    yield home
    os.environ.pop("CLUSTERBENCH_HOME")
    if before is not None:
        os.environ["CLUSTERBENCH_HOME"] = before


@pytest.fixture(scope="session")
def dbt_project(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """A copy of the dbt project, parsed once per session; its seeds may change, dbt reads them on load."""
    from orchestration.transformation import DBT_PROJECT, load_manifest

    path = tmp_path_factory.mktemp("dbt") / "dbt_project"
    shutil.copytree(DBT_PROJECT, path, ignore=shutil.ignore_patterns("target", "logs"))
    target = path.parent / "target"
    manifest = load_manifest(path, target)
    models = {name: node for name, node in manifest.nodes.items() if node.resource_type != "test"}
    return DbtProject(path, target, manifest, replace(manifest, nodes=models))
