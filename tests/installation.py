"""A home in which the sample was loaded and published, made once; tests that change it get a copy of their own."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingestion.codebook import FOLDER_VARIABLE, codebooks_folder
from ingestion.ledger import Ledger
from orchestration.command import main
from orchestration.paths import Home

# What a run leaves that is of that run, not of the data: tables of two runs are compared without it.
OF_THE_RUN = ("audit", "core.release")


@dataclass(frozen=True)
class Result:
    """What a command said and its exit code."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The report of a command called with --json."""
        return json.loads(self.out)


Command = Callable[..., Result]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a clusterbench command on a home, in this process."""

    def run(home: Home, *arguments: str) -> Result:
        monkeypatch.setenv("CLUSTERBENCH_HOME", str(home.root))
        capsys.readouterr()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


def _published(home: Home, *commands: Sequence[str]) -> Home:
    """The home after the commands, each of which must succeed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERBENCH_HOME", str(home.root))
        for command in commands:
            assert main(list(command)) == 0, command
    return home


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` as `make` fills it, once for all processes of the test session. Not to be changed."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, made = shared / name, shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The 2024 sample of 42 clusters, loaded and published. Not to be changed."""

    def make(folder: Path) -> None:
        _published(Home(folder / "data"), ["sample", "--edition", "2024"], ["run"])

    return Home(made_once(tmp_path_factory, "built", make) / "data")


@pytest.fixture(scope="session")
def all_editions(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample of all editions, loaded and published as `make run` does. Not to be changed."""

    def make(folder: Path) -> None:
        _published(Home(folder / "data"), ["run", "--sample"])

    return Home(made_once(tmp_path_factory, "all_editions", make) / "data")


@pytest.fixture
def home(built: Home, tmp_path: Path) -> Home:
    """A copy of the built home, to be changed at will."""
    shutil.copytree(built.root, tmp_path / "data", symlinks=True)
    return Home(tmp_path / "data")


@pytest.fixture
def own_codebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the codebooks outside the repository, as a study team has it, which the commands of the test use."""
    folder = shutil.copytree(codebooks_folder(), tmp_path / "codebooks")
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


def outcomes(home: Home) -> Sequence[str | None]:
    """How every load in the ledger ended, oldest first."""
    return [load.outcome for load in Ledger(home.ledger).loads()]


def tables(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every published table but those of the run, as sorted rows."""
    import duckdb

    with duckdb.connect(database, read_only=True) as connection:
        names = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        return {
            f"{schema}.{table}": connection.execute(f'select * from "{schema}"."{table}" order by all').fetchall()
            for schema, table in names
            if schema not in OF_THE_RUN and f"{schema}.{table}" not in OF_THE_RUN
        }


def coordinator_file(home: Home) -> Path:
    """The delivered coordinator export."""
    return next((home.inbox / "2024").glob("ankieta_koordynatorow_*.csv"))


def edit_answer(home: Home, header: str, text: str, row: int = 0) -> str:
    """Replace one answer in the coordinator export; returns what stood there."""
    path = coordinator_file(home)
    with path.open(encoding="utf-8-sig", newline="") as file:
        headers, *rows = csv.reader(file, delimiter=";")
    place = headers.index(header)
    before, rows[row][place] = rows[row][place], text
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([headers, *rows])
    return before


def deliver_as(home: Home, codebooks: Path, edition_id: int) -> None:
    """Give the inbox a delivery of another edition: 2024's files, by a codebook that is 2024's but for its id."""
    from openpyxl import load_workbook

    shutil.copytree(codebooks / "2024", codebooks / str(edition_id))
    settings = codebooks / str(edition_id) / "edition.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("2024", str(edition_id)), encoding="utf-8")
    folder = shutil.copytree(home.inbox / "2024", home.inbox / str(edition_id))
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b";2024;", f";{edition_id};".encode()))
    for path in folder.glob("*.xlsx"):
        workbook = load_workbook(path)
        for row in workbook.worksheets[0].iter_rows():
            for cell in row:
                cell.value = str(edition_id) if cell.value == "2024" else cell.value
        workbook.save(path)
