"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest_plugins = ["tests.installation", "tests.integration.members"]

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@dataclass(frozen=True)
class DbtProject:
    """The dbt project's manifest with and without data tests, and the folder dbt writes to."""

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
    """The dbt project, parsed once per session."""
    from orchestration.transformation import load_manifest

    target = tmp_path_factory.mktemp("dbt") / "target"
    manifest = load_manifest(target_path=target)
    models = {name: node for name, node in manifest.nodes.items() if node.resource_type != "test"}
    return DbtProject(target, manifest, replace(manifest, nodes=models))
