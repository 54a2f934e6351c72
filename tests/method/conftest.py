"""Fixtures of the method's tests: one warehouse with all editions worked out on paper, computed twice."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sample import sample_editions

from ..installation import made_once
from .building import Warehouses, read_seeds
from .by_hand import EDITIONS, LINEAGE, Results
from .codebook_editions import sample_tables
from .made_up import joined
from .reference_method import compute

if TYPE_CHECKING:
    from ..conftest import DbtProject


def computed_once(factory: pytest.TempPathFactory, name: str, compute: Callable[[Path], dict]) -> dict:
    """The tables as `compute` gives them, which may use a folder: once for all processes of the test session."""

    def make(folder: Path) -> None:
        (folder / "tables.pickle").write_bytes(pickle.dumps(compute(folder)))

    return pickle.loads((made_once(factory, name, make) / "tables.pickle").read_bytes())


@pytest.fixture(scope="session")
def warehouses(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouses:
    """Builds warehouses."""
    return Warehouses(dbt_project, tmp_path_factory.mktemp("warehouses"))


@pytest.fixture(scope="session")
def tables_by_hand() -> dict:
    """Raw tables of all editions worked out on paper, also of those in files that are not run."""
    for path in sorted(Path(__file__).parent.glob("test_*_by_hand.py")):
        import_module(f"{__package__}.{path.stem}")
    lineage = {"cluster_lineage": LINEAGE}
    return joined(read_seeds(), lineage, *(edition.tables() for edition in EDITIONS.values()))


@pytest.fixture(scope="session")
def marts_by_hand(warehouses: Warehouses, tables_by_hand: dict, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The marts of those editions, built all at once."""
    return computed_once(tmp_path_factory, "marts_by_hand", lambda _: warehouses.marts(tables_by_hand, data_tests=True))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Raw tables of the sample of all editions."""
    return computed_once(tmp_path_factory, "sample", lambda folder: sample_tables(folder, sample_editions()))


@pytest.fixture(scope="session")
def sample_marts(warehouses: Warehouses, sample: dict, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The marts of the sample."""
    return computed_once(tmp_path_factory, "sample_marts", lambda _: warehouses.marts(sample, data_tests=True))


@pytest.fixture(scope="session", params=["marts", "second implementation"])
def results(request: pytest.FixtureRequest, tables_by_hand: dict) -> Results:
    """What must agree with the paper: the marts, and the second implementation itself."""
    if request.param == "marts":
        return Results(request.getfixturevalue("marts_by_hand"))
    return Results(compute(tables_by_hand))
