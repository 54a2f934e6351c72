"""A text file is read in the encoding, with the delimiter and the header row that it has, or refused with its row."""

from __future__ import annotations

import codecs
import csv
import io
import tracemalloc
from pathlib import Path

import pytest

from ingestion.codebook import load_codebook
from ingestion.csv_lines import MOST_IN_CELL, MOST_IN_LINE
from ingestion.table import FileUnreadable, Table, read_table
from ingestion.text_encoding import find_encoding
from tests.unit import persons
from tests.unit.conftest import HEADERS, ROWS

LETTERS = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
TEXT = f"zażółć gęślą jaźń – „{LETTERS}”"
ENCODED = {
    "utf-8": TEXT.encode(),
    "utf-8-sig": codecs.BOM_UTF8 + TEXT.encode(),
    "utf-16-le": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "utf-16-be": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "cp1250": TEXT.encode("cp1250"),
    "iso8859-2": TEXT.replace("–", "-").replace("„", '"').replace("”", '"').encode("iso8859-2"),
}


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def texts(table: Table) -> list[tuple[int, list[str | None]]]:
    return [(row, [cell.text for cell in cells]) for row, cells in table.rows]


def as_csv(rows: list[list[str]], delimiter: str = ";", line_break: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_break).writerows(rows)
    return out.getvalue()


@pytest.fixture
def survey(codebook):
    return codebook.surveys["coordinator"]


def read(tmp_path: Path, content: bytes, survey) -> Table:
    return read_table(written(tmp_path / "coordinators_1.csv", content), "coordinators_1.csv", survey)


def refusal(tmp_path: Path, content: bytes, survey) -> tuple[str, int | None]:
    with pytest.raises(FileUnreadable) as caught:
        list(read(tmp_path, content, survey).rows)
    return caught.value.problem.kind, caught.value.problem.row


@pytest.mark.parametrize("usual", [None, "utf-8-sig", "cp1250", "iso8859-2", "utf-16"])
@pytest.mark.parametrize("name", ENCODED)
def test_the_bytes_decide_whatever_is_usual(tmp_path, name, usual) -> None:
    path = written(tmp_path / "a.csv", ENCODED[name])
    encoding = find_encoding(path, "a.csv", usual)
    assert encoding.name == name
    with encoding.open(path) as file:
        assert sorted(set(file.read()) & set(LETTERS)) == sorted(LETTERS)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_shows_by_its_zero_bytes(tmp_path, codec) -> None:
    content = as_csv([["id", "odpowiedź"], ["r1", "Łódź"]]).encode(codec)
    assert find_encoding(written(tmp_path / "a.csv", content), "a.csv", "utf-8").name == codec


@pytest.mark.parametrize("letter", "ąśźĄŚŹ")
@pytest.mark.parametrize("codec", ["cp1250", "iso8859-2"])
@pytest.mark.parametrize("usual", ["cp1250", "iso8859-2", "utf-8"])
def test_one_letter_decides_between_the_two_code_pages_also_at_the_end(tmp_path, letter, codec, usual) -> None:
    content = ("łódka żółta\n" * 200_000 + f"x{letter}x\n").encode(codec)  # more than two chunks
    assert find_encoding(written(tmp_path / "a.csv", content), "a.csv", usual).name == codec


def test_a_plus_minus_sign_is_no_letter_and_a_name_from_abroad_no_other_encoding(tmp_path) -> None:
    content = "łąka ±5 °C – Müller, Škoda, Gdańsk, Łódź, Kraków, Źródło".encode("cp1250")
    assert find_encoding(written(tmp_path / "a.csv", content), "a.csv", "utf-8").name == "cp1250"


@pytest.mark.parametrize("usual", ["cp1250", "iso8859-2", "utf-8-sig"])
def test_a_file_of_plain_letters_is_as_usual(tmp_path, usual) -> None:
    name = find_encoding(written(tmp_path / "a.csv", b"id;x\nr1;1\n"), "a.csv", usual).name
    assert name == {"utf-8-sig": "utf-8"}.get(usual, usual)


