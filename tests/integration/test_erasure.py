"""Persons in a home: where nothing of them may be, and how one respondent is erased from end to end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from ingestion.ledger import Ledger
from ingestion.manifest import hash_file
from orchestration.lock import warehouse_lock
from orchestration.paths import Home
from tests.installation import outcomes, tables
from tests.integration.members import MAIL, NAME, SECRETS, member_rows, members_file, write_members

WHO = "R00007"
ERASE = ("erase", "2024", "--survey", "member_opinion", "--reason", "request no 7")
# The respondent as nobody else: a name, an address, the texts.
OWN = ("Zmyślisława 007", "osoba007", "Zdzisia 007", "Krzychu Zet 007")


def places(home: Home, *secrets: str) -> dict[str, set[str]]:
    """In which files below the home each text is, but in the inbox: as bytes, and in the cells of every table."""
    found: dict[str, set[str]] = {secret: set() for secret in secrets}
    for path in sorted(path for path in home.root.rglob("*") if path.is_file() and not path.is_symlink()):
        name = str(path.relative_to(home.root))
        if name.startswith("inbox/"):
            continue
        content, in_tables = path.read_bytes(), _in_tables(path, secrets)
        for secret in secrets:
            as_bytes = {secret.encode(code, "ignore") for code in ("utf-8", "cp1250", "utf-16-le")}
            as_bytes.add(secret.encode("ascii", "backslashreplace"))  # as JSON has it
            if secret in in_tables or any(text in content for text in as_bytes):
                found[secret].add(name)
    return found


def _in_tables(path: Path, secrets: Sequence[str]) -> set[str]:
    """Which of the texts are in a row of a table of a DuckDB or Parquet file."""
    if path.suffix not in (".parquet", ".duckdb"):
        return set()
    quoted = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        sources = [f"read_parquet('{quoted}')"]
        if path.suffix == ".duckdb":
            connection.execute(f"attach '{quoted}' as opened (read_only)")
            sources = [
                f'opened."{schema}"."{table}"'
                for schema, table in connection.execute(
                    "select schema_name, table_name from duckdb_tables() where database_name = 'opened'"
                ).fetchall()
            ]
        columns = ", ".join("bool_or(contains(row, ?))" for _ in secrets)
        found = set()
        for source in sources:
            query = f"select {columns} from (select t::varchar as row from {source} as t)"
            (seen,) = connection.execute(query, secrets).fetchall()
            found |= {secret for secret, is_in in zip(secrets, seen, strict=True) if is_in}
        return found


def without_respondent(answers: list[tuple]) -> list[tuple]:
    """The rows of core.fct_answer but the respondent's; one of another survey may go by the same id."""
    return [row for row in answers if row[:3] != (2024, "member_opinion", WHO)]


def test_nothing_of_a_person_is_anywhere_but_in_the_copy_of_what_was_delivered(with_members) -> None:
    found = places(with_members, *SECRETS)
    copy = f"raw/{hash_file(members_file(with_members))}.csv"
    assert found[NAME] == found[MAIL] == {copy}


def test_free_text_is_in_nothing_that_is_published(with_members) -> None:
    (_, _, other, remark) = SECRETS
    found = places(with_members, other, remark)
    for where in found.values():
        assert where, "the text was delivered"
        # Kept answers and the work file have it as raw; no release, documentation, check or record does.
        assert {name.split("/")[0] for name in where} == {"raw", "warehouse"}
        assert not [name for name in where if "docs" in name]


def test_a_refused_delivery_leaves_nothing_of_a_person(members_home, command) -> None:
    home = members_home
    rows = member_rows(home)
    rows[4]["O02"] = "Zadzwonię: Ziuta"
    rows[9]["id_klastra"] = "K999"
    rows[12]["m_czas"] = "600-100-200"
    write_members(home, rows)
    result = command(home, "load", "2024", "--json")
    assert result.exit_code == 3
    assert command(home, "load", "2024", "--dry-run").exit_code == 3
    told = places(home, NAME, MAIL, "Ziuta", "600-100-200")
    assert {name.split("/")[0] for where in told.values() for name in where} == {"raw"}
    for text in (result.out, result.err, command(home, "status").out):
        assert not [secret for secret in (*SECRETS, "Ziuta", "600-100-200") if secret in text]
    assert "characters / znaków)" in result.err and "row 6, column O02" in result.err


