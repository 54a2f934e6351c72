"""Releases in their folder: the link moves in one step, old ones go, the lock keeps others out."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from orchestration.leftovers import remove_leftovers
from orchestration.lock import WarehouseLocked, warehouse_lock
from orchestration.paths import Home
from orchestration.publication import (
    Release,
    UnknownRelease,
    point_to,
    release_ids,
    remove_old_releases,
    write_release,
)
from orchestration.tables import not_public


def release(number: int, is_sample: bool = True) -> Release:
    name = f"R{number:06d}"
    return Release(name, "1999-06-01T00:00:00Z", "code", "aliases", is_sample, "run", {1999: "L000001"}, {1999: "ab"})


@pytest.fixture
def home(tmp_path) -> Home:
    """A home with a work file of one published and one internal table, and a page of documentation."""
    home = Home(tmp_path / "data")
    (home.warehouse / "docs").mkdir(parents=True)
    (home.warehouse / "docs" / "index.html").write_text("<p>synthetic</p>")
    with duckdb.connect(home.work_file) as connection:
        connection.execute("create schema core; create schema staging")
        connection.execute("create table core.dim_node (node_id varchar not null, name varchar)")
        connection.execute("comment on column core.dim_node.name is 'The node''s name'")
        connection.execute("insert into core.dim_node values ('I', 'Zasoby'), ('II', null)")
        connection.execute("create table staging.stg_answer as select 1 as secret")
    return home


def test_a_release_holds_the_published_schemas_only(home) -> None:
    folder = write_release(home, release(1), home.warehouse / "docs")
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
        "benchmarking.duckdb",
        "docs/index.html",
        "parquet/core/dim_node.parquet",
        "parquet/datapackage.json",
        "public.duckdb",
        "public/core.dim_node.csv",
        "public/datapackage.json",
        "release.json",
    ]
    with duckdb.connect(folder / "benchmarking.duckdb", read_only=True) as connection:
        assert connection.execute("select * from core.dim_node order by all").fetchall() == [
            ("I", "Zasoby"),
            ("II", None),
        ]
        columns = connection.execute(
            "select column_name, is_nullable, comment from duckdb_columns() where not internal order by 1"
        )
        assert columns.fetchall() == [("name", True, "The node's name"), ("node_id", False, None)]
        assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (1,)


def test_only_public_forms_are_public_under_the_names_of_their_tables(home) -> None:
    with duckdb.connect(home.work_file) as connection:
        connection.execute("create schema benchmark; create schema public_benchmark")
        connection.execute("create table benchmark.spread as select 0.123 as mean")
        connection.execute("create table benchmark.new_table as select 1 as secret")
        connection.execute("create table public_benchmark.spread (mean double not null, suppressed varchar)")
        connection.execute("insert into public_benchmark.spread values (0.12, null)")
    folder = write_release(home, release(1), home.warehouse / "docs")
    with duckdb.connect(folder / "public.duckdb", read_only=True) as public:
        names = public.execute("select schema_name || '.' || table_name from duckdb_tables() order by 1").fetchall()
        assert names == [("benchmark.spread",), ("core.dim_node",)]
        assert public.execute("select * from benchmark.spread").fetchall() == [(0.12, None)]
        nullable = public.execute("select is_nullable from duckdb_columns() where column_name = 'mean'").fetchall()
        assert nullable == [(False,)]
        assert not_public(public, "public") == []
    with duckdb.connect(folder / "public.duckdb") as public:
        public.execute("create table benchmark.new_table as select 1 as secret")
        assert not_public(public, "public") == ["benchmark.new_table"]
    assert not (folder / "parquet" / "public_benchmark").exists()


def test_a_real_survey_carries_no_notice_that_it_is_synthetic(home) -> None:
    folder = write_release(home, release(1, is_sample=False), home.warehouse / "docs")
    assert "SYNTHETIC" not in (folder / "release.json").read_text()
    with duckdb.connect(folder / "benchmarking.duckdb", read_only=True) as connection:
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [(None,)]


def test_what_a_crash_left_of_a_release_is_replaced(home) -> None:
    partial = home.releases / ".R000001.partial"
    partial.mkdir(parents=True)
    (partial / "half.duckdb").write_text("half")
    write_release(home, release(1), home.warehouse / "docs")
    assert [path.name for path in home.releases.iterdir()] == ["R000001"]
    assert not (home.releases / "R000001" / "half.duckdb").exists()


def test_the_link_moves_to_complete_releases_only(home) -> None:
    write_release(home, release(1), home.warehouse / "docs")
    point_to(home, "R000001")
    (home.releases / "R000002").mkdir()
    for name in ("R000002", "R000003", "../raw", ""):
        with pytest.raises(UnknownRelease, match="R000001"):
            point_to(home, name)
    assert home.published.resolve().name == "R000001"


def test_old_releases_go_but_never_the_published_one(home) -> None:
    for number in range(1, 6):
        write_release(home, release(number), home.warehouse / "docs")
    point_to(home, "R000001")
    assert remove_old_releases(home, keep=2) == ["R000002", "R000003"]
    assert release_ids(home) == ["R000001", "R000004", "R000005"]


def test_the_lock_names_its_holder_and_ends_with_its_process(tmp_path) -> None:
    path = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from orchestration.lock import warehouse_lock\n"
        f"with warehouse_lock(Path({str(path)!r}), 'the other run'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WarehouseLocked, match=f"the other run .process {other.pid}"), warehouse_lock(path, "mine"):
            pass
        other.kill()
        other.wait()
    with warehouse_lock(path, "mine") as last:
        assert last == "the other run", "who takes the lock closes what its last holder left open"


def test_a_removal_that_breaks_off_leaves_no_part_of_a_release(home, monkeypatch) -> None:
    for number in (1, 2):
        write_release(home, release(number), home.warehouse / "docs")
    point_to(home, "R000002")
    monkeypatch.setattr("shutil.rmtree", lambda folder: (folder / "benchmarking.duckdb").unlink())
    assert remove_old_releases(home, keep=1) == ["R000001"]
    assert release_ids(home) == ["R000002"]
    monkeypatch.undo()
    remove_leftovers(home)
    assert [path.name for path in home.releases.iterdir()] == ["R000002"]
