"""Watching a delivery arrive: complete when all that its manifest names is there, and nothing is hashed twice."""

from __future__ import annotations

import pytest

from ingestion import watch
from ingestion.manifest import MANIFEST, write_manifest
from ingestion.watch import look_at


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """The names of the files that were hashed, in order."""
    names: list[str] = []
    hash_file = watch.hash_file
    monkeypatch.setattr(watch, "hash_file", lambda path: names.append(path.name) or hash_file(path))
    return names


def test_a_delivery_is_complete_with_its_manifest(delivery) -> None:
    inbox = delivery.write()
    assert not look_at(inbox, {}).is_complete
    assert MANIFEST in look_at(inbox, {}).missing[0]
    write_manifest(inbox)
    arrival = look_at(inbox, {})
    assert arrival.is_complete and set(arrival.seen) == {"coordinators_1.csv", "register_1.xlsx"}


def test_what_is_missing_or_another_file_is_said(delivery) -> None:
    inbox = delivery.write()
    write_manifest(inbox)
    (inbox / "register_1.xlsx").unlink()
    delivery.folder.joinpath("coordinators_1.csv").write_text("half")
    assert look_at(inbox, {}).missing == (
        "coordinators_1.csv is not the file that the manifest names",
        "register_1.xlsx is missing",
    )


def test_a_file_is_hashed_again_only_when_it_changed(delivery, hashed) -> None:
    inbox = delivery.write()
    write_manifest(inbox)
    first = look_at(inbox, {})
    assert sorted(hashed) == ["coordinators_1.csv", "register_1.xlsx"]
    assert look_at(inbox, first.seen) == first
    assert len(hashed) == 2
    (inbox / "coordinators_1.csv").write_text("another")
    assert not look_at(inbox, first.seen).is_complete
    assert hashed[2:] == ["coordinators_1.csv"]


def test_the_key_is_of_the_manifest(delivery) -> None:
    inbox = delivery.write()
    write_manifest(inbox)
    first = look_at(inbox, {}).key
    assert look_at(inbox, {}).key == first
    delivery.rows[0][5] = "5"
    delivery.write()
    write_manifest(inbox)
    assert look_at(inbox, {}).key != first


def test_a_manifest_of_nothing_completes_nothing(delivery) -> None:
    inbox = delivery.write()
    (inbox / MANIFEST).write_text("")
    assert not look_at(inbox, {}).is_complete
