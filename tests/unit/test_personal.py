"""Personal columns are dropped at the door, and what a member wrote is not repeated where it would stay."""

from __future__ import annotations

import json

import duckdb
import pytest

from ingestion.codebook import CodebookError, load_codebook
from ingestion.identity import load_identities
from ingestion.preview import preview
from ingestion.problem import DeliveryRefused
from ingestion.table import read_table
from orchestration.loading import Installation
from orchestration.paths import Home
from tests.unit import persons


@pytest.fixture
def installation(tmp_path, codebooks, clusters) -> Installation:
    persons.describe(codebooks)
    return Installation(Home(tmp_path), codebooks)


def told(home: Home) -> str:
    """Everything that a load leaves, but the copies as delivered."""
    texts = [home.ledger.read_text(encoding="utf-8")]
    with duckdb.connect() as connection:
        for path in (home.warehouse / "answers").glob("*.parquet"):
            texts.append(str(connection.execute("select * from read_parquet(?)", [str(path)]).fetchall()))
        if home.work_file.exists():
            connection.execute(f"attach '{home.work_file}' as work (read_only)")
            for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
                texts.append(str(connection.execute(f'select * from work.raw."{table}"').fetchall()))
    return "\n".join(texts)


def leaks(home: Home, *further: str) -> list[str]:
    text = told(home)
    return [secret for secret in (*persons.PERSONAL, *further) if secret in text]


def test_no_cell_of_a_personal_column_is_ever_in_a_table(installation, tmp_path) -> None:
    survey = installation.codebook(1999).surveys["members"]
    table = read_table(persons.write(tmp_path / "in"), "members_1.csv", survey)
    assert table.headers == tuple(persons.HEADERS)
    assert not any(secret in str(table.rows) for secret in persons.PERSONAL)


def test_a_loaded_delivery_leaves_no_trace_of_persons(installation, delivery) -> None:
    persons.write(delivery.write())
    load = installation.load(1999, "run")
    installation.fill_raw_tables()
    assert load.n_rows["members"] == 3
    assert leaks(installation.home) == []
    assert "bez uwag" in told(installation.home), "what is looked for would be found"


def broken(rows: list[list[str]], row: int, column: int, text: str) -> list[list[str]]:
    return [[text if (i, j) == (row, column) else cell for j, cell in enumerate(line)] for i, line in enumerate(rows)]


# What was written where, and what of the problem must be told.
FAULTS = {
    "a cell that is no answer": (0, 6, "Zadzwoń: Zofia", "the answer is not one of the answer options"),
    "a phone number for an amount": (1, 7, "600-100-200", "the answer is not a number"),
    "an unknown cluster": (1, 1, "K9", "the cluster is unknown"),
    "no respondent": (2, 0, "", "the respondent is not named"),
    "a respondent twice": (2, 0, "m1", "a respondent stands twice, with different answers"),
    "another edition": (0, 2, "1997", "rows are of another edition, this one first"),
}


@pytest.mark.parametrize(("row", "column", "text", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_a_refused_delivery_tells_no_person(installation, delivery, row, column, text, reason) -> None:
    inbox = delivery.write()
    persons.write(inbox, broken(persons.ROWS, row, column, text))
    with pytest.raises(DeliveryRefused) as caught:
        installation.load(1999, "run")
    assert [problem.reason for problem in caught.value.problems] == [reason]
    further = [text] if column in (6, 7) else []
    assert leaks(installation.home, *further) == []
    assert not any(secret in str(caught.value) for secret in (*persons.PERSONAL, *further))
    seen = preview(installation.codebook(1999), inbox, load_identities(installation.home.clusters))
    assert not any(secret in str(seen.problems) for secret in (*persons.PERSONAL, *further))


@pytest.mark.parametrize("change", ["no headers", "personal column renamed", "unquoted", "encoding"])
def test_a_file_that_is_not_as_described_tells_no_person(installation, delivery, change) -> None:
    path = persons.write(delivery.write())
    text = path.read_bytes().decode("cp1250")
    changed = {
        "no headers": text.split("\r\n", 1)[1],
        "personal column renamed": text.replace('"mail"', '"adres"', 1),
        "unquoted": text.replace('"Ewa Nieznana"', "Ewa;Nieznana"),
        "encoding": text.replace("Ewa", "Ew\x98"),
    }[change]
    path.write_bytes(
        changed.encode("cp1250", "surrogateescape") if change != "encoding" else b"\x98" + path.read_bytes()
    )
    with pytest.raises(DeliveryRefused) as caught:
        installation.load(1999, "run")
    assert leaks(installation.home) == []
    assert not any(secret in str(caught.value) for secret in persons.PERSONAL)
    if change == "personal column renamed":
        assert {problem.reason for problem in caught.value.problems} == {"a column is missing", "a column is unknown"}


def test_a_members_cell_that_is_allowed_to_be_unreadable_is_kept_nowhere(installation, delivery, codebooks) -> None:
    path = codebooks / "1999" / "edition.yml"
    path.write_text(path.read_text(encoding="utf-8") + "max_rejected: 1\n", encoding="utf-8")
    persons.write(delivery.write(), broken(persons.ROWS, 0, 6, "inne: pani Zofia"))
    load = installation.load(1999, "run")
    installation.fill_raw_tables()
    assert [cell.found for cell in load.rejected] == ["(16 characters / znaków)"]
    assert leaks(installation.home, "inne: pani") == []
    entries = [json.loads(line) for line in installation.home.ledger.read_text(encoding="utf-8").splitlines()]
    assert entries[-1]["rejected"][0]["row_number"] == 2


def test_what_stands_in_a_members_column_of_states_is_not_repeated(installation, delivery, codebooks) -> None:
    """An export whose columns are shifted may have a person's words there."""
    path = codebooks / "1999" / "edition.yml"
    judged = "personal_columns: [person, mail]\n    status_column: state\n    finished_statuses: [done]"
    text = path.read_text(encoding="utf-8").replace("personal_columns: [person, mail]", judged)
    path.write_text(text, encoding="utf-8")
    written = persons.write(delivery.write())
    lines = written.read_text(encoding="cp1250").replace('\n""wiersze""\n', " wiersze").splitlines()
    states = ['"state"', '"done"', '"pani Zofia"', '"done"']
    written.write_text("\r\n".join(map(";".join, zip(lines, states, strict=True))), encoding="cp1250")
    with pytest.raises(DeliveryRefused) as caught:
        installation.load(1999, "run")
    (problem,) = caught.value.problems
    assert (problem.kind, problem.row, problem.column) == ("response_unfinished", 3, "state")
    assert problem.found == "status (10 characters / znaków)"
    assert leaks(installation.home, "pani Zofia") == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("personal_columns: [person, mail]", "personal_columns: [person, who]", "'who' is personal"),
        ("personal_columns: [person, mail]", "personal_columns: [person, M1]", "'M1' stands already"),
    ],
)
def test_a_personal_column_is_nothing_else(installation, codebooks, old, new, message) -> None:
    path = codebooks / "1999" / "edition.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(CodebookError, match=message):
        load_codebook(1999, codebooks)


def test_a_members_text_is_free_text(installation, codebooks) -> None:
    path = codebooks / "1999" / "questions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("M3,free_text", "M3,text"), encoding="utf-8")
    with pytest.raises(CodebookError, match="row 10: member_remark is a text of a member"):
        load_codebook(1999, codebooks)
