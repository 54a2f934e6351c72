"""The small edition by which the damaged deliveries are read, and what the clean one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.codebook import Codebook, load_codebook
from ingestion.identity import Identities, load_identities
from tests.deliveries.clean import Delivery
from tests.deliveries.outcome import Key, Said, outcome_of, said

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def edition() -> Codebook:
    """The codebook by which all are read."""
    return load_codebook(1998, HERE / "codebooks")


@pytest.fixture(scope="session")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    """Which cluster each name is."""
    folder = tmp_path_factory.mktemp("clusters")
    (folder / "aliases.csv").write_bytes((HERE / "clusters.csv").read_bytes())
    return load_identities(folder)


@pytest.fixture(scope="session")
def clean(edition, identities, tmp_path_factory) -> dict[Key, Said]:
    """What the clean delivery says; nothing is told of it."""
    folder = tmp_path_factory.mktemp("clean")
    answers, problems = outcome_of(edition, identities, Delivery().write(folder / "1998"), folder / "raw")
    assert problems == []
    assert answers is not None
    found = dict(map(said, answers))
    assert len(found) == len(answers) == 3 * 3 + 3 * 13 + 3 * 2 + 3 * 2
    return found
