"""Erasing a respondent, without Dagster: from every stored copy, for good, and on record; whenever it is killed."""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from ingestion.delivery import stored_path
from ingestion.identity import load_identities
from ingestion.manifest import hash_file
from ingestion.preview import preview
from ingestion.problem import DeliveryRefused
from orchestration import erasing
from orchestration.erasing import ErasureRefused, Request, UnknownRespondent, erase
from orchestration.loading import Installation
from orchestration.paths import Home
from orchestration.publication import point_to
from tests.unit import persons

REQUEST = Request(1999, "members", "m2", "request no 7")


@pytest.fixture
def installation(tmp_path, codebooks, clusters, delivery) -> Installation:
    """An installation that has loaded a delivery with a survey of members."""
    persons.describe(codebooks)
    persons.write(delivery.write())
    installation = Installation(Home(tmp_path), codebooks)
    installation.load(1999, "run")
    publish(installation)
    return installation


def publish(installation: Installation) -> str:
    """A release with the answers of members, as far as erasing looks at it."""
    installation.fill_raw_tables()
    release = installation.next_release("run")
    folder = installation.home.releases / release.release_id
    folder.mkdir(parents=True)
    with duckdb.connect(folder / "benchmarking.duckdb") as connection:
        connection.execute(f"attach '{installation.home.work_file}' as work (read_only)")
        connection.execute("create schema core")
        connection.execute("create table core.fct_answer as from work.raw.answer")
    (folder / "release.json").write_text(json.dumps(release.as_dict()))
    home = installation.home
    point_to(home, release.release_id, home.published if release.is_for_publication else home.provisional)
    installation.record_release(release.release_id)
    return release.release_id


def answers(installation: Installation) -> list[tuple]:
    """Every answer of the members in the raw tables, built anew."""
    installation.fill_raw_tables()
    with duckdb.connect(installation.home.work_file, read_only=True) as connection:
        return connection.execute(
            "select respondent_id, question_id, answer_text, status, row_number, file_sha256"
            " from raw.answer where survey = 'members' order by all"
        ).fetchall()


def stored_text(home: Home) -> str:
    """All that the raw store holds of the members' files."""
    return "\n".join(path.read_bytes().decode("cp1250") for path in home.raw.glob("*.csv"))


def members_file(installation: Installation):
    return next(file for file in installation.ledger.loads()[0].files if file.survey == "members")


def test_only_the_respondent_is_gone_everywhere(installation) -> None:
    home, before = installation.home, answers(installation)
    delivered = members_file(installation)
    report = erase(installation, REQUEST)
    (file,) = report["files"]
    assert file["row_numbers"] == (3,)
    assert (file["file_sha256"], report["already_erased"]) == (delivered.sha256, False)
    for cell in [*persons.ROWS[1][4:6], "wiersze"]:
        assert cell not in stored_text(home)
    for cell in persons.ROWS[0][4:6] + persons.ROWS[2][4:6]:
        assert cell in stored_text(home)
    assert answers(installation) == [row for row in before if row[0] != "m2"]
    copy = stored_path(home.raw, delivered, installation.ledger.erasures())
    assert copy.stem == hash_file(copy) == file["erased_sha256"]
    assert copy.stat().st_mode & 0o222 == 0
    assert not (home.raw / f"{delivered.sha256}.csv").exists()
    assert not home.work_file.exists() or "m2" not in str(answers(installation))


