"""Headers that are spelled otherwise than in the codebook: found where they can mean one column, and told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.codebook import load_codebook
from ingestion.columns import check_columns
from ingestion.headers import known_headers
from ingestion.table import read_table
from tests.unit import persons

FULL = "Liczba uczelni i innych podmiotów systemu szkolnictwa wyższego i nauki wśród członków klastra na koniec 2023 r."


@pytest.fixture(scope="module")
def known():
    return known_headers(load_codebook(2024), "coordinator")


@pytest.mark.parametrize(
    ("delivered", "header"),
    [
        ("P02", "P02"),
        ("p02", "P02"),
        ("\ufeffP02", "P02"),
        (" P02\u00a0", "P02"),
        ("ID_ODPOWIEDZI", "id_odpowiedzi"),
        (FULL, "P02"),
        (FULL.replace(" ", "\n", 3), "P02"),
        (f"P02. {FULL}", "P02"),
        (f"P02: {FULL}", "P02"),
        (f"{FULL[:40]}…", "P02"),
        (f"{FULL[:40]}..", "P02"),
        (f"{FULL[:30]}... na koniec 2023 r.", "P02"),
        (FULL.encode()[:64].decode(errors="ignore"), "P02"),
        ("Powierzchnia infrastruktury badawczej w dyspozycji klastra będąca własnością lub udostępniona na podstawie "
         "umów", "P08"),
        ("P12[1]", "P12_1"),
        ("P12[SQ001]", "P12_1"),
        ("P12[SQ002]", "P12_2"),
        ("P12[other]", "P12_other"),
        ("P12 [komunikacja]", "P12_1"),
        ("P12 [Communication]", "P12_1"),
        ("Liczba dostępnych funkcji platformy informatycznej w klastrze [komunikacja]", "P12_1"),
        ("P12[SQ001]. Liczba dostępnych funkcji platformy informatycznej w klastrze [komunikacja]", "P12_1"),
        ("Liczba dostępny.. [repozytoria wiedzy]", "P12_2"),
    ],
)  # fmt: skip
def test_a_header_in_another_spelling_is_the_codebooks(known, delivered: str, header: str) -> None:
    expected_other = next(column for column, question, option in known.answers if option and option.is_other)
    wanted = expected_other if header == "P12_other" else header
    matched = known.match([delivered])
    assert matched.headers == (wanted,)
    assert matched.delivered == ({} if delivered == wanted else {wanted: delivered})
    assert known.n_known([delivered]) == 1


@pytest.mark.parametrize(
    "delivered",
    [
        "P999",
        "Wartość inwestycji w infrastr…",  # several questions begin like that
        FULL[:40],  # nothing says that it was cut off
        "…",
        "Lic…",
        "P0",
        "P12[SQ099]",
        "[inne (jakie? kilka oddziel średnikiem)]",  # an option of several questions
        "komunikacja",  # a cell of an answer rather than a header
    ],
)
def test_a_header_that_may_mean_none_or_several_is_unknown(known, delivered: str) -> None:
    matched = known.match([delivered])
    assert (matched.headers, matched.delivered, matched.ignored) == ((delivered,), {}, ())
    assert known.n_known([delivered]) == 0


@pytest.mark.parametrize(
    "delivered",
    ["token", "IPADDR", "Seed", "groupTime12", "Adres IP", "P02Time", "P02[comment]", "P12[SQ001comment]", "e-mail"],
)
def test_what_the_platform_exports_beside_the_answers_is_not_read(known, delivered: str) -> None:
    matched = known.match(["P02", delivered])
    assert (matched.headers, matched.ignored, matched.unread) == (("P02", delivered), (delivered,), {1})


def test_a_column_that_stands_twice_in_two_spellings_is_told(known) -> None:
    assert known.match(["P02", FULL]).headers == ("P02", "P02")
    assert known.match(["P02", "P02.1"]).headers == ("P02", "P02"), "as pandas numbers it"
    assert known.match(["P02.1"]).headers == ("P02.1",), "which it does only beside the first"


def test_a_personal_column_is_found_however_it_is_spelled(codebooks, tmp_path) -> None:
    persons.describe(codebooks)
    codebook = load_codebook(1999, codebooks)
    path = persons.write(tmp_path / "in")
    text = path.read_bytes().decode("cp1250").replace('"person"', '" PERSON\n"').replace('"mail"', '"Mail"')
    path.write_bytes(text.replace('"M1"', '"m1. Zadowolenie"').replace('"M2"', '"Amount"').encode("cp1250"))
    for known in (None, known_headers(codebook, "members")):
        table = read_table(path, "members_1.csv", codebook.surveys["members"], known=known)
        assert {"person", "mail"} <= set(table.headers)
        assert not any(secret in str(list(table.rows)) for secret in persons.PERSONAL)
    assert table.headers == tuple(persons.HEADERS)
    (note,) = check_columns(table, "members", "members_1.csv", codebook)
    assert (note.kind, note.severity, note.said["count"]) == ("header_differs", "note", 4)
    assert table.choice.headers["M2"] == "Amount"


def test_a_column_that_could_be_personal_is_rather_not_read(known, codebooks) -> None:
    persons.describe(codebooks)
    members = known_headers(load_codebook(1999, codebooks), "members")
    object.__setattr__(members.survey, "personal_columns", ("Who answered, name", "Who answered, mail"))
    again = type(members)(members.survey, members.answers)
    matched = again.match(["Who answered..."])
    assert (matched.headers, matched.unread) == (("Who answered...",), {0})


@given(st.lists(st.text(max_size=20) | st.text("P0129[]SQ.…- x", max_size=80), max_size=6))
def test_any_headers_are_matched_without_complaint(known, delivered: list[str]) -> None:
    matched = known.match(delivered)
    assert len(matched.headers) == len(delivered)
    assert all(
        ours in known.expected or ours == theirs for ours, theirs in zip(matched.headers, delivered, strict=True)
    )
