"""A copy without a respondent: the row is blank, every other cell and row number is as it was."""

from __future__ import annotations

import codecs
import zipfile
from pathlib import Path

import pyreadstat
import pytest

from ingestion.blanking import NotBlanked, rows_of_respondent, write_without_rows
from ingestion.codebook import load_codebook
from ingestion.table import read_table
from tests.unit import persons

# The editions that asked members, in the formats of their platforms.
SURVEYED = (2014, 2020, 2022, 2024)
CASES = [("csv", "cp1250", 2), ("csv", "utf-8-sig", 2), ("csv", "utf-16", 2), ("xlsx", "", 3), ("sav", "", 2)]


def content(path: Path, encoding: str) -> str:
    """Everything a file holds as text, unpacked."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return path.read_bytes().decode(encoding or "utf-8", "replace")


@pytest.mark.parametrize(("format", "encoding", "first"), CASES)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_is_blank_and_all_others_stay_under_their_numbers(
    codebooks, tmp_path, format, encoding, first, place
) -> None:
    persons.describe(codebooks, format, encoding)
    codebook = load_codebook(1999, codebooks)
    survey = codebook.surveys["members"]
    source = persons.write(tmp_path / "in", persons.ROWS, format, encoding)
    target = tmp_path / f"out.{format}"
    row = first + place
    who = persons.ROWS[place]
    assert rows_of_respondent(read_table(source, source.name, survey), survey, who[0]) == (row,)

    write_without_rows(source, target, source.name, codebook, "members", [row])

    left = read_table(target, source.name, survey)
    others = [other for other in persons.ROWS if other is not who]
    assert [number for number, _ in left.rows] == [n for n in range(first, first + 3) if n != row]
    for (_, cells), other in zip(left.rows, others, strict=True):
        text = {header: cell.text or "" for header, cell in zip(left.headers, cells, strict=True)}
        expected = dict(zip(persons.HEADERS, other, strict=True)) | {"person": "", "mail": ""}
        assert text == {header: value.strip() for header, value in expected.items()}
    held = content(target, encoding)
    assert [cell for cell in (*who[4:6], who[8].strip()) if cell in held] == []
    assert others[0][5] in held


def test_the_other_lines_of_a_csv_file_are_the_same_bytes(codebooks, tmp_path) -> None:
    persons.describe(codebooks)
    source = persons.write(tmp_path / "in")
    target = tmp_path / "out.csv"
    write_without_rows(source, target, source.name, load_codebook(1999, codebooks), "members", [3])
    before, after = source.read_bytes(), target.read_bytes()
    start, end = before.index(b'"m2"'), before.index(b'"m3"')
    assert after == before[:start] + b";" * 8 + b"\r\n" + before[end:]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"", "cp1250"),
        (b"", "iso8859-2"),
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
    ],
)
def test_a_file_in_another_encoding_and_with_another_delimiter_stays_so(
    codebooks, tmp_path, mark, codec, delimiter
) -> None:
    persons.describe(codebooks, encoding="cp1250")
    rows = [list(row) for row in persons.ROWS]
    rows[1][8] = "dwa\r\nwiersze"
    quoted = [delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in [persons.HEADERS, *rows]]
    source, target = tmp_path / "members_1.csv", tmp_path / "out.csv"
    source.write_bytes(mark + "".join(quoted).encode(codec))
    write_without_rows(source, target, source.name, load_codebook(1999, codebooks), "members", [3])
    left = [*quoted[:2], delimiter * 8 + "\r\n", quoted[3]]
    assert target.read_bytes() == mark + "".join(left).encode(codec)


def test_spss_keeps_labels_formats_and_codes_of_missing_values(codebooks, tmp_path) -> None:
    persons.describe(codebooks, "sav")
    source = persons.write(tmp_path / "in", format="sav")
    target = tmp_path / "out.sav"
    write_without_rows(source, target, source.name, load_codebook(1999, codebooks), "members", [2])
    _, before = pyreadstat.read_sav(str(source), user_missing=True)
    _, after = pyreadstat.read_sav(str(target), user_missing=True)
    assert after.variable_value_labels == before.variable_value_labels == {"M1": {1.0: "słabo", 2.0: "dobrze"}}
    assert after.missing_ranges == before.missing_ranges == {"M2": [{"lo": 99.0, "hi": 99.0}]}
    for kept in ("M1", "M2"):  # texts are as wide as the longest that is left
        assert after.original_variable_types[kept] == before.original_variable_types[kept]


def test_nothing_but_values_on_known_sheets_is_carried_over(codebooks, tmp_path) -> None:
    persons.describe(codebooks, "xlsx")
    source = persons.write(tmp_path / "in", format="xlsx")
    target = tmp_path / "out.xlsx"
    write_without_rows(source, target, source.name, load_codebook(1999, codebooks), "members", [3])
    with zipfile.ZipFile(target) as parts:
        assert [name for name in parts.namelist() if "comment" in name or "sheet2" in name] == []
    assert "mailto" not in content(target, "")


def test_a_copy_that_would_change_another_row_is_not_made(codebooks, tmp_path, monkeypatch) -> None:
    from ingestion import blanking

    persons.describe(codebooks)
    source = persons.write(tmp_path / "in")

    def clumsy(source: Path, target: Path, *_: object) -> None:
        lines = source.read_bytes().splitlines(keepends=True)
        target.write_bytes(b"".join(lines[:1] + lines[2:]))

    monkeypatch.setattr(blanking, "_WRITERS", {"csv": clumsy})
    with pytest.raises(NotBlanked, match="row"):
        write_without_rows(source, tmp_path / "out.csv", source.name, load_codebook(1999, codebooks), "members", [2])


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The sample's deliveries of those editions."""
    from sample import SEED, write_samples

    folder = tmp_path_factory.mktemp("samples")
    folders = {edition: folder / str(edition) for edition in SURVEYED}
    write_samples(folders, folder / "clusters", None, SEED)
    return folders


@pytest.mark.parametrize("edition", SURVEYED)
def test_the_files_of_every_edition_can_be_written_without_a_row(samples, tmp_path, edition) -> None:
    codebook = load_codebook(edition)
    survey = codebook.surveys["member_opinion"]
    (source,) = samples[edition].glob(survey.file_pattern)
    before = read_table(source, source.name, survey)
    rows = list(before.rows)
    number, cells = rows[100]
    who = str(cells[before.headers.index(survey.respondent_column)].text)
    assert rows_of_respondent(before, survey, who) == (number,)
    target = tmp_path / source.name
    write_without_rows(source, target, source.name, codebook, "member_opinion", [number])
    after = read_table(target, source.name, survey)
    assert list(after.rows) == [*rows[:100], *rows[101:]]
    assert len(rows) > 400