def test_the_ledger_says_so_without_any_content(installation) -> None:
    erase(installation, REQUEST)
    (entry,) = [entry for entry in installation.ledger.entries() if entry["event"] == "respondent_erased"]
    assert {name: value for name, value in entry.items() if name not in ("at", "hash", "previous", "sequence")} == {
        "event": "respondent_erased",
        "edition_id": 1999,
        "survey": "members",
        "respondent_id": "m2",
        "row_numbers": [3],
        "file_name": "members_1.csv",
        "file_sha256": members_file(installation).sha256,
        "erased_sha256": entry["erased_sha256"],
        "reason": "request no 7",
    }
    assert (installation.home.raw / f"{entry['erased_sha256']}.csv").exists()
    installation.fill_raw_tables()
    installation.fill_audit_tables(installation.next_release("run"))
    with duckdb.connect(installation.home.work_file, read_only=True) as connection:
        rows = connection.execute("select respondent_id, row_number, file_sha256, reason from raw.erasure").fetchall()
    assert rows == [("m2", 3, entry["file_sha256"], "request no 7")]


def test_superseded_and_refused_deliveries_are_searched_too(installation, delivery) -> None:
    corrected = [[*row[:7], "30", row[8]] for row in persons.ROWS]
    persons.write(delivery.folder, corrected)
    installation.load(1999, "run")
    publish(installation)
    persons.write(delivery.folder, [[*row[:6], "nie wiem", *row[7:]] for row in persons.ROWS])
    with pytest.raises(DeliveryRefused):
        installation.load(1999, "run")
    assert len(list(installation.home.raw.glob("*.csv"))) == 4
    report = erase(installation, REQUEST)
    assert [file["row_numbers"] for file in report["files"]] == [(3,), (3,), (3,)]
    assert persons.ROWS[1][5] not in stored_text(installation.home)
    assert len(list(installation.home.raw.glob("*.csv"))) == 4
    assert report["inbox"] == [{"file": str(delivery.folder / "members_1.csv"), "rows": (3,)}]


def test_refused_files_of_no_survey_are_searched_or_removed_whole(installation, delivery) -> None:
    members = delivery.folder / "members_1.csv"
    content = members.read_bytes()
    (delivery.folder / "other name.csv").write_bytes(content + b"\r\n")
    (delivery.folder / "other name.zip").write_bytes(b"PK" + content)
    with pytest.raises(DeliveryRefused, match="belongs to no survey"):
        installation.load(1999, "run")
    report = erase(installation, REQUEST)
    assert {file["file_name"]: file["row_numbers"] for file in report["files"]} == {
        "members_1.csv": (3,),
        "other name.csv": (3,),
        "other name.zip": (),
    }
    assert all(persons.ROWS[1][5].encode() not in path.read_bytes() for path in installation.home.raw.iterdir())


def test_a_respondent_is_erased_from_files_that_came_zipped_and_told_to_be_in_the_archive(
    installation, delivery
) -> None:
    members = delivery.folder / "members_1.csv"
    members.write_bytes(members.read_bytes().replace(b'"10"', b'"11"'))
    archive = delivery.folder / "dostawa.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in (members, delivery.folder / "register_1.xlsx", delivery.folder / "coordinators_1.csv"):
            file.write(path, path.name)
            path.unlink()
    installation.load(1999, "run")
    report = erase(installation, REQUEST)
    assert [file["row_numbers"] for file in report["files"]] == [(3,), (3,)]
    assert report["inbox"] == [{"file": f"{archive}/members_1.csv", "rows": (3,)}]
    assert persons.ROWS[1][5] not in stored_text(installation.home)
    assert not list(installation.home.raw.glob("*.zip")) and not list(installation.home.raw.glob(".partial-*"))


def test_a_refused_file_that_nobody_can_read_is_removed_whole_and_does_not_come_back(installation, delivery) -> None:
    path = delivery.folder / "members_1.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"wiersze")])  # broken off within quotes
    with pytest.raises(DeliveryRefused, match="breaks off"):
        installation.load(1999, "run")
    broken = hash_file(path)
    assert (installation.home.raw / f"{broken}.csv").exists()
    report = erase(installation, REQUEST)
    assert [(file["file_sha256"] == broken, file["erased_sha256"] is None) for file in report["files"]] == [
        (False, False),
        (True, True),
    ]
    assert report["inbox"] == [{"file": str(path), "rows": None}]
    with pytest.raises(DeliveryRefused, match="was erased on request from this file"):
        installation.load(1999, "run")
    assert persons.ROWS[1][5] not in stored_text(installation.home)


