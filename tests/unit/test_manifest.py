"""A manifest says what a delivery consists of: `sha256sum` understands it, and a load takes nothing else."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ingestion import delivery as receiving
from ingestion.delivery import receive
from ingestion.manifest import MANIFEST, NothingToList, read_manifest, write_manifest
from ingestion.problem import DeliveryRefused, Problem


def refused(codebook, inbox, tmp_path) -> list[Problem]:
    with pytest.raises(DeliveryRefused) as caught:
        receive(codebook, inbox, tmp_path / "raw", "1999-06-01T00:00:00Z")
    return caught.value.problems


def test_sha256sum_verifies_what_we_write(delivery) -> None:
    inbox = delivery.write()
    hashes = write_manifest(inbox)
    lines = (inbox / MANIFEST).read_text().splitlines()
    assert lines == sorted(lines, key=lambda line: line[66:]) and len(lines) == len(hashes) == 2
    checked = subprocess.run(["sha256sum", "-c", MANIFEST], cwd=inbox, capture_output=True, text=True, check=False)
    assert checked.returncode == 0
    assert checked.stdout == "coordinators_1.csv: OK\nregister_1.xlsx: OK\n"


def test_we_read_what_sha256sum_writes(delivery) -> None:
    inbox = delivery.write()
    hashes = write_manifest(inbox)
    written = subprocess.run(
        ["sha256sum", "--binary", *hashes], cwd=inbox, capture_output=True, text=True, check=True
    ).stdout
    (inbox / MANIFEST).write_text(written)
    assert read_manifest(inbox) == (hashes, [])


def test_a_delivery_is_the_same_with_its_manifest_and_without(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    without = receive(codebook, inbox, tmp_path / "raw", "")
    write_manifest(inbox)
    assert receive(codebook, inbox, tmp_path / "raw", "") == without
    assert [path.suffix for path in sorted((tmp_path / "raw").iterdir())] != [".sha256"]


def test_the_manifest_is_no_part_of_itself_when_it_is_written_again(delivery) -> None:
    inbox = delivery.write()
    assert write_manifest(inbox) == write_manifest(inbox)


def test_a_missing_an_extra_and_another_file_are_all_problems(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    shutil.copy(inbox / "coordinators_1.csv", inbox / "coordinators_0.csv")
    write_manifest(inbox)
    (inbox / "coordinators_1.csv").rename(inbox / "coordinators_2.csv")
    (inbox / "coordinators_0.csv").unlink()
    problems = refused(codebook, inbox, tmp_path)
    named = "coordinators_0.csv, coordinators_1.csv, register_1.xlsx"
    assert [(p.rank, p.reason, p.found, p.expected) for p in problems] == [
        (1, "the file is not in the manifest", "coordinators_2.csv", named),
        (1, "a file that the manifest names is missing", "no such file", "coordinators_0.csv"),
        (1, "a file that the manifest names is missing", "no such file", "coordinators_1.csv"),
    ]
    assert all(problem.hint for problem in problems)


def test_a_file_that_was_changed_after_the_manifest_is_refused(codebook, delivery, tmp_path) -> None:
    inbox = delivery.write()
    hashes = write_manifest(inbox)
    delivery.rows[0][5] = "1 712"
    delivery.write()
    (problem,) = [p for p in refused(codebook, inbox, tmp_path) if p.file.endswith("coordinators_1.csv")]
    assert (problem.rank, problem.expected) == (1, hashes["coordinators_1.csv"])
    assert problem.found == write_manifest(inbox)["coordinators_1.csv"]


def test_a_file_that_changes_while_it_is_read_does_not_slip_through(codebook, delivery, tmp_path, monkeypatch) -> None:
    """What counts is the copy: here the file is another one only while it is copied."""
    inbox = delivery.write()
    write_manifest(inbox)
    store = receiving._store

    def store_another(delivered, *arguments):
        content = delivered.path.read_bytes()
        delivered.path.write_bytes(content + b"\r\n")
        try:
            return store(delivered, *arguments)
        finally:
            delivered.path.write_bytes(content)

    monkeypatch.setattr(receiving, "_store", store_another)
    problems = refused(codebook, inbox, tmp_path)
    assert {p.reason for p in problems} == {"the file is not the one in the manifest"}


@pytest.mark.parametrize("text", ["", "abc  register_1.xlsx\n", "{hash} register_1.xlsx\n", "{line}{line}"])
def test_a_manifest_that_cannot_be_read_is_a_problem_not_a_manifest_of_nothing(codebook, delivery, tmp_path, text):
    inbox = delivery.write()
    digest = write_manifest(inbox)["register_1.xlsx"]
    (inbox / MANIFEST).write_text(text.format(hash=digest, line=f"{digest}  register_1.xlsx\n"))
    (problem,) = refused(codebook, inbox, tmp_path)
    assert problem.rank == 1 and problem.file.endswith(MANIFEST)


def test_nothing_delivered_makes_no_manifest(tmp_path) -> None:
    with pytest.raises(NothingToList, match="put the complete delivery there first"):
        write_manifest(tmp_path)
    assert list(tmp_path.iterdir()) == []
