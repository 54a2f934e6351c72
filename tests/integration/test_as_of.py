"""A corrected delivery supersedes the earlier one, which can be read, rebuilt row for row, and compared."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from ingestion.codebook import load_codebook
from ingestion.ledger import Ledger
from orchestration.command import main
from orchestration.paths import Home
from tests.installation import coordinator_file, edit_answer, tables
from tests.method.reference_scores import bounds, normalised

pytestmark = pytest.mark.long

EDITED, ROW, TEXT = "P24_2022", 3, "77"  # meetings in 2022, of which II.2.1 takes the mean with those of 2023
NODE, ABOVE = "II.2.1", ("II.2", "II", "overall")


def run(home: Home, *arguments: str) -> dict[str, Any]:
    """Run a command that must succeed; returns its report."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERBENCH_HOME", str(home.root))
        patch.setattr("sys.stdout", out)
        assert main([*arguments, "--json"]) == 0, arguments
    return json.loads(out.getvalue())


def everything(home: Home) -> dict[str, tuple[float, bytes]]:
    """Every file of the home but rebuilt states and what running leaves behind, with time of change and content."""
    return {
        str(path.relative_to(home.root)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in home.root.rglob("*")
        if path.is_file() and path.relative_to(home.root).parts[0] != "as-of"
    }


@pytest.fixture(scope="module")
def trail(built, tmp_path_factory) -> SimpleNamespace:
    """The built home after a corrected delivery and a rebuild of the state before it. Not to be changed."""
    home = Home(tmp_path_factory.mktemp("trail") / "data")
    shutil.copytree(built.root, home.root, symlinks=True)
    delivered = coordinator_file(home).read_bytes()
    found = edit_answer(home, EDITED, TEXT, ROW)
    run(home, "load", "2024")
    before = everything(home)
    report = run(home, "run", "--as-of", "L000001")
    return SimpleNamespace(
        home=home, delivered=delivered, found=found, before=before, after=everything(home), report=report
    )


def test_the_earlier_delivery_is_in_the_raw_store_as_it_was_delivered(trail) -> None:
    first, second = Ledger(trail.home.ledger).loads()
    kept = {}
    for load in (first, second):
        (file,) = [file for file in load.files if file.survey == "coordinator"]
        kept[load.load_id] = (trail.home.raw / f"{file.sha256}.csv").read_bytes()
    assert kept == {"L000001": trail.delivered, "L000002": coordinator_file(trail.home).read_bytes()}
    assert (first.delivery_id != second.delivery_id, first.outcome, second.outcome) == (True, "loaded", "loaded")
    with duckdb.connect(trail.home.published / "benchmarking.duckdb", read_only=True) as connection:
        told = connection.execute(
            "select load_id, outcome, is_current, git_revision, lock_sha256, reason from audit.load order by 1"
        ).fetchall()
    made_by = (first.git_revision, first.lock_sha256, None)
    assert told == [("L000001", "loaded", False, *made_by), ("L000002", "loaded", True, *made_by)]
    assert first.lock_sha256


def test_the_earlier_state_is_rebuilt_row_for_row_and_the_home_is_untouched(trail) -> None:
    earlier = trail.home.as_of / "L000001"
    assert trail.report["as_of"] | {"code_version_then": "", "code_version_now": "", "git_revision_then": ""} == {
        "asked": "L000001",
        "home": str(earlier),
        "published_as": "R000001",
        "published_as_is_kept": True,
        "published_at": trail.report["as_of"]["published_at"],
        "is_same_code": True,
        "code_version_then": "",
        "code_version_now": "",
        "git_revision_then": "",
        "erased_since": 0,
    }
    rebuilt, then, now = (
        tables(folder / "benchmarking.duckdb")
        for folder in (earlier / "published", trail.home.releases / "R000001", trail.home.published)
    )
    assert rebuilt.keys() == then.keys() and then["core.fct_score"] != now["core.fct_score"]
    assert [name for name in then if rebuilt[name] != then[name]] == []
    assert trail.before == trail.after


def test_home_and_rebuilt_state_verify(trail, command) -> None:
    for home in (trail.home, Home(trail.home.as_of / "L000001")):
        result = command(home, "audit", "verify")
        assert (result.exit_code, "belong together" in result.out) == (0, True), result.out
    noted = next(Ledger(trail.home.ledger).entries())["hash"]
    result = command(trail.home, "audit", "verify", "--head", noted, "--json")
    assert (result.exit_code, result.json["noted_head"]) == (0, {"hash": noted, "is_in_chain": True})
    assert command(trail.home, "audit", "verify", "--head", "f" * 64).exit_code == 3
    page = trail.home.published / "docs" / "data_docs" / "index.html"
    content = page.read_bytes()
    times = page.stat()
    try:
        page.write_bytes(content + b" ")
        result = command(trail.home, "audit", "verify")
        assert result.exit_code == 3
        assert "releases/R000002/docs/data_docs/index.html" in result.out and "1 fault" in result.out
    finally:
        page.write_bytes(content)
        os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))


def _delivered(home: Home, load_id: str) -> dict[str, list[float]]:
    """The meetings of both years that each cluster told, blank as zero, read from the raw copy by hand."""
    load = next(load for load in Ledger(home.ledger).loads() if load.load_id == load_id)
    (file,) = [file for file in load.files if file.survey == "coordinator"]
    text = (home.raw / f"{file.sha256}.csv").read_text(encoding="utf-8-sig")
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        rows = connection.execute("select respondent_id, cluster_id from core.fct_answer where survey = 'coordinator'")
        clusters = dict(rows.fetchall())
    return {
        clusters[row["id_odpowiedzi"]]: [float(row[header] or 0) for header in (EDITED, "P24_2023")]
        for row in csv.DictReader(io.StringIO(text), delimiter=";")
    }


