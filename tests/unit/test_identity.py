"""Who a cluster is: by a reviewed file, never by a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.delivery import receive
from ingestion.identity import Alias, Identities, alias_line, fold, load_identities, write_rows
from ingestion.problem import DeliveryRefused, Problem
from ingestion.rows import CodebookError
from tests.readings import read_all


@pytest.fixture
def problems(codebook, delivery, clusters, tmp_path):
    """What reading the delivery says about its clusters."""

    def read() -> list[Problem]:
        received = receive(codebook, delivery.write(), tmp_path / "raw", "1999-06-01T00:00:00Z")
        try:
            read_all(codebook, received, tmp_path / "raw", load_identities(clusters))
        except DeliveryRefused as refused:
            return refused.problems
        return []

    return read


def identities(*aliases: tuple[str, str, int]) -> Identities:
    rows = tuple(Alias(name=name, cluster_id=key, from_edition=edition, note=None) for name, key, edition in aliases)
    return Identities(Path("clusters"), rows)


def add(clusters: Path, *lines: str, name: str = "aliases.csv") -> None:
    path = clusters / name
    path.write_text(path.read_text(encoding="utf-8") + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_an_unknown_name_is_refused_with_the_nearest_ones_and_the_line_to_add(delivery, problems) -> None:
    delivery.register[1][3] = "Klaster Źródła"
    (problem,) = problems()
    assert (problem.rank, problem.file, problem.row, problem.column) == (4, "register_1.xlsx", 4, "name")
    assert problem.found == "Klaster Źródła"
    lines = [line.strip() for line in problem.hint.splitlines()]
    assert lines[1].startswith("Klaster Źródła,K2,1999,    if it is Klaster Źródło (") and lines[1].endswith("% alike)")
    assert lines[-1] == "Klaster Źródła,K004,1999,    if it is a new cluster"


def test_the_lines_for_several_new_clusters_can_all_be_added(clusters, delivery, problems) -> None:
    delivery.register[0][3], delivery.register[1][3] = "Nowy, pierwszy", "Nowy drugi"
    lines = [problem.hint.splitlines()[-1].strip().removesuffix("    if it is a new cluster") for problem in problems()]
    assert lines == ['"Nowy, pierwszy",K004,1999,', "Nowy drugi,K005,1999,"]
    add(clusters, *lines)
    assert problems() == []


def test_the_nearest_come_first_and_each_cluster_once() -> None:
    known = identities(
        ("Klaster Łąka", "K1", 1999), ("Klaster Łąki", "K1", 2001), ("Klaster Lasu", "K2", 1999), ("Dolina", "K3", 1999)
    )
    found = known.candidates("klaster łąkowy")
    assert [alias.cluster_id for alias, _ in found][:2] == ["K1", "K2"]
    assert len({alias.cluster_id for alias, _ in found}) == len(found) <= 3
    assert identities().candidates("whoever") == []


def test_a_name_stands_for_a_cluster_from_an_edition_on() -> None:
    known = identities(("Dolina", "K1", 2001), ("Dolina", "K2", 2005), ("Równina", "K1", 2005))
    assert [known.resolve("Dolina", edition) for edition in (1999, 2001, 2003, 2005, 2007)] == [
        None,
        "K1",
        "K1",
        "K2",
        "K2",
    ]
    assert known.resolve("Równina", 2003) is None


def test_two_names_of_one_cluster_in_one_delivery_are_refused(clusters, delivery, problems) -> None:
    add(clusters, "Klaster Źródeł,K1,1999,")
    delivery.register[1][3] = "Klaster Źródeł"
    (problem,) = problems()
    assert problem.reason == "two clusters are one by the alias file"
    assert problem.found == "Klaster Źródeł is K1, as is row 3"


def test_case_and_spaces_make_no_other_name(delivery, problems) -> None:
    assert fold("  Klaster   ŁĄKA ") == fold("klaster łąka")
    delivery.register[0][3] = "  KLASTER   łąka "
    assert problems() == []


def test_the_answers_carry_the_identity_not_what_the_delivery_calls_the_cluster(
    codebook, delivery, clusters, tmp_path
) -> None:
    (clusters / "aliases.csv").write_text(
        "name,cluster_id,from_edition,note\nKlaster Łąka,LAKA,1990,\nKlaster Źródło,K2,1999,\nKlaster Żuraw,K3,1999,\n",
        encoding="utf-8",
    )
    received = receive(codebook, delivery.write(), tmp_path / "raw", "")
    reading = read_all(codebook, received, tmp_path / "raw", load_identities(clusters))
    assert {answer.cluster_id for answer in reading.answers if answer.respondent_id == "r1"} == {"LAKA"}


def test_lineage_names_clusters_that_have_a_name(clusters) -> None:
    header = "edition_id,kind,predecessor_cluster_id,successor_cluster_id,note\n"
    (clusters / "lineage.csv").write_text(header + "1999,merger,K1,K3,\n1999,merger,K9,K3,\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=r"lineage\.csv, row 3: K9 has no name in .*aliases\.csv"):
        load_identities(clusters)
    (clusters / "lineage.csv").write_text(header + "1999,merger,K1,K3,\n", encoding="utf-8")
    assert load_identities(clusters).lineage[0].successor_cluster_id == "K3"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Klaster,4K,1999,", r"row 5, column cluster_id: found '4K'"),
        (",K4,1999,", "row 5, column name"),
        ("Klaster,K4,soon,", r"row 5, column from_edition: found 'soon'"),
        ("klaster  łąka,K4,1999,", r"row 5: klaster łąka from 1999 stands already in row 2"),
    ],
)
def test_a_line_that_says_nothing_clear_is_named(clusters, line, message) -> None:
    add(clusters, line)
    with pytest.raises(CodebookError, match=message):
        load_identities(clusters)


def test_no_file_knows_nobody(tmp_path) -> None:
    assert load_identities(tmp_path / "nowhere").resolve("Klaster Łąka", 1999) is None


def test_the_fingerprint_is_of_what_is_said_not_of_its_order(clusters) -> None:
    before = load_identities(clusters)
    write_rows(clusters / "aliases.csv", list(reversed(before.aliases)), Alias)
    assert load_identities(clusters).fingerprint == before.fingerprint
    add(clusters, alias_line("Klaster Nowy", "K4", 1999))
    assert load_identities(clusters).fingerprint != before.fingerprint
