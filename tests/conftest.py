"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest_plugins = ["tests.installation", "tests.integration.members"]

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take a file of each folder in turn: those of one folder begin with the same home, which one process makes.

    Two processes that begin with files of one folder would both wait for it.
    """
    folders: dict[Path, dict[Path, list[pytest.Item]]] = {}
    for item in items:
        folders.setdefault(item.path.parent, {}).setdefault(item.path, []).append(item)
    in_turn = chain.from_iterable(zip_longest(*(files.values() for files in folders.values()), fillvalue=()))
    items[:] = list(chain.from_iterable(in_turn))


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