def _scores(meetings: Mapping[str, list[float]]) -> dict[str, float]:
    """The scores of II.2.1 by the second implementation of the method."""
    settings = load_codebook(2024).settings
    values = {cluster: sum(years) / 2 for cluster, years in meetings.items()}
    span = bounds(values.values(), 1, settings.quartile_method, settings.fence_factor)
    return {cluster: normalised(value, 1, span) for cluster, value in values.items()}


def _ranks(database: Path, node: str) -> dict[str, int]:
    """The rank of each cluster at a node, counted: one more than there are better ones."""
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute("select cluster_id, score from core.fct_score where node_id = ?", [node]).fetchall()
    scores = {cluster: round(score, 12) for cluster, score in rows if score is not None}
    return {cluster: 1 + sum(other > score for other in scores.values()) for cluster, score in scores.items()}


def test_the_difference_is_the_answer_and_exactly_what_follows_from_it(trail) -> None:
    home = trail.home
    report = run(home, "audit", "diff", str(home.as_of / "L000001" / "published"), "R000002")
    then, now = _delivered(home, "L000001"), _delivered(home, "L000002")
    (cluster,) = [cluster for cluster in then if then[cluster] != now[cluster]]
    (answer,) = report["answers"]
    expected = {"answer_text": trail.found, "answer_number": float(trail.found)}
    assert (answer["edition_id"], answer["survey"], answer["question_id"], answer["change"]) == (
        2024,
        "coordinator",
        "meetings_per_year_year_1",
        "changed",
    )
    assert (answer["before"], answer["after"]) == (expected, {"answer_text": TEXT, "answer_number": float(TEXT)})

    (value,) = report["values"]
    assert (value["cluster_id"], value["node_id"]) == (cluster, NODE)
    assert (value["before"], value["after"]) == (
        {"value": sum(then[cluster]) / 2},
        {"value": sum(now[cluster]) / 2},
    )

    before, after = _scores(then), _scores(now)
    moved = {cluster for cluster in before if not math.isclose(before[cluster], after[cluster], abs_tol=1e-13)}
    assert cluster in moved
    assert {(row["cluster_id"], row["node_id"]) for row in report["scores"]} == {
        (cluster, node) for cluster in moved for node in (NODE, *ABOVE)
    }
    for row in (row for row in report["scores"] if row["node_id"] == NODE):
        assert row["before"]["score"] == pytest.approx(before[row["cluster_id"]], abs=1e-12)
        assert row["after"]["score"] == pytest.approx(after[row["cluster_id"]], abs=1e-12)

    ranked = {}
    for node in (NODE, *ABOVE):
        old, new = (_ranks(home.releases / name / "benchmarking.duckdb", node) for name in ("R000001", "R000002"))
        ranked |= {(key, node): (old[key], new[key]) for key in old if old[key] != new[key]}
    assert ranked
    assert ranked == {
        (row["cluster_id"], row["node_id"]): (row["before"]["rank"], row["after"]["rank"]) for row in report["ranks"]
    }
    assert [item["what"] for item in report["inputs"]] == ["delivery of 2024"]
    assert report["counts"]["answers"] == {"2024": {"changed": 1}}


def test_the_text_of_a_difference_is_limited_and_a_release_without_difference_says_so(trail, command) -> None:
    result = command(trail.home, "audit", "diff", "R000001", "R000002", "--limit", "1")
    assert f"answer_text '{trail.found}' → '{TEXT}'" in result.out
    assert "more: give --limit" in result.out
    same = command(trail.home, "audit", "diff", "R000001", str(trail.home.as_of / "L000001" / "published"))
    assert same.out.count("no difference") == 4
    unknown = command(trail.home, "audit", "diff", "R000001", "R000009")
    assert unknown.exit_code == 2 and "Releases kept: R000001, R000002" in unknown.err


def test_the_history_tells_loads_releases_and_what_superseded_what(trail, command) -> None:
    report = command(trail.home, "audit", "history", "--json").json
    assert [(load["load_id"], load["outcome"], load["superseded_by"]) for load in report["loads"]] == [
        ("L000001", "loaded", "L000002"),
        ("L000002", "loaded", None),
    ]
    assert [(release["release_id"], release["loads"]) for release in report["releases"]] == [
        ("R000001", ["L000001"]),
        ("R000002", ["L000002"]),
    ]
    assert [change["what"] for change in report["releases"][1]["changes"]] == ["delivery of 2024"]
    text = command(trail.home, "audit", "history", "2024").out
    assert "superseded by L000002" in text and "which readers use now" in text
    assert command(trail.home, "audit", "history", "2012", "--json").json["loads"] == []


def test_what_was_never_published_cannot_be_rebuilt(trail, command) -> None:
    result = command(trail.home, "run", "--as-of", "L000009", "--json")
    assert (result.exit_code, result.json["error"]) == (2, "NoSuchState")
    assert "The ledger knows: L000001, L000002, R000001, R000002" in result.err


def test_a_run_that_ends_by_a_fault_tells_it_in_the_ledger(home, command) -> None:
    edit_answer(home, EDITED, TEXT, ROW)
    shutil.rmtree(home.checks)
    home.checks.write_text("a file where a folder must be")
    assert command(home, "load", "2024").exit_code == 1
    load = Ledger(home.ledger).loads()[-1]
    assert (load.outcome, load.reason.partition(":")[0], len(load.files)) == ("failed", "FileExistsError", 5)
    assert str(home.root) not in load.reason