def test_a_current_file_that_can_no_longer_be_read_stops_the_erasure(installation, codebooks) -> None:
    path = codebooks / "1999" / "edition.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("respondent_column: who", "respondent_column: whom"))
    erased = installation.ledger.path.read_bytes()
    with pytest.raises(DeliveryRefused, match="column whom: a column is missing"):
        erase(installation, REQUEST)
    assert installation.ledger.path.read_bytes() == erased


def test_the_original_again_is_unchanged_and_stays_out(installation, delivery) -> None:
    erase(installation, REQUEST)
    publish(installation)
    raw = sorted(path.name for path in installation.home.raw.iterdir())
    assert installation.load(1999, "run").outcome == "unchanged"
    assert sorted(path.name for path in installation.home.raw.iterdir()) == raw
    seen = preview(
        installation.codebook(1999),
        delivery.folder,
        load_identities(installation.home.clusters),
        erasures=installation.ledger.erasures(),
    )
    assert not [problem for problem in seen.problems if problem.file == "members_1.csv" and problem.row]
    assert seen.surveys["members"].n_respondents == 2


def test_the_original_taken_in_anew_by_another_codebook_is_read_without_the_respondent(installation, codebooks) -> None:
    before = [row for row in answers(installation) if row[0] != "m2"]
    erase(installation, REQUEST)
    questions = codebooks / "1999" / "questions.csv"
    questions.write_text(questions.read_text(encoding="utf-8").replace("Remarks", "Comments"), encoding="utf-8")
    assert installation.load(1999, "run").outcome is None, "not unchanged: it was read by another codebook"
    assert answers(installation) == before
    assert persons.ROWS[1][5] not in stored_text(installation.home)


def test_a_corrected_delivery_that_brings_the_respondent_back_is_refused(installation, delivery) -> None:
    erase(installation, REQUEST)
    persons.write(delivery.folder, [persons.ROWS[2], *persons.ROWS[:2]], name="2")
    (delivery.folder / "members_1.csv").unlink()
    with pytest.raises(DeliveryRefused) as caught:
        installation.load(1999, "run")
    (problem,) = caught.value.problems
    erased_on = installation.ledger.erasures().entries[0].erased_at[:10]
    assert (problem.file, problem.row, problem.column, problem.found) == ("members_2.csv", 4, "who", "m2")
    assert problem.reason == f"the respondent was erased on request on {erased_on}"
    assert not any(cell in str(problem) for cell in persons.PERSONAL)
    # What was refused is in the raw store like any refused file: the same request takes it out again.
    assert len(erase(installation, REQUEST)["files"]) == 1
    assert persons.ROWS[1][5] not in stored_text(installation.home)


def test_two_respondents_one_after_the_other(installation) -> None:
    erase(installation, REQUEST)
    erase(installation, Request(1999, "members", "m1", "request no 8"))
    assert {row[0] for row in answers(installation)} == {"m3"}
    (copy,) = [path for path in installation.home.raw.glob("*.csv") if b"m3" in path.read_bytes()]
    delivered = members_file(installation)
    assert stored_path(installation.home.raw, delivered, installation.ledger.erasures()) == copy
    assert {row[5] for row in answers(installation)} == {delivered.sha256}
    # A file without any respondent is still the delivery's.
    erase(installation, Request(1999, "members", "m3", "request no 9"))
    assert answers(installation) == []


def test_releases_that_show_the_respondent_go_but_the_published_one(installation) -> None:
    home = installation.home
    publish(installation)
    report = erase(installation, REQUEST)
    assert (report["releases_removed"], report["to_publish"]) == (["R000001"], True)
    assert home.published.resolve().name == "R000002"
    publish(installation)
    assert erasing.remove_releases_of_erased(home, installation.ledger.erasures()) == ["R000002"]
    again = erase(installation, REQUEST)
    assert (again["already_erased"], again["to_publish"], again["files"]) == (True, False, [])


