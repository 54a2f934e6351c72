"""Loading without Dagster: what is taken in, what is recorded, and what a crash leaves behind."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.manifest import write_manifest
from ingestion.problem import DeliveryRefused
from orchestration.loading import Installation, NothingToBuild
from orchestration.paths import PROJECT, Home
from orchestration.publication import point_to


@pytest.fixture
def installation(tmp_path, codebooks, clusters) -> Installation:
    return Installation(Home(tmp_path), codebooks)


def publish(installation: Installation, record: bool = True) -> str:
    """Publish a release without databases: what the ledger and the link do with it."""
    release = installation.next_release("run")
    folder = installation.home.releases / release.release_id
    folder.mkdir(parents=True)
    (folder / "release.json").write_text(json.dumps(release.as_dict()))
    point_to(installation.home, release.release_id)
    if record:
        installation.record_release(release.release_id)
    return release.release_id


def raw(installation: Installation, query: str) -> list:
    with duckdb.connect(installation.home.work_file, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_raw_tables_hold_the_delivery_with_its_origin(installation, delivery) -> None:
    delivery.write()
    load = installation.load(1999, "run")
    rows = installation.fill_raw_tables()
    assert (load.is_sample, load.n_answers, dict(load.n_rows)) == (True, 24, {"coordinator": 3, "register": 3})
    assert rows == {
        "answer": 24,
        "delivery": 1,
        "question": 6,
        "option": 6,
        "total": 0,
        "edition_setting": 1,
        "framework_node": 5,
        "indicator_rule": 2,
        "cut": 2,
        "segment": 3,
        "conformance": 5,
        "survey": 2,
        "band": 0,
        "confirmation": 0,
        "characteristic": 0,
        "cluster_lineage": 0,
        "rejected_answer": 0,
        "correction": 0,
        "reviewed_file": 1,
    }
    query = "select answer_text, answer_number, row_number, column_name from raw.answer where question_id = 'budget'"
    assert raw(installation, query + " order by row_number") == [
        ("1 711,9", 1711.9, 2, "Q1"),
        (None, None, 3, "Q1"),
        ("b.d.", None, 4, "Q1"),
    ]


def test_without_a_delivery_there_is_nothing_to_build(installation) -> None:
    with pytest.raises(NothingToBuild, match="inbox"):
        installation.fill_raw_tables()


def test_a_refused_delivery_is_on_record_with_its_files_and_problems(installation, delivery) -> None:
    delivery.rows[0][5] = "dużo"
    delivery.write()
    with pytest.raises(DeliveryRefused):
        installation.load(1999, "run")
    (load,) = installation.ledger.loads()
    assert (load.outcome, len(load.files), len(load.problems)) == ("refused", 2, 1)
    assert load.problems[0]["found"] == "'dużo'"
    assert [(cell.row_number, cell.column_name, cell.found) for cell in load.rejected] == [(2, "Q1", "dużo")]
    assert installation.ledger.candidates() == {}


def test_files_that_are_no_complete_delivery_are_on_record_and_stay_readable(installation, delivery) -> None:
    inbox = delivery.write()
    (inbox / "register_1.xlsx").rename(inbox / "members.xlsx")
    (inbox / "coordinators_2.csv").write_bytes(b"another")
    (inbox / "folder").mkdir()
    (inbox / "link.csv").symlink_to(inbox / "coordinators_2.csv")
    present = {path.name: path.read_bytes() for path in inbox.iterdir() if path.is_file() and not path.is_symlink()}
    with pytest.raises(DeliveryRefused):
        installation.load(1999, "run")
    (load,) = installation.ledger.loads()
    assert (load.outcome, load.delivery_id) == ("refused", None)
    assert {file.file_name: file.survey for file in load.files} == {
        "coordinators_1.csv": "coordinator",
        "coordinators_2.csv": "coordinator",
        "members.xlsx": "",
    }
    for file in load.files:
        copy = installation.home.raw / f"{file.sha256}{Path(file.file_name).suffix}"
        assert copy.read_bytes() == present[file.file_name]
        assert (hashlib.sha256(copy.read_bytes()).hexdigest(), file.n_bytes) == (file.sha256, copy.stat().st_size)

    # The next release tells of it.
    shutil.rmtree(inbox)
    delivery.write()
    installation.load(1999, "run")
    installation.fill_raw_tables()
    installation.fill_audit_tables(installation.next_release("run"))
    assert raw(installation, "select load_id, outcome, reason, n_files from raw.load order by 1") == [
        ("L000001", "refused", "5 problems in the delivery", 3),
        ("L000002", "loaded", None, 2),
    ]
    query = "select file_name, survey, format, n_rows from raw.source_file where load_id = 'L000001' order by 1"
    assert raw(installation, query) == [
        ("coordinators_1.csv", "coordinator", "csv", None),
        ("coordinators_2.csv", "coordinator", "csv", None),
        ("members.xlsx", None, "xlsx", None),
    ]


def test_files_that_are_not_those_of_the_manifest_are_on_record(installation, delivery) -> None:
    inbox = delivery.write()
    write_manifest(inbox)
    (inbox / "coordinators_1.csv").write_bytes(b"another")
    with pytest.raises(DeliveryRefused, match="not the one in the manifest"):
        installation.load(1999, "run")
    (load,) = installation.ledger.loads()
    assert [file.survey for file in load.files] == ["coordinator", "register"]
    assert (installation.home.raw / f"{load.files[0].sha256}.csv").read_bytes() == b"another"


def test_a_load_that_fails_tells_why_and_keeps_what_it_received(installation, delivery) -> None:
    delivery.write()
    installation.home.warehouse.mkdir()
    (installation.home.warehouse / "answers").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="answers"):
        installation.load(1999, "run")
    (load,) = installation.ledger.loads()
    assert (load.outcome, len(load.files)) == ("failed", 2)
    assert load.reason.startswith(("FileExistsError: [Errno", "NotADirectoryError: [Errno"))
    assert str(installation.home.root) not in load.reason


def test_loads_and_releases_tell_the_code_that_made_them(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "run")
    release_id = publish(installation)
    (load,) = installation.ledger.loads()
    lock = hashlib.sha256((PROJECT / "requirements" / "clusterbench.lock").read_bytes()).hexdigest()
    assert load.lock_sha256 == lock
    assert load.code_version.rpartition("-")[0] == (load.git_revision or "no-revision")[:12]
    description = installation.home.releases / release_id / "release.json"
    (entry,) = [entry for entry in installation.ledger.entries() if entry["event"] == "released"]
    assert entry["release_sha256"] == hashlib.sha256(description.read_bytes()).hexdigest()
    assert {name: entry[name] for name in ("code_version", "git_revision", "lock_sha256", "loads", "deliveries")} == {
        "code_version": load.code_version,
        "git_revision": load.git_revision,
        "lock_sha256": lock,
        "loads": ["L000001"],
        "deliveries": {"1999": load.delivery_id},
    }
    aliases = (installation.home.clusters / "aliases.csv").read_bytes()
    assert entry["reviewed"] == {"clusters/aliases.csv": hashlib.sha256(aliases).hexdigest()}


def test_a_rebuild_killed_between_publication_and_its_record_is_recorded_once(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "run")
    publish(installation)
    rebuilt = publish(installation, record=False)
    for _ in range(2):
        installation.close_interrupted_loads()
    assert list(installation.ledger.releases()) == ["R000001", rebuilt]
    assert installation.next_release("run").release_id == "R000003", "the published folder must not be written again"


def test_a_link_moved_without_a_record_is_recorded_by_the_next_run(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "run")
    publish(installation)
    publish(installation)
    point_to(installation.home, "R000001")
    assert installation.ledger.published() == "R000002"
    for _ in range(2):
        installation.close_interrupted_loads()
    assert installation.ledger.published() == "R000001"
    assert [entry["event"] for entry in installation.ledger.entries()].count("restored") == 1


def test_the_same_delivery_again_is_unchanged_and_a_corrected_one_is_not(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "run")
    publish(installation)
    assert installation.load(1999, "run").outcome == "unchanged"
    delivery.rows[1][5] = "5"
    delivery.write()
    assert installation.load(1999, "run").outcome is None
    installation.fill_raw_tables()
    assert raw(installation, "select answer_number from raw.answer where column_name = 'Q1' and row_number = 3") == [
        (5.0,)
    ]


def test_the_earlier_delivery_can_be_read_again_from_the_raw_store_alone(installation, delivery) -> None:
    inbox = delivery.write()
    installation.load(1999, "run")
    publish(installation)
    for path in [*inbox.iterdir(), *(installation.home.warehouse / "answers").iterdir()]:
        path.unlink()
    assert installation.fill_raw_tables()["answer"] == 24


def test_what_was_loaded_beside_a_delivery_that_can_no_longer_be_read_is_told_so(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "run")
    (installation.home.clusters / "aliases.csv").unlink()
    with pytest.raises(DeliveryRefused, match="not in the alias file"):
        installation.fill_raw_tables()
    last = installation.ledger.loads()[-1]
    assert (last.outcome, last.reason) == ("refused", "the current delivery of edition 1999 can no longer be read")


def test_a_load_killed_before_publication_is_closed_as_failed(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "run")
    installation.close_interrupted_loads()
    assert [load.outcome for load in installation.ledger.loads()] == ["failed"]
    assert installation.ledger.candidates() == {}


def test_a_load_killed_between_publication_and_its_record_is_closed_as_loaded(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "run")
    release_id = publish(installation, record=False)
    installation.close_interrupted_loads()
    assert [load.outcome for load in installation.ledger.loads()] == ["loaded"]
    assert installation.ledger.n_releases() == 1
    assert installation.next_release("run").release_id > release_id


def test_the_ledger_becomes_the_audit_tables(installation, delivery) -> None:
    delivery.write()
    installation.load(1999, "first")
    publish(installation)
    delivery.rows[1][5] = "5"
    delivery.write()
    installation.load(1999, "second")
    installation.fill_raw_tables()
    installation.fill_audit_tables(installation.next_release("second"))
    loads = raw(
        installation, "select load_id, outcome, is_current, n_files, n_answers, run_id from raw.load order by 1"
    )
    assert loads == [("L000001", "loaded", False, 2, 24, "first"), ("L000002", "loaded", True, 2, 24, "second")]
    files = raw(installation, "select load_id, survey, encoding, n_rows from raw.source_file order by all")
    assert files == [
        ("L000001", "coordinator", "utf-8-sig", 3),
        ("L000001", "register", None, 3),
        ("L000002", "coordinator", "utf-8-sig", 3),
        ("L000002", "register", None, 3),
    ]
    assert raw(installation, "select release_id, is_sample from raw.release") == [("R000002", True)]