@pytest.mark.parametrize(
    ("rows", "kind", "row"),
    [
        (["łódź".encode(), "łódź".encode("cp1250")], "encoding_mixed", 3),
        (["łódź".encode("cp1250"), "łódź".encode()], "encoding_mixed", 3),
        (["mąż".encode("cp1250"), "mąż".encode("iso8859-2")], "encoding_mixed", 3),
        (["mąż".encode("iso8859-2"), b'"two\r\nlines"', "mąż".encode("cp1250")], "encoding_mixed", 4),
        ([b"x", "łódź".encode("cp852")], "encoding_unreadable", 3),
        ([b"x", "вопрос".encode("cp1251")], "encoding_unreadable", 3),
        ([b"x", "très à l'été".encode("latin-1")], "encoding_unreadable", 3),
        ([b"x", b"l\x81d"], "encoding_unreadable", 3),
        ([b"x", b"a\x00b"], "not_text", 3),
    ],
)
def test_what_is_no_polish_text_throughout_is_refused_with_its_row(tmp_path, survey, rows, kind, row) -> None:
    content = b"\r\n".join([";".join(HEADERS).encode(), *rows, b""])
    assert refusal(tmp_path, content, survey) == (kind, row)


@pytest.mark.parametrize(
    ("content", "kind", "row"),
    [
        (codecs.BOM_UTF8 + "id\r\nłódź\r\n".encode() + b"\xb3\r\n", "encoding_unreadable", 3),
        (codecs.BOM_UTF16_LE + "id\r\nłódź\r\n".encode("utf-16-le") + b"x", "encoding_unreadable", 3),
        (codecs.BOM_UTF16_LE + "id\r\nłó\x00dź\r\n".encode("utf-16-le"), "not_text", 2),
    ],
)
def test_unicode_that_breaks_off_is_refused_with_its_row(tmp_path, survey, content, kind, row) -> None:
    assert refusal(tmp_path, content, survey) == (kind, row)


@pytest.mark.parametrize("damaged", ["Ĺ‚Ăłdz", "Å‚Ã³dź", "�ódź"])
def test_letters_that_were_damaged_before_are_told(tmp_path, survey, damaged) -> None:
    rows = [list(row) for row in ROWS]
    rows[1][8] = damaged
    table = read(tmp_path, as_csv([HEADERS, *rows]).encode(), survey)
    assert [(note.kind, note.severity, note.row) for note in table.notes] == [("letters_damaged", "warning", 3)]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_any_delimiter_and_line_break_reads_the_same(tmp_path, survey, delimiter, line_break) -> None:
    rows = [list(row) for row in ROWS]
    rows[0][8] = f'forum; wiki,\twith "quotes"{line_break}and a second line'
    table = read(tmp_path, as_csv([HEADERS, *rows], delimiter, line_break).encode(), survey)
    assert table.headers == tuple(HEADERS)
    assert texts(table) == [(n, [cell.strip() or None for cell in row]) for n, row in enumerate(rows, start=2)]
    assert (table.choice.delimiter, table.choice.header_row) == (delimiter, 1)
    assert [note.kind for note in table.notes] == ([] if delimiter == ";" else ["delimiter_differs"])


@pytest.mark.parametrize("said", ["sep=,", '"sep=,"', "SEP=,"])
def test_the_delimiter_that_excel_is_told_in_the_first_line_is_taken(tmp_path, survey, said) -> None:
    table = read(tmp_path, f"{said}\r\n{as_csv([HEADERS, *ROWS], ',')}".encode(), survey)
    assert (table.choice.delimiter, table.choice.header_row, [row for row, _ in table.rows]) == (",", 2, [3, 4, 5])


def test_titles_above_the_headers_and_what_is_empty_below_are_passed_over(tmp_path, survey) -> None:
    titles = [["Ankieta, koordynatorzy; edycja 1999"], [], ["eksport", "1999-06-01", "response"]]
    below = [[""] * 14, [], [""]]
    rows = [[*row, "", ""] for row in ROWS]
    table = read(tmp_path, as_csv([*titles, [*HEADERS, "", ""], *rows, *below]).encode(), survey)
    assert table.headers == tuple(HEADERS)
    assert [row for row, _ in table.rows] == [5, 6, 7]
    assert {len(cells) for _, cells in table.rows} == {len(HEADERS)}
    assert [(n.kind, n.found, n.expected) for n in table.notes] == [("header_row_differs", "row 4", "row 1")]


