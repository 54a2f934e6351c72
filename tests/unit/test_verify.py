"""Ledger, raw files, reviewed files and releases belong together; whatever somebody changes is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from audit.verify import verify
from ingestion.ledger import entry_hash
from ingestion.problem import DeliveryRefused
from orchestration.erasing import Request, erase
from orchestration.loading import Installation
from orchestration.lock import warehouse_lock
from orchestration.paths import Home
from tests.unit import persons
from tests.unit.releases import make_release


@pytest.fixture
def installation(tmp_path, codebooks, clusters, delivery) -> Installation:
    """Two published releases, of a delivery and of a corrected one; then one that was refused."""
    installation = Installation(Home(tmp_path), codebooks)
    for answer in ("1 711,9", "5"):
        delivery.rows[0][5] = answer
        delivery.write()
        installation.load(1999, "run")
        make_release(installation)
    delivery.rows[0][5] = "dużo"
    delivery.write()
    with suppress(DeliveryRefused):
        installation.load(1999, "run")
    return installation


def faults(home: Home, head: str | None = None) -> list[tuple[str, str]]:
    """Part and place of every fault; the exit code must say whether there is one."""
    report = verify(home, head)
    assert report["exit_code"] == (3 if report["faults"] else 0)
    assert all(fault["found"] and fault["expected"] and fault["hint"] for fault in report["faults"])
    return [(fault["part"], fault["place"]) for fault in report["faults"]]


def lines(home: Home) -> list[bytes]:
    return home.ledger.read_bytes().splitlines(keepends=True)


def rewritten(line: bytes, **changes: object) -> bytes:
    """An entry changed by somebody who knows how its hash is made."""
    entry = json.loads(line) | changes
    entry["hash"] = entry_hash(entry)
    return json.dumps(entry, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def test_what_nobody_touched_holds_and_nothing_is_written(installation) -> None:
    home = installation.home
    before = {path: path.stat().st_mtime_ns for path in home.root.rglob("*")}
    report = verify(home)
    assert (report["faults"], report["notes"], report["holds"]) == ([], [], True)
    assert report["counted"] == {
        "entries": 10,
        "loads": 3,
        "raw_files": len(list(home.raw.iterdir())),
        "reviewed_files": 1,
        "releases_made": 2,
        "releases_kept": 2,
    }
    assert report["head"]["hash"] == json.loads(lines(home)[-1])["hash"]
    assert {path: path.stat().st_mtime_ns for path in home.root.rglob("*")} == before


def test_a_changed_line_is_named_and_the_rest_is_judged(installation) -> None:
    home = installation.home
    told = lines(home)
    told[0] = json.dumps(json.loads(told[0]) | {"run_id": "another"}).encode() + b"\n"
    told[7] = b"no entry\n"
    home.ledger.write_bytes(b"".join(told))
    found = faults(home)
    assert ("ledger", "ledger.jsonl, line 1") in found and ("ledger", "ledger.jsonl, line 8") in found
    # What the releases tell of the load is not what the changed line says.
    assert ("releases", "releases/R000001/benchmarking.duckdb, audit.load") in found
    assert not [place for part, place in found if part == "raw files" and "partial" in place]


def test_a_line_rewritten_with_its_hash_is_found_by_the_next_one(installation) -> None:
    told = lines(installation.home)
    told[2] = rewritten(told[2], note="x")
    installation.home.ledger.write_bytes(b"".join(told))
    assert faults(installation.home) == [("ledger", "ledger.jsonl, line 4")]


def test_whatever_an_entry_lacks_it_is_told_at_its_line_or_the_next(installation) -> None:
    """Of one entry of each kind every key is taken away, and its hash made anew by somebody who knows how."""
    home = installation.home
    installation.ledger.append("restored", release_id="R000002")
    told = lines(home)
    of_kind = {json.loads(line)["event"]: number for number, line in enumerate(told[:-1])}
    assert of_kind.keys() == {"load_started", "load_accepted", "released", "load_finished"}
    for number in of_kind.values():
        for key in json.loads(told[number]):
            entry = {name: value for name, value in json.loads(told[number]).items() if name != key}
            anew = json.dumps(entry).encode() + b"\n" if key == "hash" else rewritten(json.dumps(entry).encode())
            home.ledger.write_bytes(b"".join([*told[:number], anew, *told[number + 1 :]]))
            places = {place for part, place in faults(home) if part == "ledger"}
            assert places & {f"ledger.jsonl, line {number + 1}", f"ledger.jsonl, line {number + 2}"}, (number, key)


def test_a_removed_line_is_found(installation) -> None:
    told = lines(installation.home)
    del told[4]  # the start of the second load
    installation.home.ledger.write_bytes(b"".join(told))
    found = faults(installation.home)
    assert found[0] == ("ledger", "ledger.jsonl, line 5")
    assert ("releases", "releases/R000002/benchmarking.duckdb, audit.load") in found


def test_a_chain_written_anew_is_found_by_a_hash_that_was_noted_elsewhere(installation) -> None:
    home = installation.home
    noted = verify(home)["head"]["hash"]
    installation.ledger.append("restored", release_id="R000002")
    assert faults(home, noted) == [] and faults(home, noted[:12]) == []
    previous, anew = "0" * 64, []
    for line in lines(home):
        anew.append(rewritten(line, at="1999-01-01T00:00:00Z", previous=previous))
        previous = json.loads(anew[-1])["hash"]
    home.ledger.write_bytes(b"".join(anew))
    assert faults(home) == [], "this is what only a hash kept outside can show"
    assert faults(home, noted) == [("ledger", "ledger.jsonl")]


def test_a_line_that_a_crash_cut_off_is_a_note(installation) -> None:
    with installation.home.ledger.open("ab") as file:
        file.write(b'{"sequence": 11')
    report = verify(installation.home)
    assert (report["faults"], [note["place"] for note in report["notes"]]) == ([], ["ledger.jsonl, line 11"])


def _change(path: Path) -> None:
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def _raw(home: Home) -> Path:
    return sorted(home.raw.glob("*.csv"))[0]


def _change_a_raw_file(home: Home) -> tuple[str, str]:
    _change(_raw(home))
    return "raw files", f"raw/{_raw(home).name}"


def _remove_a_raw_file(home: Home) -> tuple[str, str]:
    path = _raw(home)
    path.unlink()
    return "raw files", f"raw/{path.name}"


def _add_a_raw_file(home: Home) -> tuple[str, str]:
    name = f"{sha256(b'x').hexdigest()}.csv"
    (home.raw / name).write_bytes(b"x")
    return "raw files", f"raw/{name}"


def _remove_a_reviewed_file(home: Home) -> tuple[str, str]:
    (path,) = home.reviewed.iterdir()
    path.unlink()
    return "reviewed files", f"reviewed/{path.name}"


def _change_a_reviewed_file(home: Home) -> tuple[str, str]:
    (path,) = home.reviewed.iterdir()
    _change(path)
    return "reviewed files", f"reviewed/{path.name}"


def _change_a_page(home: Home) -> tuple[str, str]:
    _change(home.releases / "R000001" / "docs" / "index.html")
    return "releases", "releases/R000001/docs/index.html"


def _remove_a_table(home: Home) -> tuple[str, str]:
    (home.releases / "R000002" / "parquet" / "audit" / "load.parquet").unlink()
    return "releases", "releases/R000002/parquet/audit/load.parquet"


def _add_a_file(home: Home) -> tuple[str, str]:
    (home.releases / "R000001" / "docs" / "other.html").write_text("")
    return "releases", "releases/R000001/docs/other.html"


def _change_what_a_release_says(home: Home) -> tuple[str, str]:
    path = home.releases / "R000001" / "release.json"
    path.write_text(path.read_text().replace('"is_sample": true', '"is_sample": false'))
    return "releases", "releases/R000001/release.json"


def _add_a_release(home: Home) -> tuple[str, str]:
    shutil.copytree(home.releases / "R000002", home.releases / "R000009")
    return "releases", "releases/R000009"


def _move_the_link(home: Home) -> tuple[str, str]:
    home.published.unlink()
    home.published.symlink_to("releases/R000001")
    return "releases", "published"


def _remove_the_link(home: Home) -> tuple[str, str]:
    home.published.unlink()
    return "releases", "published"


@pytest.mark.parametrize(
    "tamper",
    [
        _change_a_raw_file,
        _remove_a_raw_file,
        _add_a_raw_file,
        _remove_a_reviewed_file,
        _change_a_reviewed_file,
        _change_a_page,
        _remove_a_table,
        _add_a_file,
        _change_what_a_release_says,
        _add_a_release,
        _move_the_link,
        _remove_the_link,
    ],
)
def test_each_change_is_named_and_nothing_else(installation, tamper: Callable[[Home], tuple[str, str]]) -> None:
    expected = tamper(installation.home)
    assert set(faults(installation.home)) == {expected}


def test_a_table_changed_with_its_hashes_tells_other_loads_than_the_ledger(installation) -> None:
    folder = installation.home.releases / "R000002"
    with duckdb.connect(folder / "benchmarking.duckdb") as connection:
        connection.execute("update audit.load set n_rejected = 7 where load_id = 'L000001'")
        connection.execute("delete from audit.source_file where load_id = 'L000001' and survey = 'register'")
    database = folder / "benchmarking.duckdb"
    description = json.loads((folder / "release.json").read_text())
    content = database.read_bytes()
    description["files"]["benchmarking.duckdb"] = {"sha256": sha256(content).hexdigest(), "n_bytes": len(content)}
    (folder / "release.json").write_text(json.dumps(description))
    assert faults(installation.home) == [
        ("releases", "releases/R000002/release.json"),
        ("releases", "releases/R000002/benchmarking.duckdb, audit.load"),
        ("releases", "releases/R000002/benchmarking.duckdb, audit.load"),
        ("releases", "releases/R000002/benchmarking.duckdb, audit.source_file"),
    ]


def test_a_release_from_before_its_files_were_listed_is_a_note(installation) -> None:
    home = installation.home
    description = json.loads((home.releases / "R000001" / "release.json").read_text())
    del description["files"]
    (home.releases / "R000001" / "release.json").write_text(json.dumps(description))
    told, previous = [], "0" * 64
    old = ("release_id", "loads")
    for line in lines(home):
        entry = json.loads(line)
        if entry["event"] == "released":
            entry = {name: entry[name] for name in (*old, "sequence", "event", "at")}
        told.append(rewritten(json.dumps(entry).encode(), previous=previous))
        previous = json.loads(told[-1])["hash"]
    home.ledger.write_bytes(b"".join(told))
    report = verify(home)
    assert report["faults"] == []
    assert [note["place"] for note in report["notes"]] == ["releases/R000001", "releases/R000002"]


def test_what_a_killed_run_left_is_a_note_until_the_next_run(installation, delivery) -> None:
    home = installation.home
    delivery.rows[0][5] = "6"
    delivery.write()
    installation.load(1999, "run")
    make_release(installation, record=False)
    assert {place for _, place in faults(home)} == {"releases/R000003", "published"}
    installation.close_interrupted_loads()
    assert faults(home) == []


def test_files_of_a_load_at_work_are_not_judged(installation) -> None:
    home = installation.home
    (home.raw / f"{sha256(b'x').hexdigest()}.csv").write_bytes(b"x")
    with warehouse_lock(home.warehouse / "lock", "run"):
        report = verify(home)
    assert (report["faults"], len(report["notes"]), report["load_at_work"]) == ([], 1, True)


def test_a_load_that_ends_while_it_is_judged_is_no_fault(installation, delivery) -> None:
    """Somebody loads and publishes again and again; each verification sees some moment of it."""
    home = installation.home

    def load(budget: int) -> None:
        with warehouse_lock(home.warehouse / "lock", "run"):
            delivery.rows[0][5] = str(budget)
            delivery.write()
            installation.load(1999, "run")
            make_release(installation)

    with ThreadPoolExecutor() as others:
        loads = others.submit(lambda: [load(budget) for budget in range(10, 14)])
        while not loads.done():
            told = verify(home)["faults"]
            # The link moves a moment before the ledger tells of it.
            assert {fault["place"] for fault in told} <= {"published"} | {f"releases/R{n:06d}" for n in range(3, 7)}
        loads.result()
    assert faults(home) == []


def test_an_erasure_leaves_nothing_that_does_not_belong(tmp_path, codebooks, clusters, delivery) -> None:
    persons.describe(codebooks)
    persons.write(delivery.write())
    installation = Installation(Home(tmp_path), codebooks)
    installation.load(1999, "run")
    make_release(installation)
    file = next(file for file in installation.ledger.loads()[0].files if file.survey == "members")
    original = (installation.home.raw / f"{file.sha256}.csv").read_bytes()
    erase(installation, Request(1999, "members", "m2", "request no 7"))
    assert faults(installation.home) == []
    (installation.home.raw / f"{file.sha256}.csv").write_bytes(original)
    assert faults(installation.home) == [("raw files", f"raw/{file.sha256}.csv")]


def test_a_home_without_anything_holds_and_one_without_its_ledger_does_not(tmp_path, installation) -> None:
    assert faults(Home(tmp_path / "empty")) == []
    installation.home.ledger.unlink()
    assert ("ledger", "ledger.jsonl") in faults(installation.home)