@pytest.mark.long
def test_one_respondent_is_erased_from_end_to_end(members_home, command) -> None:
    home = members_home
    before = tables(home.published / "benchmarking.duckdb")
    delivered = hash_file(members_file(home))
    database = {"host": "db.example.org", "port": 5432, "database": "bench"}
    Ledger(home.ledger).append("served", release_id="R000001", **database)

    result = command(home, *ERASE, "--respondent", WHO, "--json")
    assert result.exit_code == 0, result.err
    report = result.json
    (file,) = report["files"]
    assert (file["file_sha256"], file["row_numbers"]) == (delivered, [8])
    assert report["releases_removed"] == ["R000001"]
    assert report["release"] == "R000002" == home.published.resolve().name
    assert report["still_served"] == [database | {"releases": ["R000001"]}]
    assert report["inbox"] == [{"file": str(members_file(home)), "rows": [8]}]

    # Nothing of it is left, and nothing of the others is missing.
    assert places(home, *OWN) == {text: set() for text in OWN}
    after = tables(home.published / "benchmarking.duckdb")
    assert after["core.fct_answer"] == without_respondent(before["core.fct_answer"]) != before["core.fct_answer"]
    surveys = {name for name in before if name.startswith("survey.")}
    assert [name for name in before.keys() - surveys - {"core.fct_answer"} if before[name] != after[name]] == []

    # It is on record, for the operator and for the auditor.
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        recorded = connection.execute("select * exclude (erased_at) from audit.erasure").fetchall()
        hashes = (delivered, file["erased_sha256"])
        assert recorded == [
            (2024, "member_opinion", WHO, 8, members_file(home).name, *hashes, "request no 7"),
        ]
        told = connection.execute(
            "select distinct file_sha256 from core.fct_answer where survey = 'member_opinion'"
        ).fetchall()
        assert told == [(delivered,)]
    assert f"respondent {WHO} of member_opinion was erased" in command(home, "status").out

    # The same request again, and the same file again, change nothing.
    again = command(home, *ERASE, "--respondent", WHO, "--json")
    assert (again.exit_code, again.json["already_erased"], again.json["files"]) == (0, True, [])
    assert command(home, "load", "2024").exit_code == 0
    assert outcomes(home) == ["loaded", "unchanged"]
    assert home.published.resolve().name == "R000002"

    # A corrected delivery that still holds the row is refused; without it, it is loaded.
    rows = member_rows(home)
    rows[0]["m_czas"] = "777"
    write_members(home, rows)
    refused = command(home, "load", "2024", "--json")
    assert refused.exit_code == 3
    assert (
        f"row 8, column id_odpowiedzi: the respondent was erased on request on {file['erased_at'][:10]}" in refused.err
    )
    assert not [text for text in OWN if text in refused.err]
    write_members(home, [row for row in rows if row["id_odpowiedzi"] != WHO])
    assert command(home, "load", "2024").exit_code == 0
    # The refused file came into the raw store like any other: the same request takes it out of there.
    last = command(home, *ERASE, "--respondent", WHO)
    assert last.exit_code == 0
    assert "erased." in last.out and "is blank in" in last.out
    assert "The database bench on db.example.org, port 5432, may still show R000001: publish to it again" in last.out
    assert places(home, *OWN) == {text: set() for text in OWN}


def test_what_can_not_be_erased_is_said_and_nothing_is_changed(members_home, command) -> None:
    home = members_home
    before = home.ledger.read_bytes()
    unknown = command(home, *ERASE, "--respondent", "M999", "--json")
    assert (unknown.exit_code, "M999" in unknown.err) == (3, True)
    cluster = command(
        home, "erase", "2024", "--survey", "coordinator", "--respondent", "R1", "--reason", "asked to", "--json"
    )
    assert (cluster.exit_code, "the benchmark's" in cluster.err) == (2, True)
    assert command(home, "erase", "1998", *ERASE[2:], "--respondent", WHO).exit_code == 2
    with warehouse_lock(home.warehouse / "lock", "another run"):
        assert command(home, *ERASE, "--respondent", WHO).exit_code == 4
    assert home.ledger.read_bytes() == before
    assert not Ledger(home.ledger).erasures().entries
