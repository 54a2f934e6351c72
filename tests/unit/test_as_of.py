"""Earlier states: found in the ledger, rebuilt from what was kept, and never with what was erased since."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from audit.history import history
from audit.verify import verify
from ingestion.codebook import FOLDER_VARIABLE
from ingestion.ledger import Ledger
from ingestion.problem import DeliveryRefused
from orchestration.as_of import NoSuchState, StateLost, find_state, rebuild_as_of
from orchestration.erasing import Request, erase
from orchestration.loading import Installation
from orchestration.paths import Home
from orchestration.publication import point_to
from tests.unit import persons
from tests.unit.releases import make_release


@pytest.fixture
def installation(tmp_path, codebooks, clusters, delivery, monkeypatch) -> Installation:
    """An installation with a survey of members; nothing is loaded yet."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(codebooks))
    persons.describe(codebooks)
    persons.write(delivery.write())
    return Installation(Home(tmp_path / "data"), codebooks)


@pytest.fixture
def load(installation, delivery, clusters):
    """Delivers a budget (none: the delivery as it lies), loads it, and publishes it unless it is unchanged."""
    home = installation.home
    home.root.mkdir()
    clusters.rename(home.clusters)
    delivery.folder.parent.rename(home.inbox)
    delivery.folder = home.inbox / "1999"

    def run(budget: str | None = None, **how: bool) -> str:
        if budget is not None:
            delivery.rows[0][5] = budget
            delivery.write()
        loaded = installation.load(1999, "run", **how)
        if loaded.outcome is None:
            make_release(installation)
        return loaded.load_id

    return run


def rebuild(home: Home) -> dict[str, str]:
    """What the job `rebuild` does, with a small release."""
    installation = Installation(home)
    installation.close_interrupted_loads()
    return {"release": make_release(installation)}


def as_of(installation: Installation, asked: str) -> Home:
    rebuild_as_of(installation.home, asked, rebuild)
    return Home(installation.home.as_of / asked)


def answers(release: Path) -> list[tuple]:
    with duckdb.connect(release / "benchmarking.duckdb", read_only=True) as connection:
        columns = "survey, respondent_id, cluster_id, question_id, option_id, answer_text, status, file_sha256"
        return connection.execute(f"select {columns} from core.fct_answer order by all").fetchall()


def test_a_superseded_delivery_and_the_aliases_of_then_make_the_state_of_then(installation, load) -> None:
    home = installation.home
    aliases = home.clusters / "aliases.csv"
    then = aliases.read_bytes()
    load("1 711,9")
    aliases.write_bytes(then.replace(b"K1,1999", b"K7,1999"))
    load("5")
    earlier = as_of(installation, "L000001")
    assert answers(earlier.published) == answers(home.releases / "R000001") != answers(home.published)
    assert (earlier.clusters / "aliases.csv").read_bytes() == then != aliases.read_bytes()
    assert [load.load_id for load in Ledger(earlier.ledger).loads()] == ["L000001"]
    assert (verify(home)["faults"], verify(earlier)["faults"]) == ([], [])
    assert answers(as_of(installation, "L000002").published) == answers(home.published)


def test_rebuilding_again_replaces_the_folder(installation, load) -> None:
    load("1 711,9")
    earlier = as_of(installation, "L000001")
    (earlier.root / "left.txt").write_text("left")
    as_of(installation, "L000001")
    assert not (earlier.root / "left.txt").exists()
    assert [path.name for path in earlier.releases.iterdir()] == ["R000002"]


def test_an_unchanged_load_and_a_release_name_the_state_that_was_published(installation, load) -> None:
    inbox = installation.home.inbox / "1999"
    load("1 711,9")
    first = {path: path.read_bytes() for path in inbox.iterdir()}
    load("5")
    assert load() == "L000003" and installation.ledger.loads()[-1].outcome == "unchanged"
    point_to(installation.home, "R000001")
    installation.ledger.append("restored", release_id="R000001")
    for path, content in first.items():
        path.write_bytes(content)
    load()
    entries = list(installation.ledger.entries())
    assert installation.ledger.loads()[-1].outcome == "unchanged"
    states = {asked: find_state(entries, asked).release_id for asked in ("L000001", "L000002", "L000003", "L000004")}
    assert states == {"L000001": "R000001", "L000002": "R000002", "L000003": "R000002", "L000004": "R000001"}
    state = find_state(entries, "R000002")
    assert [entry["event"] for entry in entries[: state.n_entries]][-2:] == ["released", "load_finished"]


