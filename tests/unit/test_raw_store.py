"""The raw store holds what was received, and nothing is built from a copy that does not."""

from __future__ import annotations

import hashlib
import multiprocessing
from pathlib import Path

import pytest

from ingestion import delivery as receiving
from ingestion.delivery import CopyDamaged, receive, stored_path
from ingestion.manifest import write_manifest
from ingestion.problem import DeliveryRefused
from orchestration.loading import Installation
from orchestration.paths import Home

ROUNDS = 60


@pytest.fixture
def installation(tmp_path, codebooks, clusters, delivery) -> Installation:
    """The small edition, loaded once."""
    delivery.write()
    installation = Installation(Home(tmp_path), codebooks)
    installation.load(1999, "run")
    return installation


def truncate(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-7])


def flip_a_bit(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, Path.unlink])
def test_nothing_is_built_from_a_damaged_copy_until_the_file_is_delivered_again(installation, damage) -> None:
    (load,) = installation.ledger.loads()
    for file in load.files:
        path = stored_path(installation.home.raw, file)
        damage(path)
        with pytest.raises(CopyDamaged, match=rf"{path.name}: .*{file.file_name}.*inbox/1999"):
            installation.fill_raw_tables()
        assert not installation.home.work_file.exists()
        installation.load(1999, "again")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    installation.fill_raw_tables()


def test_what_duckdb_put_beside_a_killed_work_file_does_not_stop_the_next(installation) -> None:
    spilled = installation.home.warehouse / "work.duckdb.tmp" / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.parent.mkdir()
    spilled.write_bytes(b"spilled")
    installation.fill_raw_tables()
    assert not spilled.exists()


def _rewrite(path: Path, contents: tuple[bytes, bytes], ready) -> None:
    """Write one content over the other, in place and piece by piece, for as long as the process lives."""
    ready.set()
    while True:
        for content in contents:
            with path.open("r+b") as file:
                for start in range(0, len(content), 4096):
                    file.write(content[start : start + 4096])
                    file.flush()


@pytest.mark.parametrize("with_manifest", [False, True])
def test_a_file_that_is_rewritten_all_the_time_is_received_whole_or_not_at_all(
    codebook, delivery, clusters, tmp_path, monkeypatch, with_manifest
) -> None:
    monkeypatch.setattr(receiving, "_CHUNK", 4096)
    inbox = delivery.write()
    path = inbox / "coordinators_1.csv"
    content = path.read_bytes() + b"\n".join([b";" * 60] * 5_000)
    other = content.replace(b"1 711,9", b"1 711,8").replace(b";" * 60, b";" * 59 + b" ")
    path.write_bytes(content)
    if with_manifest:
        write_manifest(inbox)
    whole = {hashlib.sha256(each).hexdigest() for each in (content, other)}
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    writer = context.Process(target=_rewrite, args=(path, (content, other), ready), daemon=True)
    writer.start()
    ready.wait()
    received, reasons = set(), set()
    try:
        for _ in range(ROUNDS):
            try:
                files = receive(codebook, inbox, tmp_path / "raw", "1999-06-01T00:00:00Z").files
            except DeliveryRefused as error:
                reasons |= {problem.kind for problem in error.problems}
                continue
            received |= {file.sha256 for file in files if file.file_name == path.name}
    finally:
        writer.kill()
        writer.join()
    copies = list((tmp_path / "raw").iterdir())
    assert all(hashlib.sha256(copy.read_bytes()).hexdigest() == copy.stem for copy in copies)
    assert "file_being_written" in reasons, "most of the time it is being written"
    assert reasons <= {"file_being_written", "manifest_hash"}
    if with_manifest:
        assert received <= {hashlib.sha256(content).hexdigest()}, "only what the manifest names gets in"
    else:
        assert received <= whole, "nobody writes it while it is copied"
