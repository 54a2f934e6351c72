"""SPSS files: what is missing and why, dates, long texts, old encodings, compressed and broken files."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from ingestion.blanking import _write_sav
from ingestion.codebook import Survey
from ingestion.delivery import receive
from ingestion.identity import load_identities
from ingestion.probe import survives
from ingestion.table import BLANK, Cell, FileUnreadable, open_lines
from tests.readings import read_all
from tests.unit.test_formats import write_sav

SURVEY = Survey(
    title="t",
    file_pattern="a_*.sav",
    format="sav",
    respondent_column="id",
    cluster_column="cluster",
    edition_column="edition",
    data_kind_column="kind",
)
LONG = "zażółć gęślą jaźń " * 40


def write(path: Path) -> None:
    """Three cases with everything that SPSS may say of a value."""
    columns = {
        "id": ["r1", "r2", "r3"],
        "n": [5.0, 98.0, 99.0],
        "m": [1.0, -7.0, None],
        "t": ["a", "XX", ""],
        "day": [datetime.date(2024, 3, 1), None, datetime.date(1999, 12, 31)],
        "long": [LONG, "", "x"],
    }
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        str(path),
        variable_value_labels={"n": {98.0: "odmowa odpowiedzi"}, "m": {1.0: "tak", -7.0: "inne"}},
        missing_ranges={"n": [98, 99], "m": [{"lo": -9, "hi": -5}], "t": ["XX"]},
        compress=path.suffix == ".zsav",
    )


@pytest.mark.parametrize("extension", ["sav", "zsav"])
def test_a_value_called_missing_is_a_blank_unless_it_has_a_label(tmp_path, extension) -> None:
    path = tmp_path / f"a.{extension}"
    write(path)
    lines = open_lines(path, path.name, SURVEY)
    assert (lines.choice.format, lines.choice.encoding, [note.kind for note in lines.notes]) == (
        extension,
        "UTF-8",
        [] if extension == "sav" else ["format_differs"],
    )
    day, end = Cell("2024-03-01", None, "date"), Cell("1999-12-31", None, "date")
    assert list(lines.read()) == [
        [Cell(name) for name in ("id", "n", "m", "t", "day", "long")],
        [Cell("r1"), Cell("5", 5.0), Cell("tak", 1.0), Cell("a"), day, Cell(LONG.strip())],
        [Cell("r2"), Cell("odmowa odpowiedzi", 98.0, "missing"), Cell("inne", -7.0, "missing"), BLANK, BLANK, BLANK],
        [Cell("r3"), BLANK, BLANK, BLANK, end, Cell("x")],
    ]


def test_a_missing_code_reads_as_the_refusal_that_its_label_is_and_otherwise_as_a_blank(
    codebook, clusters, delivery, tmp_path
) -> None:
    inbox = delivery.write()
    (inbox / "coordinators_1.csv").unlink()
    path = inbox / "coordinators_1.sav"
    write_sav(path)
    frame, _ = pyreadstat.read_sav(str(path))
    frame["Q1"] = [97.0, 98.0, 99.0]
    labels = {"Q4": {1.0: "pisemna", 2.0: "brak"}, "Q1": {97.0: "b.d.", 98.0: "nie wiem"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels, missing_ranges={"Q1": [{"lo": 97, "hi": 99}]})
    received = receive(codebook, inbox, tmp_path / "raw", "")
    reading = read_all(codebook, received, tmp_path / "raw", load_identities(clusters))
    budget = [(a.answer_text, a.answer_number, a.status) for a in reading.answers if a.question_id == "budget"]
    assert budget == [("b.d.", None, "refused"), (None, None, "blank"), (None, None, "blank")]


def test_an_old_file_that_does_not_say_its_encoding_is_read_as_windows_1250(tmp_path) -> None:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"id": ["r1"], "name": ["zolc_jazn"]}), str(path))
    content = path.read_bytes()
    at = content.index(b"\x07\x00\x00\x00\x14\x00\x00\x00")  # the record of the encoding
    length = int.from_bytes(content[at + 12 : at + 16], "little")
    content = content[:at] + content[at + 16 + length :]
    machine = content.index(b"\x07\x00\x00\x00\x03\x00\x00\x00")  # the older record of the machine
    content = content[:machine] + content[machine + 16 + 32 :]
    path.write_bytes(content.replace(b"zolc_jazn", "żółć_jaźń".encode("cp1250")))
    lines = open_lines(path, path.name, SURVEY)
    assert list(lines.read())[1] == [Cell("r1"), Cell("żółć_jaźń")]
    assert [note.kind for note in lines.notes] == ["sav_encoding"]
    assert lines.choice.encoding == "WINDOWS-1250"


@pytest.mark.parametrize("extension", ["sav", "zsav"])
def test_a_truncated_file_is_refused_at_whatever_byte_it_breaks_off(tmp_path, extension) -> None:
    path, broken = tmp_path / f"a.{extension}", tmp_path / "b.sav"
    write(path)
    content = path.read_bytes()
    for cut in range(4, len(content), len(content) // 12):
        broken.write_bytes(content[:cut])
        with pytest.raises(FileUnreadable) as caught:
            open_lines(broken, broken.name, SURVEY)
        assert caught.value.problem.kind in ("sav_unreadable",)


@pytest.mark.parametrize("extension", ["sav", "zsav"])
def test_a_copy_without_a_case_is_compressed_as_the_file_was(tmp_path, extension) -> None:
    path, copy = tmp_path / f"a.{extension}", tmp_path / f"b.{extension}"
    write(path)
    _write_sav(path, copy, SURVEY, [2], [SURVEY])
    before, after = (open_lines(each, each.name, SURVEY) for each in (path, copy))
    assert after.choice == before.choice
    first, _, *others = before.read()
    assert list(after.read()) == [first, [BLANK] * 6, *others]


def test_what_crashes_or_takes_all_memory_is_noticed() -> None:
    import ctypes

    assert survives(lambda: None) and survives(lambda: 1 / 0)
    assert not survives(lambda: ctypes.string_at(0))
    assert not survives(lambda: bytearray(4 << 30))