def test_a_column_without_a_header_is_one_column_and_not_every_row(tmp_path, survey) -> None:
    rows = [[*row, "", text, ""] for row, text in zip(ROWS, ["", "x", ""], strict=True)]
    table = read(tmp_path, as_csv([[*HEADERS, "", "", ""], *rows]).encode(), survey)
    assert table.headers == (*HEADERS, "", "")
    assert {len(cells) for _, cells in table.rows} == {len(HEADERS) + 2}


def test_a_mark_within_the_text_says_nothing(tmp_path, survey) -> None:
    first, *others = as_csv([HEADERS, *ROWS]).splitlines(keepends=True)
    table = read(tmp_path, ("\ufeff" + first + "\ufeff" + "\ufeff".join(others)).encode(), survey)
    assert [cells[0].text for _, cells in table.rows] == ["r1", "r2", "r3"]


@pytest.mark.parametrize(
    ("tail", "kind", "row"),
    [
        ('r4;"open\r\nr5;1\r\n', "csv_broken", 5),
        ('r4;"x"y\r\n', "csv_broken", 5),
        ('r4;"' + "x" * (MOST_IN_CELL + 1), "cell_too_long", 5),
        ("r4;" + "x" * (MOST_IN_CELL + 1), "cell_too_long", 5),
        ("r4" + ";x" * (MOST_IN_LINE // 2), "line_too_long", 5),
    ],
)
def test_what_does_not_end_is_refused_with_the_row_it_begins_in(tmp_path, survey, tail, kind, row) -> None:
    assert refusal(tmp_path, (as_csv([HEADERS, *ROWS]) + tail).encode(), survey) == (kind, row)


def test_headers_alone_and_nothing_at_all_are_refused(tmp_path, survey) -> None:
    assert refusal(tmp_path, as_csv([HEADERS]).encode(), survey)[0] == "no_rows"
    assert refusal(tmp_path, codecs.BOM_UTF8, survey)[0] == "file_empty"
    assert refusal(tmp_path, b"\r\n\r\n", survey)[0] == "file_empty"


@pytest.mark.parametrize("delimiter", [";", ",", "|"])
def test_rows_of_persons_without_headers_are_never_told(codebooks, tmp_path, delimiter) -> None:
    persons.describe(codebooks, encoding="utf-8")
    survey = load_codebook(1999, codebooks).surveys["members"]
    rows = [list(row) for row in persons.ROWS]
    rows[1][8] = "kind"  # called like a column by chance
    path = written(tmp_path / "members_1.csv", as_csv(rows, delimiter).encode())
    with pytest.raises(FileUnreadable) as caught:
        read_table(path, path.name, survey)
    assert caught.value.problem.kind == "headers_missing"
    told = str(caught.value.problem.as_dict())
    assert [secret for secret in persons.PERSONAL if secret in told] == []


@pytest.mark.parametrize("codec", ["cp1250", "utf-16-le"])
def test_a_file_is_never_held_as_a_whole(tmp_path, survey, codec) -> None:
    row = as_csv([[*ROWS[0][:8], "łódź " * 200, *ROWS[0][9:]]])
    path = written(tmp_path / "a.csv", (as_csv([HEADERS]) + row * 8_000).encode(codec))
    tracemalloc.start()
    try:
        n_rows = sum(1 for _ in read_table(path, path.name, survey).rows)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert n_rows == 8_000
    assert path.stat().st_size > 8_000_000
    assert peak < 7_000_000, "some chunks of 1 MiB, as bytes and as text"


def test_progress_is_told_in_percent(tmp_path, survey, monkeypatch, caplog) -> None:
    monkeypatch.setattr("ingestion.csv_lines._SECONDS_BETWEEN", -1.0)
    path = written(tmp_path / "a.csv", as_csv([HEADERS, *ROWS * 2_000]).encode())
    with caplog.at_level("INFO", logger="clusterbench"):
        assert sum(1 for _ in read_table(path, path.name, survey).rows) == 6_000
    percents = [int(message.split()[2]) for message in caplog.messages]
    assert percents[-1] > 95
    assert set(range(10)) <= {percent // 10 for percent in percents}
    assert all(message.startswith("a.csv: read ") for message in caplog.messages)
