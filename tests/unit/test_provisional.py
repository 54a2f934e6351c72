"""Fieldwork in progress is loaded to be inspected: published only when asked, and never beyond its completion."""

from __future__ import annotations

import json

import pytest

from ingestion.ledger import Ledger
from orchestration.loading import Installation
from orchestration.paths import Home
from orchestration.publication import (
    UnknownRelease,
    drop_overtaken_provisional,
    point_to,
    release_ids,
    remove_old_releases,
)


@pytest.fixture
def installation(tmp_path, codebooks, clusters) -> Installation:
    return Installation(Home(tmp_path), codebooks)


def make_release(installation: Installation, record: bool = True) -> str:
    """Make a release without databases: what the ledger and the links do with it."""
    home, release = installation.home, installation.next_release("run")
    folder = home.releases / release.release_id
    folder.mkdir(parents=True)
    (folder / "release.json").write_text(json.dumps(release.as_dict()))
    point_to(home, release.release_id, home.published if release.is_for_publication else home.provisional)
    if record:
        installation.record_release(release.release_id)
        drop_overtaken_provisional(home, release)
    return release.release_id


def published(home: Home) -> str | None:
    return (home.published_release() or {"release_id": None})["release_id"]


@pytest.fixture
def fieldwork(installation, delivery) -> Installation:
    """A complete delivery is published; then one without its last respondent is in the inbox."""
    delivery.write()
    installation.load(1999, "run")
    assert make_release(installation) == "R000001"
    del delivery.rows[2]
    delivery.write()
    return installation


def test_a_provisional_load_is_shown_by_its_own_link_and_is_not_current(fieldwork) -> None:
    load = fieldwork.load(1999, "run", is_provisional=True)
    assert load.is_provisional and fieldwork.ledger.candidates()[1999].load_id == load.load_id
    assert make_release(fieldwork) == "R000002"
    shown = fieldwork.home.provisional_release()
    assert (shown["release_id"], shown["provisional"], shown["loads"]) == ("R000002", [1999], {"1999": load.load_id})
    assert published(fieldwork.home) == "R000001"
    assert [(load.load_id, load.outcome) for load in fieldwork.ledger.loads()] == [
        ("L000001", "loaded"),
        ("L000002", "loaded"),
    ]
    assert fieldwork.ledger.current()[1999].load_id == "L000001"
    assert fieldwork.next_release("run").loads == {1999: "L000001"}, "an ordinary rebuild must not contain it"


def test_a_provisional_release_cannot_be_published_afterwards(fieldwork) -> None:
    fieldwork.load(1999, "run", is_provisional=True)
    provisional = make_release(fieldwork)
    with pytest.raises(UnknownRelease, match="--provisional --publish"):
        point_to(fieldwork.home, provisional)
    assert published(fieldwork.home) == "R000001"


def test_published_on_request_it_is_current_until_the_complete_delivery(fieldwork, delivery) -> None:
    load = fieldwork.load(1999, "run", is_provisional=True, publish=True)
    assert make_release(fieldwork) == published(fieldwork.home) == "R000002"
    assert fieldwork.ledger.current()[1999].load_id == load.load_id
    assert fieldwork.next_release("run").provisional == (1999,)
    assert fieldwork.ledger.arrived() == {1999}, "the complete one that came before"
    delivery.rows.append(LAST)
    delivery.write()
    fieldwork.load(1999, "run")
    assert make_release(fieldwork) == published(fieldwork.home) == "R000003"
    assert fieldwork.next_release("run").provisional == ()


LAST = ["r3", "1999-05-03", "1999", "K3", "synthetic", "5", "", "", "", "", "A2"]


def test_the_same_files_as_complete_are_not_unchanged(fieldwork, delivery) -> None:
    """Fieldwork ended without another answer: the same content, but no longer provisional."""
    delivery.rows.append(LAST)
    delivery.write()
    fieldwork.load(1999, "run", is_provisional=True, publish=True)
    make_release(fieldwork)
    assert fieldwork.load(1999, "run", is_provisional=True, publish=True).outcome == "unchanged"
    assert fieldwork.load(1999, "run").outcome is None


def test_the_same_provisional_delivery_again_is_unchanged(fieldwork) -> None:
    fieldwork.load(1999, "run", is_provisional=True)
    make_release(fieldwork)
    assert fieldwork.load(1999, "run", is_provisional=True).outcome == "unchanged"
    assert fieldwork.load(1999, "run", is_provisional=True, publish=True).outcome is None, "publishing is asked for now"


def test_the_link_goes_when_what_it_shows_is_complete_and_stays_before(fieldwork, delivery) -> None:
    fieldwork.load(1999, "run", is_provisional=True)
    make_release(fieldwork)
    make_release(fieldwork)  # an ordinary rebuild, of the earlier delivery
    assert fieldwork.home.provisional_release()["release_id"] == "R000002"
    delivery.rows.append(LAST)
    delivery.write()
    fieldwork.load(1999, "run")
    make_release(fieldwork)
    assert fieldwork.home.provisional_release() is None and not fieldwork.home.provisional.is_symlink()


def test_the_clean_up_keeps_what_a_link_points_to(fieldwork) -> None:
    fieldwork.load(1999, "run", is_provisional=True)
    make_release(fieldwork)
    make_release(fieldwork)
    make_release(fieldwork)
    assert remove_old_releases(fieldwork.home, keep=1) == ["R000001", "R000003"]
    assert release_ids(fieldwork.home) == ["R000002", "R000004"]


@pytest.mark.parametrize("publish", [False, True])
def test_a_crash_before_the_record_of_it_is_closed_by_the_link_it_moved(fieldwork, publish) -> None:
    fieldwork.load(1999, "run", is_provisional=True, publish=publish)
    made = make_release(fieldwork, record=False)
    fieldwork.close_interrupted_loads()
    assert [load.outcome for load in fieldwork.ledger.loads()] == ["loaded", "loaded"]
    assert (fieldwork.ledger.current()[1999].load_id == "L000002") is publish
    assert fieldwork.next_release("run").release_id > made


def test_a_crash_before_the_link_was_moved_is_a_failed_load(fieldwork) -> None:
    fieldwork.load(1999, "run", is_provisional=True)
    fieldwork.close_interrupted_loads()
    assert [load.outcome for load in fieldwork.ledger.loads()] == ["loaded", "failed"]
    assert fieldwork.ledger.candidates()[1999].load_id == "L000001"


def test_entries_from_before_provisional_loads_are_ordinary_ones(tmp_path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    load_id = ledger.start_load(1999, "code", "run")
    ledger.append(
        "load_accepted",
        load_id=load_id,
        delivery_id="d1",
        is_sample=True,
        files=[],
        encodings={},
        n_rows={},
        n_answers=1,
        rejected=[],
    )
    ledger.finish_load(load_id, "loaded")
    assert ledger.current()[1999].is_provisional is False
