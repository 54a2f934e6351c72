"""A PostgreSQL for the session, and the sample of 2024 published to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.command import main
from orchestration.paths import Home
from tests.serving.server import Server, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, one for all processes of the session."""
    own = tmp_path_factory.getbasetemp()
    with running(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) as started:
        yield started


def publish(home: Home, url: str, password: str, *arguments: str) -> int:
    """Give the command as a person does; returns its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERBENCH_HOME", str(home.root))
        patch.setenv("PGPASSWORD", password)
        return main(["publish", "--to", url, *arguments])


@pytest.fixture(scope="module")
def own_home(built: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the built home, whose ledger may grow."""
    folder = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(built.root, folder, symlinks=True)
    return Home(folder)


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest, server: Server, own_home: Home) -> str:
    """The name of a database, one for each file of tests, to which the sample is published."""
    name = Path(request.path).stem
    assert publish(own_home, server.make_database(name), server.password) == 0
    return name