def test_a_provisional_release_goes_with_its_link(installation, delivery) -> None:
    home = installation.home
    persons.write(delivery.folder, [*persons.ROWS, ["m4", *persons.ROWS[2][1:]]])
    installation.load(1999, "run", is_provisional=True)
    assert publish(installation) == "R000002"
    report = erase(installation, Request(1999, "members", "m4", "request no 7"))
    assert report["releases_removed"] == ["R000002"]
    assert not home.provisional.is_symlink()
    assert home.published.resolve().name == "R000001"
    assert installation.load(1999, "run", is_provisional=True).outcome is None, "it can be shown anew"
    assert {row[0] for row in answers(installation)} == {"m1", "m2", "m3"}


def test_copies_that_no_load_refers_to_are_deleted_as_well(installation, tmp_path) -> None:
    home = installation.home
    left = [home.raw / f"{'ab' * 32}.csv", home.raw / ".partial-7-members"]
    for path in left:
        path.write_bytes(b"m2;igor@zmyslony.example")
    (home.raw / "README.txt").write_text("the operator's")
    erase(installation, REQUEST)
    assert [path for path in left if path.exists()] == []
    assert (home.raw / "README.txt").exists()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(1999, "coordinator", "r1", "x"), "the benchmark's"),
        (Request(1999, "member", "m2", "x"), "no survey 'member'. Surveys of persons: members"),
        (Request(1999, "members", "m2", " "), "--reason"),
    ],
)
def test_what_makes_no_sense_is_refused(installation, request_, message) -> None:
    before = installation.ledger.path.read_bytes()
    with pytest.raises(ErasureRefused, match=message):
        erase(installation, request_)
    assert installation.ledger.path.read_bytes() == before


def test_an_unknown_respondent_changes_nothing(installation) -> None:
    before = installation.ledger.path.read_bytes(), sorted(installation.home.raw.iterdir())
    with pytest.raises(UnknownRespondent, match="'m4'"):
        erase(installation, Request(1999, "members", "m4", "x"))
    assert (installation.ledger.path.read_bytes(), sorted(installation.home.raw.iterdir())) == before


class Killed(BaseException):
    """What a killed process does: nothing more."""


@pytest.mark.parametrize("nth", range(1, 13))
def test_killed_at_any_step_the_next_request_finishes(installation, delivery, monkeypatch, nth) -> None:
    """The process stops before its nth change on disk, of those that two files take; without any cleaning up."""
    persons.write(delivery.folder, [[*row[:7], "30", row[8]] for row in persons.ROWS])
    installation.load(1999, "run")
    publish(installation)
    expected = [row for row in answers(installation) if row[0] != "m2"]
    steps = 0

    def counted(change):
        def wrapper(*arguments, **named):
            nonlocal steps
            steps += 1
            if steps == nth:
                raise Killed
            return change(*arguments, **named)

        return wrapper

    with monkeypatch.context() as patch:
        for owner, name in ((Path, "replace"), (Path, "unlink"), (type(installation.ledger), "append")):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        patch.setattr(erasing, "write_without_rows", counted(erasing.write_without_rows))
        with suppress(Killed):
            erase(installation, REQUEST)
    installation.close_interrupted_loads()
    report = erase(installation, REQUEST)
    assert report["to_publish"]
    assert persons.ROWS[1][5] not in stored_text(installation.home)
    assert answers(installation) == expected
    erasures = installation.ledger.erasures()
    referred = {
        stored_path(installation.home.raw, f, erasures) for load in installation.ledger.loads() for f in load.files
    }
    assert set(installation.home.raw.iterdir()) == referred
    assert len({erasure.file_sha256 for erasure in erasures.entries}) == len(erasures.entries) == 2