def test_what_was_never_published_is_no_state(installation, load, delivery) -> None:
    load("1 711,9")
    with suppress(DeliveryRefused):
        load("dużo")
    del delivery.rows[2]
    load("6", is_provisional=True)
    installation.ledger.finish_load(installation.ledger.start_load(1999, "code", "run"), "failed", "interrupted")
    installation.ledger.start_load(1999, "code", "run")
    for asked, why in {
        "L000002": r"was refused \(1 problem",
        "L000003": "to be inspected",
        "R000002": "fieldwork in progress",
        "L000004": r"failed \(interrupted",
        "L000005": "not ended",
        "L000009": "The ledger knows: L000001",
        "../raw": "The ledger knows",
    }.items():
        with pytest.raises(NoSuchState, match=why):
            rebuild_as_of(installation.home, asked, rebuild)
    assert not installation.home.as_of.exists()


def test_what_was_erased_since_stays_erased_and_rebuilt_states_go(installation, load) -> None:
    load("1 711,9")
    load("5")
    earlier = as_of(installation, "L000001")
    assert "m2" in str(answers(earlier.published))
    report = erase(installation, Request(1999, "members", "m2", "request no 7"))
    assert (report["states_removed"], earlier.root.exists()) == (["L000001"], False)
    make_release(installation)
    earlier = as_of(installation, "L000001")
    assert "m2" not in str(answers(earlier.published)) and "m1" in str(answers(earlier.published))
    assert Ledger(earlier.ledger).erasures().respondents == installation.ledger.erasures().respondents
    assert verify(earlier)["faults"] == []
    again = erase(installation, Request(1999, "members", "m2", "request no 7"))
    assert (again["states_removed"], earlier.root.exists()) == ([], True), "it knows of the erasure"


def test_an_erasure_meanwhile_removes_the_state(installation, load) -> None:
    load("1 711,9")

    def rebuild_slowly(home: Home) -> dict[str, str]:
        done = rebuild(home)
        erase(installation, Request(1999, "members", "m2", "request no 7"))
        return done

    with pytest.raises(StateLost, match="erased meanwhile"):
        rebuild_as_of(installation.home, "L000001", rebuild_slowly)
    assert not (installation.home.as_of / "L000001").exists()


def test_a_state_whose_file_is_lost_names_it(installation, load) -> None:
    load("1 711,9")
    (file,) = [file for file in installation.ledger.loads()[0].files if file.survey == "coordinator"]
    (installation.home.raw / f"{file.sha256}.csv").unlink()
    with pytest.raises(StateLost, match=rf"needs coordinators_1.csv: .*{file.sha256}.csv is missing"):
        rebuild_as_of(installation.home, "L000001", rebuild)
    load("5")
    for path in installation.home.reviewed.iterdir():
        path.unlink()
    with pytest.raises(StateLost, match=r"the copy of clusters/aliases\.csv that R000002 was made with, is missing"):
        rebuild_as_of(installation.home, "L000002", rebuild)


def test_the_history_tells_what_a_release_was_made_of_that_the_one_before_was_not(installation, load) -> None:
    aliases = installation.home.clusters / "aliases.csv"
    load("1 711,9")
    with suppress(DeliveryRefused):
        load("dużo")
    aliases.write_bytes(aliases.read_bytes().replace(b"K1,1999", b"K7,1999"))
    load("5")
    point_to(installation.home, "R000001")
    installation.ledger.append("restored", release_id="R000001")
    erase(installation, Request(1999, "members", "m2", "request no 7"))
    report = history(installation.home)
    assert [(load["load_id"], load["outcome"], load["superseded_by"], load["n_files"]) for load in report["loads"]] == [
        ("L000001", "loaded", "L000003", 3),
        ("L000002", "refused", None, 3),
        ("L000003", "loaded", None, 3),
    ]
    assert report["loads"][1]["reason"] == "1 problem in the delivery"
    told = [
        (release["event"], release["release_id"], [change["what"] for change in release["changes"]])
        for release in report["releases"]
    ]
    assert told == [
        ("released", "R000001", []),
        ("released", "R000002", ["clusters/aliases.csv", "delivery of 1999"]),
        ("restored", "R000001", []),
    ]
    assert len(report["erasures"]) == len(
        {file.sha256 for load in installation.ledger.loads() for file in load.files if file.survey == "members"}
    )
    for text in ("L000002     1999  refused", "superseded by L000003", "R000001", "published again", "request no 7"):
        assert text in report["text"]
    assert history(installation.home, 2001)["releases"] == []
